# memcached.py SOCKET - clients of memcached, one per thread.
import socket
import sys
import threading

ROUNDS, CLIENTS = 500, 8
right = []


def connect():
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    return s.makefile('rwb')


def ask(f, request):
    f.write(request)
    f.flush()
    return f.readline()


def client(number):
    f = connect()
    for i in range(ROUNDS):
        ask(f, b'incr counter 1\r\n')
        key, value = b'%d.%d' % (number, i), b'%d' % (i * number)
        line = b'set %s 0 0 %d\r\n%s\r\n' % (key, len(value), value)
        assert ask(f, line) == b'STORED\r\n'
        head = ask(f, b'get %s\r\n' % key)
        assert head == b'VALUE %s 0 %d\r\n' % (key, len(value)), head
        assert f.readline().strip() == value
        assert f.readline() == b'END\r\n'
    right.append(number)


f = connect()
assert ask(f, b'set counter 0 0 1\r\n0\r\n') == b'STORED\r\n'
threads = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert sorted(right) == list(range(CLIENTS)), right
ask(f, b'get counter\r\n')
assert f.readline().strip() == b'%d' % (ROUNDS * CLIENTS)
