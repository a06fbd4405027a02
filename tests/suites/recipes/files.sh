# files.sh - what can be said of the files for services that are not here:
# they are YAML, their shell parses, and they name what there is.
# shellcheck shell=bash
main()
{
	need python3
	python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml"
	python3 "$here/files.py" "$top/examples/recipes"
	grep -q '^Package: ferry-binfmt$' "$top/debian/control"
}
