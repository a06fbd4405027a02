# bash completion for ferry(1): options and what they take from `ferry --help',
# then the program and its arguments as for any command.

_ferry_options()
{
	"$1" --help 2>/dev/null |
		sed -n 's/^  \(-[^ ]*\)\( [^,]*\)\{0,1\}, \(--[^ =]*=\{0,1\}\).*/\1\n\3/p'
}

# What the option that is the second argument takes, as `DIR'.
_ferry_takes()
{
	"$1" --help 2>/dev/null | awk -v option="${2##*-}" '
		/^  -/ {
			sub(/^-/, "", $1)
			if ($1 == option && $2 !~ /^-/) {
				sub(/,$/, "", $2)
				print $2
			}
		}'
}

_ferry()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i=1 takes

	COMPREPLY=()
	if [[ ${COMP_WORDS[1]} == binfmt ]] && ((COMP_CWORD > 1)); then
		mapfile -t COMPREPLY < <(compgen -W "install uninstall status
			--flags= --interpreter= --persistent --json" -- "$cur")
		return
	fi
	# Where the program is: behind options and what they take.
	while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == -* ]]; do
		takes=$(_ferry_takes "$1" "${COMP_WORDS[i]}")
		[[ ${COMP_WORDS[i + 1]} != = ]] || ((i += 1))
		[[ -n $takes || ${COMP_WORDS[i]} == = ]] && ((i += 1))
		((i += 1))
	done
	if ((i < COMP_CWORD)); then
		_command_offset "$i"
	elif ((i > COMP_CWORD)) && [[ $takes == DIR ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "${cur#=}")
	elif ((i > COMP_CWORD)) && [[ $takes == *'|'* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${takes//|/ }" \
			-- "${cur#=}")
	elif ((i > COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -f -- "${cur#=}")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_ferry_options "$1")" \
			-- "$cur")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
	else
		mapfile -t COMPREPLY < <(compgen -W binfmt -- "$cur"
			compgen -c -- "$cur"; compgen -f -- "$cur")
		compopt -o filenames
	fi
}

complete -F _ferry ferry ferry-aarch64
