puts "first"
sleep 60
puts "second"
