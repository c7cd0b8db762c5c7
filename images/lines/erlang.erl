% escript does not read the first line
main(_) ->
    io:format("first~n"),
    timer:sleep(60000),
    io:format("second~n").
