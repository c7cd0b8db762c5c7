io.write("first\n")
os.execute("sleep 60")
io.write("second\n")
