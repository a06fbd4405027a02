# GnuPG with its agent: keys, signatures, encryption; openssl's keys.
. /case/lib.bash
#| s/[0-9A-F]{16,40}/KEY/g
#| s/20[0-9]{2}-[0-9]{2}-[0-9]{2}/DATE/g
#| s/^gpg: (Signature made|created|.*trustdb).*/gpg: \1/
#| s/(pub|sub|sec|ssb):.*/\1/
export GNUPGHOME=/tmp/gnupg
mkdir -m 700 $GNUPGHOME
cd /tmp || exit 99
try gpg --batch --quiet --passphrase '' --quick-gen-key 'Joe <joe@example.org>' ed25519 sign never
try gpg --batch --quiet --passphrase '' --quick-gen-key 'Ann <ann@example.org>' rsa2048 default 1y
sh 'k=$(gpg -K --with-colons ann | grep ^fpr | head -n 1 | cut -d: -f 10); gpg --batch --passphrase "" --quick-add-key $k rsa2048 encr'
sh 'k=$(gpg -K --with-colons joe | grep ^fpr | head -n 1 | cut -d: -f 10); gpg --batch --passphrase "" --quick-add-key $k cv25519 encr'
sh 'gpg -K --keyid-format long'
seq 10000 >data
sh 'gpg -u joe -b data; gpg --verify data.sig data; echo x >>data; gpg --verify data.sig data; seq 10000 >data'
sh 'gpg -u ann --clearsign <data | gpg --verify'
sh 'gpg -q --trust-model always -r joe -r ann -e <data | tee enc | gpg -q -d 2>/dev/null | cmp - data; gpg --list-packets enc 2>/dev/null | grep -c "pubkey enc"'
sh 'gpg -q --batch --passphrase pw --pinentry-mode loopback -c <data >sym; gpg -q --batch --passphrase pw --pinentry-mode loopback -d <sym | cmp - data; gpg -q --batch --passphrase no --pinentry-mode loopback -d <sym; echo $?'
sh 'for c in AES256 TWOFISH CAMELLIA128 3DES; do gpg -q --batch --cipher-algo $c --passphrase pw --pinentry-mode loopback -c <data | gpg -q --batch --passphrase pw --pinentry-mode loopback -d 2>/dev/null | cmp - data && echo $c; done'
sh 'gpg --export joe | gpg --show-keys; gpg --armor --export ann | head -n 1; gpg --batch --yes --delete-secret-and-public-key $(gpg -K --with-colons ann | grep ^fpr | head -n 1 | cut -d: -f 10); gpg -k ann 2>&1 | head -n 1'
sh 'printf "trust\n5\ny\nquit\n" | gpg --batch --command-fd 0 --status-fd 2 --no-tty --edit-key joe 2>/dev/null; gpg --check-trustdb; gpg --export-ownertrust | tail -n 1; printf "adduid\nJoe Two\njt@example.org\n\nsave\n" | gpg --command-fd 0 --no-tty --pinentry-mode loopback --passphrase "" --edit-key joe 2>/dev/null; gpg -k joe | grep uid'
sh 'gpg-connect-agent "getinfo version" /bye | cut -c 1-6; gpg-connect-agent "keyinfo --list" /bye | wc -l; gpgconf --list-dirs agent-socket; gpgconf --kill gpg-agent; gpg --version | head -n 2; gpgconf --check-programs | cut -d: -f 1,4'
sh 'gpg-agent --homedir /tmp/gnupg --enable-ssh-support --daemon sh -c "ssh-keygen -q -t ed25519 -N \"\" -f /tmp/sk; ssh-add -l 2>&1 | cut -d\" \" -f 1,3-"; gpgv --keyring /tmp/none data.sig data 2>&1 | tail -n 1'
sh 'expect -c "log_user 0; set timeout 20; spawn gpg -c -o /tmp/pe data; set env(GPG_TTY) /dev/tty; expect { assphrase { puts prompted } eof { puts none } timeout { puts timeout } }"'
sh 'openssl genpkey -algorithm ed25519 -out k; openssl pkey -in k -pubout -out p; openssl pkeyutl -sign -inkey k -rawin -in data -out s; openssl pkeyutl -verify -pubin -inkey p -rawin -in data -sigfile s; openssl genrsa 2048 2>/dev/null | openssl rsa -check -noout 2>&1; openssl ecparam -name prime256v1 -genkey -noout | openssl ec -text -noout 2>/dev/null | grep ASN1; openssl enc -aes-256-cbc -pbkdf2 -k pw <data | openssl enc -d -aes-256-cbc -pbkdf2 -k pw | cmp - data; openssl rand -hex 8 | wc -c; openssl prime -generate -bits 64 | wc -l'
