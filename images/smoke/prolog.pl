:- use_module(library(process)).
:- use_module(library(socket)).
:- use_module(library(readutil)).
:- use_module(library(filesex)).

threads :-
    thread_create(X = 42, Id),
    thread_join(Id, true),
    ( X = 42 -> true ; true ),
    concurrent_maplist([N, M]>>(M is N * N), [1, 2, 3], [1, 4, 9]),
    message_queue_create(Queue),
    thread_send_message(Queue, hello),
    thread_get_message(Queue, hello).

processes :-
    process_create(path(sh), ['-c', 'echo text; exit 3'], [stdout(pipe(Out)), process(Pid)]),
    read_line_to_string(Out, "text"),
    process_wait(Pid, exit(3)),
    shell('exit 0', 0).

sockets :-
    tcp_socket(Listener),
    tcp_bind(Listener, '127.0.0.1':Port),
    tcp_listen(Listener, 1),
    thread_create(( tcp_accept(Listener, Peer, _), tcp_open_socket(Peer, In, Out),
                    format(Out, "hello~n", []), close(Out), close(In) ), Id),
    tcp_connect('127.0.0.1':Port, Stream, []),
    read_line_to_string(Stream, "hello"),
    thread_join(Id, true).

clocks :-
    get_time(Before),
    sleep(0.01),
    get_time(After),
    After - Before >= 0.009,
    format_time(atom(Year), '%Y', After),
    atom_number(Year, Number),
    Number > 2020,
    catch(call_with_time_limit(0.01, sleep(5)), time_limit_exceeded, true).

files :-
    tmp_file_stream(text, Path, Stream),
    format(Stream, "one~ntwo~n", []),
    close(Stream),
    read_file_to_string(Path, Text, []),
    string_length(Text, 8),
    link_file(Path, link, symbolic),
    make_directory(folder),
    directory_files(folder, Entries),
    length(Entries, 2).

environment :-
    setenv('NAME', value),
    process_create(path(sh), ['-c', 'echo $NAME'], [stdout(pipe(Out))]),
    read_line_to_string(Out, "value"),
    getenv('HOME', Home),
    working_directory(Folder, Folder),
    directory_file_path(Home, '', Folder).

numbers :-
    abs(sin(pi / 2) - 1) < 1.0e-9,
    random_between(1, 6, N),
    N =< 6,
    2 ** 100 > 2 ** 99.

user :- expand_file_name('~', [Home]), getenv('HOME', Home).

text :- string_upper("äöü", "ÄÖÜ"), string_length("straße", 6).

main :-
    forall(member(Area, [threads, processes, sockets, clocks, files, environment, numbers, user, text]),
           ( call(Area) -> format("~w ok~n", [Area]) ; format("~w failed~n", [Area]), halt(1) )),
    format("done~n").
