print "first\n";
sleep 60;
print "second\n";
