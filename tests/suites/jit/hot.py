# hot.py - PyPy's traces.
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Node:
    def __init__(self, value, rest):
        self.value, self.rest = value, rest


node, total, seen = None, 0, {}
for i in range(100000):
    node = Node(i * i % 1009, node)
    seen[node.value] = seen.get(node.value, 0) + 1
while node:
    total, node = (total * 31 + node.value) % 1000000007, node.rest
x = sum((i * 0.5) ** 0.5 for i in range(100000))
print(fib(22), total, len(seen), "%.9g" % x, pow(3, 1000) % 10 ** 9)
print(sorted(str(i) for i in range(2000))[::400])
