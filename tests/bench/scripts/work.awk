# Words of a text: splitting, counting, matching.
{
	n = split($0, w, /[^A-Za-z_]+/)
	for (i = 1; i <= n; i++)
		count[tolower(w[i])]++
	if ($0 ~ /^ *(def|class) [a-z_]+\(.*self/)
		methods++
	chars += length($0)
}
END {
	for (k in count)
		if (count[k] > best || (count[k] == best && k < word)) {
			best = count[k]
			word = k
		}
	print NR, chars, methods, word, best
}
