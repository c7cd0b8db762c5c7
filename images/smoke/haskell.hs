import Control.Concurrent
import Control.Exception
import Control.Monad
import Data.Char (toUpper)
import Data.IORef
import Data.Time.Clock
import Foreign.C.Types
import System.CPUTime
import System.Directory
import System.Environment
import System.Exit
import System.IO
import System.Posix.Files
import System.Posix.Process
import System.Posix.Signals
import System.Posix.User
import System.Process
import System.Timeout

check :: Bool -> IO ()
check condition = unless condition (throwIO (userError "check failed"))

threads :: IO ()
threads = do
    results <- newEmptyMVar
    forM_ [1 .. 8] $ \number -> forkIO (putMVar results (number :: Int))
    numbers <- replicateM 8 (takeMVar results)
    check (sum numbers == 36)
    counter <- newIORef (0 :: Int)
    atomicModifyIORef' counter (\value -> (value + 1, ()))
    readIORef counter >>= check . (== 1)

processes :: IO ()
processes = do
    (code, out, _) <- readProcessWithExitCode "sh" ["-c", "cat; exit 3"] "text"
    check (out == "text" && code == ExitFailure 3)
    caught <- newEmptyMVar
    _ <- installHandler sigUSR1 (Catch (putMVar caught ())) Nothing
    getProcessID >>= signalProcess sigUSR1
    takeMVar caught

clocks :: IO ()
clocks = do
    before <- getCurrentTime
    threadDelay 10000
    after <- getCurrentTime
    check (diffUTCTime after before >= 0.01)
    getCPUTime >>= check . (> 0)
    timeout 10000 (threadDelay 5000000) >>= check . (== Nothing)

files :: IO ()
files = do
    writeFile "ümlaut" (replicate 1000 'ä')
    createSymbolicLink "ümlaut" "link"
    readFile "link" >>= check . (== 1000) . length
    renameFile "ümlaut" "moved"
    status <- getFileStatus "moved"
    check (fileSize status == 2000)
    createDirectory "folder"
    listDirectory "folder" >>= check . null
    (path, handle) <- openTempFile "/tmp" "smoke"
    hPutStr handle "x"
    hClose handle
    removeFile path

environment :: IO ()
environment = do
    setEnv "NAME" "value"
    readProcess "sh" ["-c", "printf $NAME"] "" >>= check . (== "value")
    home <- getHomeDirectory
    getCurrentDirectory >>= check . (== home)

numbers' :: IO ()
numbers' = check (abs (sin (pi / 2) - 1 :: Double) < 1e-9 && 2 ^ (100 :: Int) > (2 ^ (99 :: Int) :: Integer))

user :: IO ()
user = do
    entry <- getRealUserID >>= getUserEntryForID
    getEnv "HOME" >>= check . (== homeDirectory entry)

text :: IO ()
text = check (map toUpper "äöü" == "ÄÖÜ")

main :: IO ()
main = do
    forM_ areas $ \(name, area) -> area >> putStrLn (name ++ " ok") >> hFlush stdout
    putStrLn "done"
  where
    areas =
        [ ("threads", threads), ("processes", processes), ("clocks", clocks), ("files", files)
        , ("environment", environment), ("numbers", numbers'), ("user", user), ("text", text) ]
