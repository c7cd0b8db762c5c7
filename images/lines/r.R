cat("first\n")
Sys.sleep(60)
cat("second\n")
