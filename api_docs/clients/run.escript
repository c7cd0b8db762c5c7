#!/usr/bin/env escript
%% run.escript IMAGE LANGUAGE FILE: runs the file and prints the answer, a JSON object. Exit status 1: an error, whose
%% JSON object goes to stderr. With OTP 27 the module json reads and writes these; before it take a library.

-define(TRIES, 5).
-define(TIMEOUT, 60000).

main([Image, Language, File]) ->
    {ok, _} = application:ensure_all_started(inets),
    {ok, Content} = file:read_file(File),
    Body = ["{\"image\":", text(Image), ",\"payload\":{\"language\":", text(Language),
            ",\"files\":[{\"name\":", text(filename:basename(File)), ",\"content\":", text(Content), "}]}}"],
    case run(iolist_to_binary(Body), ?TRIES) of
        {ok, Answer} ->
            file:write(standard_io, Answer);
        {error, Answer} ->
            file:write(standard_error, Answer),
            halt(1)
    end.

%% 503 says that no container was created: the request may be sent again.
run(Body, Tries) ->
    Request = {os:getenv("DOCKER_RUN_URL") ++ "/run",
               [{"X-Access-Token", os:getenv("DOCKER_RUN_TOKEN")}, {"Accept", "application/json"}],
               "application/json", Body},
    case httpc:request(post, Request, [{timeout, ?TIMEOUT}], [{body_format, binary}]) of
        {ok, {{_, 200, _}, _, Answer}} ->
            {ok, Answer};
        {ok, {{_, 503, _}, Headers, _}} when Tries > 1 ->
            timer:sleep(1000 * list_to_integer(proplists:get_value("retry-after", Headers))),
            run(Body, Tries - 1);
        {ok, {_, _, Answer}} ->
            {error, Answer};
        {error, Reason} ->
            {error, io_lib:format("~tp~n", [Reason])}
    end.

%% A JSON string of UTF-8 text.
text(Text) ->
    Characters = unicode:characters_to_list(iolist_to_binary(Text)),
    [$", unicode:characters_to_binary([escape(C) || C <- Characters]), $"].

escape($") -> "\\\"";
escape($\\) -> "\\\\";
escape(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
escape(C) -> C.
