# openssl.sh - openssl's digests, ciphers and signatures on known vectors.
# OPENSSL_armcap=0 makes it use no instructions beyond the base; both ways
# must agree.

set -eu
failed=0

is()
{
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "WRONG $1: $2, not $3"
		failed=1
	fi
}

digest()
{
	is "$1" "$(printf abc | openssl dgst "-$1" -r | cut -d' ' -f1)" "$2"
}

openssl version
digest md5 900150983cd24fb0d6963f7d28e17f72
digest sha1 a9993e364706816aba3e25717850c26c9cd0d89d
digest sha224 23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7
digest sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
digest sha384 cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7
digest sha512 ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
digest sha3-256 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532
digest sha3-512 b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0
digest blake2b512 ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923
digest sm3 66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0
is "sha256 of a million a" \
	"$(head -c 1000000 /dev/zero | tr '\0' a | openssl dgst -sha256 -r |
	cut -d' ' -f1)" \
	cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0
is "sha512 of a million a" \
	"$(head -c 1000000 /dev/zero | tr '\0' a | openssl dgst -sha512 -r |
	cut -d' ' -f1)" \
	e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b
is hmac "$(printf 'what do ya want for nothing?' |
	openssl dgst -sha256 -hmac Jefe -r | cut -d' ' -f1)" \
	5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843

# cipher NAME KEY IV PLAIN CIPHERTEXT (all in hex)
cipher()
{
	got=$(printf "$(echo "$4" | sed 's/../\\x&/g')" |
		openssl enc "-$1" -K "$2" ${3:+-iv $3} -nopad | od -An -v -tx1 |
		tr -d ' \n')
	is "$1" "$got" "$5"
	back=$(printf "$(echo "$5" | sed 's/../\\x&/g')" |
		openssl enc -d "-$1" -K "$2" ${3:+-iv $3} -nopad |
		od -An -v -tx1 | tr -d ' \n')
	is "$1 back" "$back" "$4"
}

# NIST SP 800-38A
key=2b7e151628aed2a6abf7158809cf4f3c
key192=8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b
key256=603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4
iv=000102030405060708090a0b0c0d0e0f
ctr=f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
plain=6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
cipher aes-128-ecb $key "" $plain \
	3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf
cipher aes-192-ecb $key192 "" $plain \
	bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef
cipher aes-256-ecb $key256 "" $plain \
	f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870
cipher aes-128-cbc $key $iv $plain \
	7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2
cipher aes-256-cbc $key256 $iv $plain \
	f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d
cipher aes-128-ctr $key $ctr $plain \
	874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff
cipher aes-256-ctr $key256 $ctr $plain \
	601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5
# RFC 8439, 2.4.2 (the first 32 bytes)
cipher chacha20 \
	000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
	01000000000000000000004a00000000 \
	4c616469657320616e642047656e746c656d656e206f662074686520636c6173 \
	6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b
cipher camellia-128-ecb 0123456789abcdeffedcba9876543210 "" \
	0123456789abcdeffedcba9876543210 67673138549669730857065648eabe43

# RSA, elliptic curves, key derivation
openssl genrsa -out rsa.pem 1024 2>/dev/null
openssl rsa -in rsa.pem -pubout -out rsa.pub 2>/dev/null
echo "to be signed" >text
openssl dgst -sha256 -sign rsa.pem -out sig text
is "rsa signature" "$(openssl dgst -sha256 -verify rsa.pub -signature sig \
	text)" "Verified OK"
for curve in prime256v1 secp384r1; do
	openssl ecparam -name $curve -genkey -noout -out ec.pem
	openssl ec -in ec.pem -pubout -out ec.pub 2>/dev/null
	openssl dgst -sha256 -sign ec.pem -out sig text
	is "$curve signature" "$(openssl dgst -sha256 -verify ec.pub \
		-signature sig text)" "Verified OK"
done
openssl genpkey -algorithm ed25519 -out ed.pem
openssl pkey -in ed.pem -pubout -out ed.pub
openssl pkeyutl -sign -inkey ed.pem -rawin -in text -out sig
is "ed25519 signature" "$(openssl pkeyutl -verify -pubin -inkey ed.pub -rawin \
	-in text -sigfile sig)" "Signature Verified Successfully"
openssl genpkey -algorithm x25519 -out a.pem
openssl genpkey -algorithm x25519 -out b.pem
openssl pkey -in a.pem -pubout -out a.pub
openssl pkey -in b.pem -pubout -out b.pub
is "x25519 agreement" \
	"$(openssl pkeyutl -derive -inkey a.pem -peerkey b.pub | sha256sum)" \
	"$(openssl pkeyutl -derive -inkey b.pem -peerkey a.pub | sha256sum)"
is pbkdf2 "$(openssl enc -aes-128-cbc -pbkdf2 -iter 1000 -S 0102030405060708 \
	-pass pass:secret -P | sed -n 's/^key=//p')" \
	"$(python3 -c 'import hashlib; print(hashlib.pbkdf2_hmac("sha256",
	b"secret", bytes(range(1, 9)), 1000)[:16].hex().upper())')"
is kdf "$(openssl kdf -keylen 16 -kdfopt digest:SHA256 -kdfopt key:secret \
	-kdfopt salt:salt HKDF)" \
	"$(openssl kdf -keylen 16 -kdfopt digest:SHA2-256 -kdfopt key:secret \
	-kdfopt salt:salt HKDF)"
openssl req -x509 -newkey rsa:1024 -nodes -keyout k.pem -out c.pem -days 1 \
	-subj /CN=ferry -config /dev/stdin 2>/dev/null <<-END
	[req]
	distinguished_name = dn
	[dn]
END
is certificate "$(openssl verify -CAfile c.pem -auth_level 0 c.pem)" "c.pem: OK"
head -c 300000 /dev/zero | openssl enc -aes-256-gcm -K $key256 2>/dev/null ||
	echo "enc refuses AEAD modes"
head -c 300001 /dev/urandom >data
openssl enc -aes-256-cbc -K $key256 -iv $iv -in data -out data.enc
openssl enc -d -aes-256-cbc -K $key256 -iv $iv -in data.enc | cmp - data
is "300001 bytes of aes-256-cbc" $? 0

exit $failed
