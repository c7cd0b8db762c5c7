import os

stdout.writeLine("first")
sleep(60000)
stdout.writeLine("second")
