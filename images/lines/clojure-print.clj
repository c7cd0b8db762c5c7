(print "first\n")
(binding [*out* *err*] (println "waiting"))
(Thread/sleep 60000)
(print "second\n")
