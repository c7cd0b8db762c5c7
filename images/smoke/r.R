areas <- list(
    processes = function() {
        stopifnot(system("echo text", intern = TRUE) == "text")
        stopifnot(system("exit 3") == 3)
        jobs <- parallel::mclapply(1:4, function(number) number^2, mc.cores = 2)
        stopifnot(sum(unlist(jobs)) == 30)
        cluster <- parallel::makeForkCluster(2)
        stopifnot(sum(unlist(parallel::parLapply(cluster, 1:4, sqrt))) > 6)
        parallel::stopCluster(cluster)
    },
    sockets = function() {
        listener <- serverSocket(47113)
        client <- socketConnection("127.0.0.1", 47113, open = "r+", timeout = 5)
        peer <- socketAccept(listener, timeout = 5, open = "r+")
        writeLines("hello", peer)
        stopifnot(readLines(client, 1) == "hello")
        close(client); close(peer); close(listener)
    },
    clocks = function() {
        before <- proc.time()[["elapsed"]]
        Sys.sleep(0.02)
        stopifnot(proc.time()[["elapsed"]] > before)
        stopifnot(as.integer(format(Sys.time(), "%Y")) > 2020)
    },
    files = function() {
        path <- tempfile()
        writeLines(c("one", "two"), path)
        stopifnot(identical(readLines(path), c("one", "two")))
        stopifnot(file.rename(path, paste0(path, "2")), file.symlink(paste0(path, "2"), "link"))
        saveRDS(mtcars, "cars.rds")
        stopifnot(nrow(readRDS("cars.rds")) == 32, dir.create("folder"))
        write.csv(head(mtcars), "cars.csv")
        stopifnot(nrow(read.csv("cars.csv")) == 6)
    },
    environment = function() {
        Sys.setenv(NAME = "value")
        stopifnot(system("printf $NAME", intern = TRUE) == "value")
        stopifnot(Sys.getenv("HOME") == getwd(), Sys.info()[["sysname"]] == "Linux")
    },
    numbers = function() {
        stopifnot(abs(sin(pi / 2) - 1) < 1e-9, runif(1) < 1)
        stopifnot(all.equal(solve(diag(2) * 2), diag(2) / 2))
        stopifnot(abs(coef(lm(dist ~ speed, cars))[[2]] - 3.93) < 0.01)
    },
    user = function() stopifnot(Sys.info()[["user"]] != "unknown", path.expand("~") == getwd()),
    text = function() stopifnot(toupper("äöü") == "ÄÖÜ", nchar("straße") == 6)
)
for (name in names(areas)) {
    areas[[name]]()
    cat(name, "ok\n")
}
cat("done\n")
