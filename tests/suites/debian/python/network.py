"""socket on loopback, select, socketpair, descriptor passing, asyncio."""

import array
import asyncio
import os
import select
import socket
import socketserver
import threading


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


# TCP
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for i in range(5):
        with socket.create_connection(server.server_address, 30) as s:
            s.sendall(b"hello %d\n" % i)
            assert s.makefile("rb").readline() == b"HELLO %d\n" % i
    server.shutdown()

# UDP, options, names
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 0))
b.sendto(b"datagram", a.getsockname())
data, addr = a.recvfrom(100)
assert data == b"datagram" and addr[0] == "127.0.0.1"
a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
assert a.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= 65536
assert a.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_DGRAM
a.close()
b.close()

# UNIX domain: a descriptor as ancillary data, credentials, poll and select
a, b = socket.socketpair()
r, w = os.pipe()
socket.send_fds(a, [b"fd"], [w])
msg, fds, _, _ = socket.recv_fds(b, 10, 1)
os.write(fds[0], b"through a passed descriptor")
assert os.read(r, 100) == b"through a passed descriptor"
creds = a.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
assert array.array("i", creds)[0] == os.getpid()
poll = select.poll()
poll.register(b, select.POLLIN)
assert poll.poll(10) == []
a.send(b"x")
assert poll.poll(1000) == [(b.fileno(), select.POLLIN)]
assert select.select([b], [], [], 1)[0] == [b]
with select.epoll() as ep:
    ep.register(b, select.EPOLLIN)
    assert ep.poll(1) == [(b.fileno(), select.EPOLLIN)]
b.close()
try:
    a.send(b"x")
    a.send(b"x")
    assert False
except (BrokenPipeError, ConnectionResetError):
    pass

# refused
s = socket.socket()
s.bind(("127.0.0.1", 0))
try:
    socket.create_connection(s.getsockname(), 5)
    assert False
except ConnectionRefusedError:
    pass


# asyncio
async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line[::-1])
        await writer.drain()
    writer.close()


async def talk(port, i):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\n" % i)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer == b"\n" + (b"%d" % i)[::-1]


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert all(await asyncio.gather(*[talk(port, i) for i in range(20)]))
    server.close()
    await server.wait_closed()
    p = await asyncio.create_subprocess_exec(
        "tr", "a-z", "A-Z", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE)
    out, _ = await p.communicate(b"subprocess")
    assert out == b"SUBPROCESS" and p.returncode == 0
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.05)
        assert False
    except asyncio.TimeoutError:
        pass
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(None, sum, range(1000)) == 499500


asyncio.run(main())
print("network: all as expected")
