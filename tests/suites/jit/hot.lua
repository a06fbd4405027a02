-- hot.lua - LuaJIT's traces, its C calls and callbacks.
local function fib(n)
	if n < 2 then return n end
	return fib(n - 1) + fib(n - 2)
end

local t, s = {}, 0
for i = 1, 2e5 do t[i] = (i * 7919) % 10007 end
table.sort(t)
for i = 1, #t, 1000 do s = (s * 31 + t[i]) % 4294967291 end

local ffi = require "ffi"
ffi.cdef [[
int abs(int);
double strtod(const char *, char **);
void qsort(void *, size_t, size_t, int (*)(const int *, const int *));
]]
local a = ffi.new("int[100]")
for i = 0, 99 do a[i] = (i * 37) % 101 end
ffi.C.qsort(a, 100, 4, ffi.cast("int (*)(const int *, const int *)",
	function(x, y) return x[0] - y[0] end))
local sum = 0
for i = 0, 99 do sum = sum * 3 % 1000003 + a[i] end
print(fib(24), s, string.format("%.17g", ffi.C.strtod("1.25e3", nil)),
	ffi.C.abs(-5), sum)

local x = 0.0
for i = 1, 1e6 do x = x + math.floor(i / 3) * 0.25 - math.sqrt(i) end
print(string.format("%.12g", x), (jit.status()))

-- Traces that are left again and again, strings, coroutines.
local words, n = {}, 0
for i = 1, 20000 do
	local w = "w" .. i % 211
	words[w] = (words[w] or 0) + (i % 3 == 0 and 2 or 1)
end
for _, v in pairs(words) do n = n + v * v end
local co = coroutine.wrap(function()
	for i = 1, 5000 do coroutine.yield(i) end
end)
for _ = 1, 5000 do n = n + co() end
print(n, bit.bxor(0x1234, 0xff00), (pcall(error, "x")))
