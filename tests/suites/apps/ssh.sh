# ssh.sh - keys of each kind sign and verify.
. "$(dirname "$0")/lib.sh"

keygen()
{
	guest /usr/bin/ssh-keygen "$@"
}

echo data >data
for type in ed25519 ecdsa rsa; do
	case $type in
	rsa)	bits="-b 2048" ;;
	*)	bits= ;;
	esac
	# shellcheck disable=SC2086
	keygen -q -t $type $bits -N '' -C me -f $type
	expect "$type: public half" "$(keygen -y -f $type | cut -d ' ' -f 1,2)" \
		"$(cut -d ' ' -f 1,2 $type.pub)"
	keygen -q -Y sign -f $type -n test <data >data.sig
	keygen -Y check-novalidate -n test -s data.sig <data
	if echo other | keygen -Y check-novalidate -n test -s data.sig; then
		echo "$type: a wrong signature is good"
		exit 1
	fi
	# Encrypted with a passphrase, and back.
	keygen -q -p -N secret -P '' -f $type
	keygen -y -P secret -f $type >/dev/null
done
