%% main.erl - the schedulers with their processes, errors, sockets, ports,
%% shared tables. The output is known.
-module(main).
-export([start/0]).

start() ->
    io:format("~p~n", [ring(1000, 100)]),
    Sums = [in_process(fun() -> sum(I) end) || I <- lists:seq(1, 50)],
    io:format("~p~n", [lists:sum([receive {P, V} -> V end || P <- Sums])]),
    Zero = length([X || X <- Sums, X =:= none]),
    {'EXIT', {badarith, _}} = (catch 1 / Zero),
    io:format("~p~n", [network()]),
    io:format("~s", [os:cmd("echo from a port")]),
    io:format("~p~n", [killed()]),
    io:format("~p~n", [erlang:phash2(binary:copy(<<"abc">>, 100000))]),
    io:format("~p~n", [table()]),
    init:stop().

in_process(F) ->
    Me = self(),
    spawn(fun() -> Me ! {self(), F()} end).

sum(I) ->
    lists:sum([X rem (I + 1) || X <- lists:seq(1, 20000)]).

%% A message goes M times around N processes.
ring(N, M) ->
    Last = lists:foldl(fun(_, P) -> spawn(fun() -> forward(P) end) end,
                       self(), lists:seq(1, N)),
    rounds(Last, M, 0).

forward(P) ->
    receive X -> P ! X, forward(P) end.

rounds(_, 0, Sum) ->
    Sum;
rounds(P, M, Sum) ->
    P ! M,
    receive X -> rounds(P, M - 1, Sum + X) end.

network() ->
    Here = {127, 0, 0, 1},
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, Here}]),
    {ok, Port} = inet:port(L),
    spawn(fun() ->
              {ok, S} = gen_tcp:accept(L),
              ok = gen_tcp:send(S, <<"hello">>),
              gen_tcp:close(S)
          end),
    {ok, C} = gen_tcp:connect(Here, Port, [binary, {active, false}]),
    gen_tcp:recv(C, 0).

%% A loop is preempted, and killed from outside.
killed() ->
    {P, Monitor} = spawn_monitor(fun Loop() -> Loop() end),
    receive after 100 -> ok end,
    exit(P, kill),
    receive {'DOWN', Monitor, process, P, Why} -> Why end.

table() ->
    T = ets:new(counters, [public, {write_concurrency, true}]),
    ets:insert(T, {n, 0}),
    Add = fun() -> [ets:update_counter(T, n, 1) || _ <- lists:seq(1, 5000)] end,
    Ps = [in_process(Add) || _ <- lists:seq(1, 8)],
    [receive {P, _} -> ok end || P <- Ps],
    ets:lookup(T, n).
