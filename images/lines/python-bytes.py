import sys
import time

sys.stdout.buffer.write(b"first\n")
print("waiting", file=sys.stderr)
time.sleep(60)
sys.stdout.buffer.write(b"second\n")
