println "first"
sleep 60000
println "second"
