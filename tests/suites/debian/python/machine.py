"""What a program can see of the machine that it runs on."""

import os
import platform
import sys

assert platform.machine() == "aarch64", platform.machine()
assert os.uname().machine == "aarch64"
exe = os.readlink("/proc/self/exe")
assert exe.startswith("/usr/bin/python3"), exe
with open("/proc/self/cmdline", "rb") as f:
    argv = f.read().split(b"\0")
assert argv[1].endswith(b"machine.py"), argv
with open("/proc/self/maps") as f:
    maps = f.read()
assert not [line for line in maps.splitlines() if line.endswith("/ferry")]
assert "[stack]" in maps and "libc.so.6" in maps
with open("/proc/cpuinfo") as f:
    cpuinfo = f.read()
assert "Features" in cpuinfo and "fp asimd" in cpuinfo
with open("/proc/self/auxv", "rb") as f:
    assert len(f.read()) >= 20 * 16
assert sys.byteorder == "little" and sys.maxsize == 2 ** 63 - 1
assert os.sysconf("SC_PAGE_SIZE") == 4096
assert len(os.sched_getaffinity(0)) >= 1
assert len(os.listdir("/proc/self/task")) == 1
print("machine: all as expected")
