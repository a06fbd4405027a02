# redis.sh - the server with threads for I/O, its benchmark, snapshots and log
# rewriting in forked children, restart from what they wrote.
. "$(dirname "$0")/lib.sh"

cli()
{
	guest /usr/bin/redis-cli -s "$PWD/socket" "$@"
}

start()
{
	in_background guest_exec /usr/bin/redis-server --port 0 --dir "$PWD" \
		--unixsocket "$PWD/socket" --save '' --appendonly yes \
		--io-threads 2 --io-threads-do-reads yes --logfile log
	server=$!
	retry 60 answers
}

answers()
{
	[ "$(cli ping 2>&1)" = PONG ]
}

field()
{
	cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"
}

background_is_done()
{
	[ "$(field persistence rdb_bgsave_in_progress)" = 0 ] &&
	[ "$(field persistence aof_rewrite_in_progress)" = 0 ]
}

start
guest /usr/bin/redis-benchmark -s "$PWD/socket" -q -n 5000 -c 20 --threads 2 \
	-t set,get,incr,lpush,lrange_100,mset | tr '\r' '\n' |
	grep 'requests per second' | tee rates
expect "benchmarks run" "$(wc -l <rates)" 7
expect count "$(cli get 'counter:__rand_int__')" 5000
expect script "$(cli eval \
	'local s = 0 for i = 1, 100000 do s = s + i end return s' 0)" 5000050000
cli set key value
cli bgsave
retry 60 background_is_done
expect "snapshot is written" "$(field persistence rdb_last_bgsave_status)" ok
cli bgrewriteaof
retry 60 background_is_done
expect "log is rewritten" "$(field persistence aof_last_bgrewrite_status)" ok
cli set other value
kill -9 $server
wait $server || expect "death" $? 137
start
expect "after a crash" "$(cli mget key other | tr '\n' ' ')" "value value "
cli shutdown nosave
wait $server
