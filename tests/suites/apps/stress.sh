# stress.sh STRESSOR SECONDS - one of stress-ng's, which verifies its work.
. "$(dirname "$0")/lib.sh"

guest /usr/bin/stress-ng --temp-path "$PWD" --"$1" 2 --verify \
	--timeout "$2" --metrics-brief >log 2>&1 || {
	status=$?
	cat log
	exit $status
}
cat log
# stress-ng: metrc: [PID] NAME BOGO-OPS ...
ops=$(awk -v name="$1" '$2 == "metrc:" && $4 == name { print $5; exit }' log)
[ "${ops:-0}" -gt 0 ] || {
	echo "it did nothing"
	exit 1
}
