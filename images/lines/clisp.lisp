(format t "first~%")
(sleep 60)
(format t "second~%")
