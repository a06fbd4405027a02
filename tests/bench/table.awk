# table.awk - from measurements to a table and, in the file `svg', a picture.
#
# A line of input is one run: class, name, who (native, ferry, qemu),
# processor time and time that passed in microseconds.

function median(key,    n, i, j, t, v)
{
	n = split(runs[key], v, " ")
	if (!n)
		return 0
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) {
			t = v[j]
			v[j] = v[j - 1]
			v[j - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

function ratio(a, b)
{
	return a > 0 && b > 0 ? sprintf("%.2f", a / b) : "-"
}

function count_in(class, what, a, b)
{
	if (a > 0 && b > 0) {
		logs[class, what] += log(a / b)
		number[class, what]++
	}
}

function mean(class, what)
{
	return number[class, what] ? sprintf("%.2f",
		exp(logs[class, what] / number[class, what])) : "-"
}

function row(a, b, c, d, e, f, g, h)
{
	printf "%-12s %-14s %9s %9s %9s %8s %8s %8s\n", a, b, c, d, e, f, g, h
}

{
	key = $1 SUBSEP $2
	if (!(key in known)) {
		known[key] = 1
		order[++rows] = key
		if (!($1 in classes)) {
			classes[$1] = 1
			class_order[++nr_classes] = $1
		}
	}
	runs[key, $3] = runs[key, $3] " " $4
}

END {
	row("class", "program", "native/ms", "ferry/ms", "qemu/ms",
	    "ferry/n", "qemu/n", "qemu/f")
	for (i = 1; i <= rows; i++) {
		key = order[i]
		split(key, part, SUBSEP)
		n = median(key SUBSEP "native")
		f = median(key SUBSEP "ferry")
		q = median(key SUBSEP "qemu")
		row(part[1], part[2], sprintf("%.2f", n / 1000),
		    sprintf("%.2f", f / 1000),
		    q ? sprintf("%.2f", q / 1000) : "-",
		    ratio(f, n), ratio(q, n), ratio(q, f))
		ferry_of[i] = n ? f / n : 0
		qemu_of[i] = n ? q / n : 0
		# A start is no throughput.
		split(part[1] (part[1] == "start-up" ? "" : " all"), to, " ")
		for (k in to) {
			count_in(to[k], "fn", f, n)
			count_in(to[k], "qn", q, n)
			count_in(to[k], "qf", q, f)
		}
		delete to
	}
	print ""
	class_order[++nr_classes] = "all"
	for (i = 1; i <= nr_classes; i++) {
		c = class_order[i]
		row(c, c == "all" ? "but start-up" : "geomean", "", "", "",
		    mean(c, "fn"), mean(c, "qn"), mean(c, "qf"))
	}
	if (svg != "")
		draw()
}

function text(x, y, anchor, s)
{
	printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x, y,
		anchor, s >svg
}

# Where a ratio is, on a logarithmic scale from 0.5 to 128.
function at(r)
{
	r = r < 0.5 ? 0.5 : r > 128 ? 128 : r
	return left + log(r / 0.5) / log(256) * width
}

function bar(y, r, color)
{
	if (r <= 0)
		return
	printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"6\" fill=\"%s\"/>\n",
		left, y, at(r) - left, color >svg
}

function draw(    i, y, r, part, class)
{
	left = 180
	width = 560
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
	       "height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n",
		left + width + 40, rows * 18 + 90 >svg
	print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>" >svg
	text(left, 18, "start", "time relative to native (less is better)")
	print "<rect x=\"480\" y=\"10\" width=\"20\" height=\"8\" fill=\"#2166ac\"/>" \
	      "<rect x=\"560\" y=\"10\" width=\"20\" height=\"8\" fill=\"#d6604d\"/>" >svg
	text(504, 18, "start", "ferry")
	text(584, 18, "start", "qemu-user")
	for (r = 0.5; r <= 128; r *= 2) {
		printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"30\" y2=\"%d\" " \
		       "stroke=\"%s\"/>\n", at(r), at(r), rows * 18 + 60,
			r == 1 ? "black" : "#ddd" >svg
		text(at(r), rows * 18 + 75, "middle", r)
	}
	y = 40
	for (i = 1; i <= rows; i++) {
		split(order[i], part, SUBSEP)
		if (part[1] != class)
			text(4, y + 10, "start", part[1])
		class = part[1]
		text(left - 6, y + 10, "end", part[2])
		bar(y, ferry_of[i], "#2166ac")
		bar(y + 7, qemu_of[i], "#d6604d")
		y += 18
	}
	print "</svg>" >svg
	close(svg)
}
