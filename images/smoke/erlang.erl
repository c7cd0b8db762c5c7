% escript does not read the first line
-mode(compile).

check(true) -> ok.

threads() ->
    Self = self(),
    [spawn(fun() -> Self ! Number end) || Number <- lists:seq(1, 8)],
    check(lists:sum([receive Number -> Number end || _ <- lists:seq(1, 8)]) =:= 36),
    check(erlang:system_info(schedulers) > 0).

processes() ->
    check(os:cmd("echo text") =:= "text\n"),
    Port = open_port({spawn, "sh -c 'exit 3'"}, [exit_status]),
    check(receive {Port, {exit_status, Status}} -> Status end =:= 3).

sockets() ->
    {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}, {active, false}]),
    {ok, Number} = inet:port(Listener),
    spawn_link(fun() ->
        {ok, Peer} = gen_tcp:accept(Listener),
        gen_tcp:send(Peer, "hello"),
        receive stop -> ok end
    end),
    {ok, Client} = gen_tcp:connect("127.0.0.1", Number, [{active, false}]),
    check(gen_tcp:recv(Client, 5, 5000) =:= {ok, "hello"}),
    {ok, Receiver} = gen_udp:open(0, [{ip, {127, 0, 0, 1}}, {active, false}]),
    {ok, Port} = inet:port(Receiver),
    ok = gen_udp:send(Receiver, {127, 0, 0, 1}, Port, "datagram"),
    {ok, {_, _, "datagram"}} = gen_udp:recv(Receiver, 0, 5000),
    {ok, _} = inet:gethostname().

clocks() ->
    Before = erlang:monotonic_time(millisecond),
    timer:sleep(10),
    check(erlang:monotonic_time(millisecond) - Before >= 9),
    {{Year, _, _}, _} = calendar:local_time(),
    check(Year > 2020).

files() ->
    ok = file:write_file("/tmp/one", <<"text">>),
    ok = file:make_symlink("/tmp/one", "link"),
    {ok, <<"text">>} = file:read_file("link"),
    ok = file:rename("/tmp/one", "/tmp/two"),
    ok = file:make_dir("folder"),
    {ok, []} = file:list_dir("folder").

environment() ->
    os:putenv("NAME", "value"),
    check(os:cmd("printf $NAME") =:= "value"),
    {ok, Folder} = file:get_cwd(),
    check(os:getenv("HOME") =:= Folder).

numbers() ->
    check(abs(math:sin(math:pi() / 2) - 1) < 1.0e-9),
    check(rand:uniform(6) =< 6),
    check((1 bsl 100) > (1 bsl 99)).

user() -> check(length(os:cmd("whoami")) > 1).

text() -> check(string:uppercase("straße") =:= "STRASSE").

main(_) ->
    Areas = [{"threads", fun threads/0}, {"processes", fun processes/0}, {"sockets", fun sockets/0},
             {"clocks", fun clocks/0}, {"files", fun files/0}, {"environment", fun environment/0},
             {"numbers", fun numbers/0}, {"user", fun user/0}, {"text", fun text/0}],
    [begin Area(), io:format("~s ok~n", [Name]) end || {Name, Area} <- Areas],
    io:format("done~n").
