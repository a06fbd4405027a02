# postgres.sh - a cluster is made, filled, used by four clients at a time, and
# recovers from the death of a backend and of the postmaster.
. "$(dirname "$0")/lib.sh"

bin=/usr/lib/postgresql/15/bin
dir=$PWD

cluster()
{
	guest $bin/pg_ctl -D "$dir/data" -l "$dir/log" -w -t 120 -o "-k $dir \
		-c listen_addresses='' -c shared_buffers=16MB" "$@" </dev/null
}

sql()
{
	guest $bin/psql -X -q -A -t -h "$dir" -U me -d "${database:-bench}" \
		-c "$1"
}

bench()
{
	guest $bin/pgbench -h "$dir" -U me "$@" bench
}

kill_all()
{
	[ ! -f "$dir/data/postmaster.pid" ] ||
		kill -9 "$(head -n 1 "$dir/data/postmaster.pid")" || :
	end_background
}
trap kill_all EXIT

guest $bin/initdb -D "$dir/data" -A trust -N -U me >initdb.out
cluster start
database=postgres sql 'create database bench'
bench -i -s 2 -q
bench -n -c 4 -j 2 -t 200
expect transactions "$(sql 'select count(*) from pgbench_history')" 800

consistent="select (select sum(abalance) from pgbench_accounts) =
	(select sum(delta) from pgbench_history)
	and (select sum(bbalance) from pgbench_branches) =
	(select sum(delta) from pgbench_history)"
expect consistent "$(sql "$consistent")" t

expect parallel "$(sql 'set max_parallel_workers_per_gather = 2;
	set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
	set min_parallel_table_scan_size = 0;
	select count(*), sum(aid) from pgbench_accounts')" "200000|20000100000"
expect timeout "$(sql 'set statement_timeout = 200; select pg_sleep(60)' 2>&1)" \
	"ERROR:  canceling statement due to statement timeout"

# A backend dies: the postmaster ends the others and recovers.
in_background sql 'select pg_sleep(60)'
sleeper=$!
find_sleeper()
{
	pid=$(sql "select pid from pg_stat_activity
		where query = 'select pg_sleep(60)'")
	[ -n "$pid" ]
}
retry 60 find_sleeper
kill -9 "$pid"
! wait $sleeper
retry 120 sql 'select 1'
expect "after a backend's death" "$(sql 'select count(*) from pgbench_history')" 800
grep 'was terminated by signal 9' log

# The postmaster dies under load: so do its backends; it starts again.
in_background bench -n -c 4 -j 2 -T 300
client=$!
busy()
{
	[ "$(sql 'select count(*) > 820 from pgbench_history')" = t ]
}
retry 120 busy
kill -9 "$(head -n 1 data/postmaster.pid)"
! wait $client
retry 60 cluster start
expect "consistent after a crash" "$(sql "$consistent")" t
expect "nothing lost" \
	"$(sql 'select count(*) > 820 from pgbench_history')" t
grep 'redo done' log
cluster -m fast stop
grep 'database system is shut down' log
