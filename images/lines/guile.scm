(display "first\n")
(sleep 60)
(display "second\n")
