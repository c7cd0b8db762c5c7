import Control.Concurrent (threadDelay)

main :: IO ()
main = do
    putStrLn "first"
    threadDelay 60000000
    putStrLn "second"
