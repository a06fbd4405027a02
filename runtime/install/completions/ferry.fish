# fish completion for ferry(1): options from `ferry --help', then the program.

function __ferry_options
	ferry --help 2>/dev/null |
		string match -rg '^  (-\S+).*?, (--[a-z0-9-]+)\S* +(.*)$' |
		while read -l short; read -l long; read -l help
			printf '%s\t%s\n' $short $help $long $help
		end
end

function __ferry_binfmt
	set -l words (commandline -opc)
	test (count $words) -gt 1 -a "$words[2]" = binfmt
end

complete -c ferry -n 'not __ferry_binfmt; and string match -q -- "-*" (commandline -ct)' \
	-f -a '(__ferry_options)'
complete -c ferry -n 'not __ferry_binfmt; and __fish_is_first_token' -a binfmt \
	-d 'have the kernel start ferry'
complete -c ferry -n 'not __ferry_binfmt' -a '(__fish_complete_command)'
complete -c ferry -n __ferry_binfmt -f -a 'install uninstall status'
complete -c ferry -n __ferry_binfmt -f -l flags -x -a 'F PF OF OCF POCF'
complete -c ferry -n __ferry_binfmt -f -l interpreter -r
complete -c ferry -n __ferry_binfmt -f -l persistent
complete -c ferry -n __ferry_binfmt -f -l json
