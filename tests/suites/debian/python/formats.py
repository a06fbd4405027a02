"""json, re, hashlib, struct, decimal, sqlite3: each against known results."""

import decimal
import hashlib
import hmac
import json
import math
import re
import sqlite3
import struct
import zlib

# json
doc = {"a": [1, 2.5, None, True], "b": {"ü": "\u20ac\n"}, "c": 10 ** 30}
assert json.loads(json.dumps(doc)) == doc
assert json.dumps([1.0, 1e100, 0.1 + 0.2]) == "[1.0, 1e+100, 0.30000000000000004]"
try:
    json.loads("[1,")
    assert False
except json.JSONDecodeError as e:
    assert e.pos == 3

# re
assert re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world") == "world hello"
assert re.findall(r"(?i)\bF\w*", "foo bar FAB") == ["foo", "FAB"]
assert re.fullmatch(r"(a|b)*?c+(?P<n>\d{2,3})", "ababcc123")["n"] == "123"
assert not re.match(r"(a+)+$", "a" * 20 + "b")

# hashlib, against the standards' vectors
VECTORS = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha3_256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    "blake2s": "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
}
for name, digest in VECTORS.items():
    assert hashlib.new(name, b"abc").hexdigest() == digest, name
assert hmac.new(b"Jefe", b"what do ya want for nothing?", "sha256").hexdigest() \
    == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
assert hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 4096).hex() \
    == "4b007901b765489abead49d926f721d065a429c1"
assert hashlib.sha256(b"a" * 1000000).hexdigest() == \
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
assert zlib.crc32(b"123456789") == 0xcbf43926
data = bytes(range(256)) * 500
assert zlib.decompress(zlib.compress(data, 9)) == data

# struct
assert struct.pack("<bHiqfd", -1, 65535, -2, 1 << 40, 1.5, -0.1).hex() == \
    "fffffffeffffff00000000000100000000c03f9a9999999999b9bf"
assert struct.unpack(">e", b"\x3c\x00") == (1.0,)
assert struct.calcsize("@bq") == 16

# decimal and float
with decimal.localcontext() as ctx:
    ctx.prec = 50
    assert str(decimal.Decimal(2).sqrt()) == \
        "1.4142135623730950488016887242096980785696718753769"
    assert str(decimal.Decimal(1) / 7) == \
        "0.14285714285714285714285714285714285714285714285714"
assert float("1e308") * 10 == math.inf
assert math.isnan(math.inf - math.inf)
assert (0.1).hex() == "0x1.999999999999ap-4"
assert round(2.675, 2) == 2.67 and round(0.5) == 0 and round(1.5) == 2
assert math.fsum([0.1] * 10) == 1.0
assert repr(math.sin(1e22)) == "-0.8522008497671888"
assert repr(math.exp(1)) == "2.718281828459045"
assert repr(5e-324) == "5e-324" and 5e-324 / 2 == 0.0
assert (7 ** 500) % (10 ** 18) == pow(7, 500, 10 ** 18)
assert math.factorial(200) // math.factorial(198) == 39800

# sqlite3
db = sqlite3.connect(":memory:")
db.execute("create table t (id integer primary key, name text, x real)")
db.executemany("insert into t (name, x) values (?, ?)",
               [(f"n{i}", i / 3) for i in range(1000)])
assert db.execute("select count(*), round(sum(x), 3) from t").fetchone() == \
    (1000, 166500.0)
db.create_function("twice", 1, lambda v: v * 2)
assert db.execute("select twice(21)").fetchone() == (42,)
assert [r[0] for r in db.execute(
    "select name from t where x > 332 order by x desc limit 2")] == \
    ["n999", "n998"]
try:
    db.execute("insert into t (id) values (1)")
    assert False
except sqlite3.IntegrityError:
    pass
print("formats: all as expected")
