"""threading: locks, conditions, thread-local data, many short threads."""

import concurrent.futures
import queue
import threading
import time

count = 0
lock = threading.Lock()


def work(n):
    global count
    for _ in range(n):
        with lock:
            count += 1


threads = [threading.Thread(target=work, args=(2000,)) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert count == 16000

local = threading.local()
seen = []


def use_local(i):
    local.value = i
    time.sleep(0.01)
    seen.append(local.value == i)


threads = [threading.Thread(target=use_local, args=(i,)) for i in range(20)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert seen == [True] * 20

q = queue.Queue(maxsize=4)
total = []


def consume():
    while (item := q.get()) is not None:
        total.append(item)


consumers = [threading.Thread(target=consume) for _ in range(3)]
for t in consumers:
    t.start()
for i in range(300):
    q.put(i)
for t in consumers:
    q.put(None)
for t in consumers:
    t.join()
assert sorted(total) == list(range(300))

with concurrent.futures.ThreadPoolExecutor(5) as pool:
    assert list(pool.map(lambda n: n ** 3, range(50))) == \
        [n ** 3 for n in range(50)]

barrier = threading.Barrier(4)
order = []


def meet():
    barrier.wait(30)
    order.append(1)


threads = [threading.Thread(target=meet) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert len(order) == 4

for i in range(200):
    t = threading.Thread(target=int)
    t.start()
    t.join()

event = threading.Event()
timer = threading.Timer(0.05, event.set)
timer.start()
assert event.wait(10)
assert not threading.Event().wait(0.05)
print("threads: all as expected")
