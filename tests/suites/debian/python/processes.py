"""subprocess, multiprocessing by fork, signals, pipes and exit statuses."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

# subprocess
assert subprocess.check_output(["uname", "-m"], text=True) == "aarch64\n"
assert subprocess.run("exit 7", shell=True).returncode == 7
p = subprocess.run(["cat"], input=b"x" * 300000, capture_output=True)
assert p.stdout == b"x" * 300000
p = subprocess.Popen([sys.executable, "-c", "import sys; print(sys.argv)",
                      "a b", "ü"], stdout=subprocess.PIPE)
assert p.communicate()[0].decode() == "['-c', 'a b', 'ü']\n"
try:
    subprocess.run(["/no/such/program"])
    assert False
except FileNotFoundError:
    pass
try:
    subprocess.run(["sleep", "10"], timeout=0.3)
    assert False
except subprocess.TimeoutExpired:
    pass
p = subprocess.Popen(["sleep", "10"])
p.terminate()
assert p.wait() == -signal.SIGTERM
assert subprocess.run(["sh", "-c", "echo $FOO"], env={
    "FOO": "bar", "PATH": os.environ["PATH"]},
    capture_output=True).stdout == b"bar\n"
ls = subprocess.Popen(["ls", "/usr"], stdout=subprocess.PIPE)
wc = subprocess.Popen(["wc", "-l"], stdin=ls.stdout, stdout=subprocess.PIPE)
ls.stdout.close()
assert int(wc.communicate()[0]) > 5
ls.wait()

# posix_spawn says what is wrong
try:
    os.posix_spawn("/no/such/program", ["x"], {})
    assert False
except FileNotFoundError:
    pass

# signals
caught = []
signal.signal(signal.SIGUSR1, lambda n, f: caught.append(n))
os.kill(os.getpid(), signal.SIGUSR1)
assert caught == [signal.SIGUSR1]
signal.signal(signal.SIGALRM, lambda n, f: caught.append(n))
signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.3)
assert caught[-1] == signal.SIGALRM
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
assert signal.sigpending() == {signal.SIGUSR1}
assert signal.sigwait([signal.SIGUSR1]) == signal.SIGUSR1

# fork, pipe, wait
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(w, b"from the child")
    os._exit(33)
os.close(w)
assert os.read(r, 100) == b"from the child"
_, status = os.waitpid(pid, 0)
assert os.WEXITSTATUS(status) == 33


# multiprocessing
def square(n):
    return n * n


def fill(queue, n):
    for i in range(n):
        queue.put((os.getpid(), i))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(3) as pool:
        assert pool.map(square, range(100)) == [n * n for n in range(100)]
    queue = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=fill, args=(queue, 20))
               for _ in range(3)]
    for worker in workers:
        worker.start()
    got = [queue.get(timeout=60) for _ in range(60)]
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len({pid for pid, _ in got}) == 3
    value = multiprocessing.Value("i", 0)

    def add(times):
        for _ in range(times):
            with value.get_lock():
                value.value += 1

    workers = [multiprocessing.Process(target=add, args=(100,))
               for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert value.value == 400
    print("processes: all as expected")
