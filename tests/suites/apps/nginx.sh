# nginx.sh - a master with three workers, and curl; the configuration is
# loaded again and the server ends by signals.
. "$(dirname "$0")/lib.sh"

port=$((20000 + $$ % 20000))
url=http://127.0.0.1:$port
mkdir -p www
head -c 3000000 /dev/urandom >www/big
echo hello >www/index.html
cat >nginx.conf <<-EOF
	daemon off;
	worker_processes 3;
	pid $PWD/pid;
	error_log $PWD/errors;
	events { worker_connections 256; }
	http {
		access_log $PWD/log;
		client_body_temp_path $PWD/body;
		proxy_temp_path $PWD/proxy;
		fastcgi_temp_path $PWD/fastcgi;
		uwsgi_temp_path $PWD/uwsgi;
		scgi_temp_path $PWD/scgi;
		sendfile on;
		gzip on;
		gzip_min_length 1;
		gzip_types *;
		server {
			listen unix:$PWD/socket;
			listen 127.0.0.1:$port;
			root $PWD/www;
		}
	}
EOF

curl()
{
	guest /usr/bin/curl -sS --max-time 60 "$@"
}

hello()
{
	[ "$(curl "$url/" 2>/dev/null)" = hello ]
}

end_server()
{
	[ ! -f pid ] || kill -TERM "$(cat pid)" || :
	end_background
}
trap end_server EXIT

in_background guest_exec /usr/sbin/nginx -e "$PWD/errors" -p "$PWD" \
	-c "$PWD/nginx.conf"
server=$!
retry 60 hello
for i in 1 2 3; do
	curl "$url/big" | cmp - www/big
	curl --compressed --unix-socket socket http://localhost/big |
		cmp - www/big
done
expect missing "$(curl -o /dev/null -w '%{http_code}' "$url/missing")" 404
expect "many at a time" "$(curl --no-progress-meter -Z "$url/?[1-200]" |
	sort | uniq -c | tr -s ' ')" " 200 hello"

# New workers, with the new configuration.
sed -i 's/worker_processes 3/worker_processes 2/' nginx.conf
kill -HUP "$(cat pid)"
workers()
{
	[ "$(pgrep -c -P "$(cat pid)")" = "$1" ]
}
retry 60 workers 2
hello
# A worker that dies is replaced.
kill -9 "$(pgrep -P "$(cat pid)" | head -n 1)"
retry 60 workers 2
retry 60 hello
kill -QUIT "$(cat pid)"
wait $server
grep -q 'exited on signal 9' errors
