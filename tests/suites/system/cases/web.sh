# curl and wget against lighttpd, with TLS, CGI and ranges; openssl's server.
. /case/lib.bash
#| s/^(Date|Last-Modified|ETag|date|last-modified|etag): .*/\1/
#| s/Server: lighttpd.*/Server/
cd /tmp || exit 99
mkdir -p www/cgi
seq 100000 >www/numbers
printf '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\necho "$REQUEST_METHOD $QUERY_STRING"\ncat\n' >www/cgi/x.sh
chmod 755 www/cgi/x.sh
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 9 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat key.pem cert.pem >both.pem
cat >conf <<'R'
server.document-root = "/tmp/www"
server.port = 8080
server.bind = "127.0.0.1"
server.username = "www-data"
server.groupname = "www-data"
server.modules = ("mod_auth", "mod_openssl", "mod_accesslog", "mod_deflate", "mod_cgi", "mod_dirlisting")
cgi.assign = (".sh" => "/bin/sh")
accesslog.filename = "/tmp/www.log"
dir-listing.activate = "enable"
server.errorlog = "/tmp/www.err"
$SERVER["socket"] == "127.0.0.1:8443" {
	ssl.engine = "enable"
	ssl.pemfile = "/tmp/both.pem"
}
R
touch www.log www.err; chmod 666 www.log www.err
try lighttpd -tt -f conf
lighttpd -D -f conf &
server=$!
await curl -s http://127.0.0.1:8080/
sh 'curl -s http://127.0.0.1:8080/numbers | md5sum'
sh 'curl -sI http://127.0.0.1:8080/numbers'
sh 'curl -s -r 100-199 http://127.0.0.1:8080/numbers'
sh 'curl -s "http://127.0.0.1:8080/cgi/x.sh?a=b" -d "posted data"'
sh 'curl -s http://127.0.0.1:8080/none -o /dev/null -w "%{http_code}\n"'
sh 'curl -s --cacert cert.pem --resolve localhost:8443:127.0.0.1 https://localhost:8443/numbers | md5sum'
sh 'curl -s https://localhost:8443/numbers'
sh 'curl -s --http2 -k https://127.0.0.1:8443/cgi/x.sh -w "%{http_version}\n"'
sh 'curl -s -Z $(for i in $(seq 20); do echo http://127.0.0.1:8080/numbers?$i; done) 2>/dev/null | wc -c'
sh 'curl -sT conf http://127.0.0.1:8080/up -w "%{http_code}\n" -o /dev/null'
sh 'curl -s file:///tmp/conf | head -n 1; curl -s http://127.0.0.1:1/'
sh 'wget -q -O- http://127.0.0.1:8080/numbers | md5sum'
sh 'wget -q -r -np -nH -P got http://127.0.0.1:8080/; find got -type f | sort'
sh 'head -c 1000 www/numbers >numbers; wget -q -c http://127.0.0.1:8080/numbers; cmp numbers www/numbers'
sh 'wget -q --no-check-certificate -O- https://127.0.0.1:8443/cgi/x.sh'
sh 'wget -O- https://127.0.0.1:8443/ 2>&1 | grep -c "not trusted\|ERROR"'
sh 'wget -S -O /dev/null http://127.0.0.1:8080/none 2>&1 | grep HTTP'
kill $server
wait $server

openssl s_server -accept 7443 -cert cert.pem -key key.pem -www -quiet 2>/dev/null &
server=$!
await curl -sk https://127.0.0.1:7443/
for v in tls1_2 tls1_3; do
	sh "printf 'GET / HTTP/1.0\r\n\r\n' | openssl s_client -$v -connect 127.0.0.1:7443 -ign_eof -CAfile cert.pem 2>&1 | grep -E 'Protocol|Cipher is|Verification|depth|subject='"
done
for c in ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-CHACHA20-POLY1305 AES256-SHA; do
	sh "openssl s_client -tls1_2 -cipher $c -connect 127.0.0.1:7443 </dev/null 2>&1 | grep 'Cipher is'"
done
kill $server
wait $server
sh 'openssl s_server -accept 7444 -cert cert.pem -key key.pem -rev -quiet 2>/dev/null >/dev/null & p=$!; until nc -z 127.0.0.1 7444; do sleep 0.2; done; (echo abcdef; sleep 3) | timeout 20 openssl s_client -quiet -connect 127.0.0.1:7444 2>/dev/null; kill $p'
sh 'openssl s_server -dtls -accept 7445 -cert cert.pem -key key.pem -quiet & p=$!; sleep 3; (echo over udp; sleep 3) | timeout 20 openssl s_client -dtls -quiet -connect 127.0.0.1:7445 2>/dev/null; sleep 1; kill $p'
sh 'openssl speed -multi 2 -seconds 1 -bytes 16 sha256 2>&1 | grep -c "^sha256"'
