-- Tables, closures, strings and floating point.
local function queens(n)
	local cols, d1, d2, found = {}, {}, {}, 0
	local function place(row)
		if row > n then found = found + 1 return end
		for c = 1, n do
			if not (cols[c] or d1[row + c] or d2[row - c + n]) then
				cols[c], d1[row + c], d2[row - c + n] = true, true, true
				place(row + 1)
				cols[c], d1[row + c], d2[row - c + n] = nil, nil, nil
			end
		end
	end
	place(1)
	return found
end
local t, s = {}, 0.0
for i = 1, 200000 do t[i % 1000 + 1] = (t[i % 997 + 1] or 0) + i * 0.5 end
for _, v in ipairs(t) do s = s + v end
local words = {}
for i = 1, 20000 do words[#words + 1] = ("%x"):format(i * 2654435761 % 65536) end
table.sort(words)
print(queens(7), s, words[1], words[#words], #table.concat(words))
