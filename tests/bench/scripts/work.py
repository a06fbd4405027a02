# Objects, dictionaries, strings, generators, big numbers, regular expressions.
import re


class Task:
    def __init__(self, name, weight):
        self.name, self.weight, self.runs = name, weight, 0

    def run(self, x):
        self.runs += 1
        return (x * self.weight + len(self.name)) % 65521


def primes(n):
    found = []
    for i in range(2, n):
        if all(i % p for p in found if p * p <= i):
            found.append(i)
            yield i


tasks = [Task("t%d" % i, i * 7 + 1) for i in range(10)]
x = 1
for i in range(60000):
    x = tasks[x % 10].run(x)
words = {}
for i in range(30000):
    word = "w%d" % (i * 7919 % 1009)
    words[word] = words.get(word, 0) + i
text = " ".join(sorted(words))
print(x, sum(primes(1500)), len(words), max(words.items())[1])
print(len(re.findall(r"w(\d)\d*\1\b", text)), text.upper().count("W1"))
print(pow(3, 5 ** 60, 2 ** 521 - 1) % 1000007, len(str(7 ** 4000)))
