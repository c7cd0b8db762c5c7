main :-
    format("first~n"),
    sleep(60),
    format("second~n").
