"""primes.py - a python program: a sieve, JSON, hashes, regular expressions,
a thread and a child process."""

import hashlib
import json
import platform
import re
import subprocess
import sys
import threading


def primes(limit):
    sieve = bytearray([1]) * (limit + 1)
    sieve[0:2] = b"\0\0"
    for n in range(2, int(limit ** 0.5) + 1):
        if sieve[n]:
            sieve[n * n::n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n in range(limit + 1) if sieve[n]]


print(f"python {platform.python_version()} on {platform.machine()}")
found = primes(100000)
print(f"{len(found)} primes, the last is {found[-1]}")
text = json.dumps({"primes": found[:10], "sum": sum(found)})
print(text, hashlib.sha256(text.encode()).hexdigest()[:16])
print("ends in 7:", len(re.findall(r"\b\d*7\b", " ".join(map(str, found)))))

results = []
thread = threading.Thread(target=lambda: results.append(max(found)))
thread.start()
thread.join()
child = subprocess.run([sys.executable, "-c", "print(6 * 7)"],
                       capture_output=True, text=True, check=True)
print("thread says", results[0], "and child says", child.stdout.strip())
