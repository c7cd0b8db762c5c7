printf("first\n");
started = time();
while time() < started + 60
end
printf("second\n");
