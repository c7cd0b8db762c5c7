say "first";
sleep 60;
say "second";
