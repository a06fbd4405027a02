# callback.py - libffi: calls with every kind of argument, and closures, which
# are code that is made at run time.
import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, c_double, c_float, c_int, \
    c_int8, c_longlong

libc = ctypes.CDLL("libc.so.6")
compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
calls = 0


def order(a, b):
    global calls
    calls += 1
    return a[0] - b[0]


values = (c_int * 200)(*[i * 37 % 211 for i in range(200)])
libc.qsort(values, 200, ctypes.sizeof(c_int), compare(order))
print(list(values) == sorted(values), calls > 200)


class Pair(Structure):
    _fields_ = [("a", c_double), ("b", c_longlong)]


class Four(Structure):
    _fields_ = [("f", c_float * 4)]


mixed = CFUNCTYPE(c_double, c_int, c_double, c_int8, c_float, c_longlong,
                  c_double, c_int, c_int, c_int, c_int, c_int, c_double)
f = mixed(lambda *a: sum(a))
print(f(1, 2.5, -3, 4.25, 1 << 40, 6.0, 7, 8, 9, 10, 11, 12.75))
h = CFUNCTYPE(c_double, Pair, Four)(lambda p, q: p.a + p.b + sum(q.f))
print(h(Pair(1.5, 7), Four((c_float * 4)(1, 2, 3, 4.5))))

# Many closures, each called, freed and made again at the same place.
total = 0
for i in range(3000):
    k = CFUNCTYPE(c_int, c_int)(lambda x, i=i: x * i % 1009)
    total += k(i)
print(total)
buf = ctypes.create_string_buffer(100)
libc.snprintf(buf, 100, b"%d %s %.3f", 42, b"text", c_double(2.5))
print(buf.value.decode())
nested = compare(lambda a, b: compare(order)(a, b))
libc.qsort(values, 50, ctypes.sizeof(c_int), nested)
print(list(values[:50]) == sorted(values[:50]))
