# sqlite.sh - four processes write to one database, in both journal modes.
. "$(dirname "$0")/lib.sh"

sqlite()
{
	guest /usr/bin/sqlite3 -batch -cmd '.timeout 60000' "$@"
}

for mode in wal delete; do
	sqlite $mode.db "pragma journal_mode = $mode;
		create table rows (process, number, text)"
	writers=
	for process in 1 2 3 4; do
		for number in $(seq 25); do
			echo "insert into rows values ($process, $number,
				hex(randomblob(500)));"
		done | sqlite $mode.db &
		writers="$writers $!"
	done
	for writer in $writers; do
		wait "$writer"
	done
	expect "$mode: all rows" "$(sqlite $mode.db "select process, count(*),
		sum(number) from rows group by process" | tr '\n' ' ')" \
		"1|25|325 2|25|325 3|25|325 4|25|325 "
	expect "$mode: integrity" \
		"$(sqlite $mode.db 'pragma integrity_check')" ok
done
