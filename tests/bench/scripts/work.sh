# Arithmetic, arrays, expansions and functions of the shell itself.
fact() { local n=$1; ((n < 2)) && { r=1; return; }; fact $((n - 1)); r=$((r * n % 1000003)); }
declare -A seen
sum=0
for ((i = 1; i <= 12000; i++)); do
	k=key$((i * 7919 % 211))
	seen[$k]=$((${seen[$k]:-0} + i))
	case $k in
	*7) ((sum += 3)) ;;
	*[0-4]) s=${k#key}; ((sum += s)) ;;
	*) s=${k/key/x}; ((sum += ${#s})) ;;
	esac
done
for ((i = 0; i < 60; i++)); do fact 60; done
echo $sum ${#seen[@]} ${seen[key7]} $r
