import time

print("first")
time.sleep(60)
print("second")
