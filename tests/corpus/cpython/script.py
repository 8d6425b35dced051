"""Data structures, text, numbers, compression, files and errors of the standard library."""

import ast
import collections
import dataclasses
import decimal
import fractions
import hashlib
import itertools
import json
import os
import pathlib
import re
import struct
import sys
import zlib

print(sys.platform, sys.version_info[:2])


@dataclasses.dataclass(order=True)
class Item:
    weight: int
    name: str = dataclasses.field(compare=False)


items = sorted(Item(len(word), word) for word in "a bb ccc dd e".split())
print([item.name for item in items])

decimal.getcontext().prec = 50
print(decimal.Decimal(2).sqrt(), fractions.Fraction(355, 113) - fractions.Fraction(22, 7))
print(2**521 - 1 == int(str(2**521 - 1)), pow(3, 10**18, 10**9 + 7))

data = b"".join(struct.pack("<Hd", i, i / 7) for i in range(5000))
packed = zlib.compress(data, 9)
print(hashlib.sha256(data).hexdigest()[:16], zlib.crc32(packed), zlib.decompress(packed) == data)

tree = ast.parse("def f(x):\n    return [x * y for y in range(x) if y % 2]")
print(collections.Counter(type(node).__name__ for node in ast.walk(tree)).most_common(3))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), json.dumps({"é": [1.5, None, True]}, sort_keys=True))

here = pathlib.Path("/work")
for name in ("b.txt", "a.txt", "sub/c.txt"):
    path = here / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(name * 1000, encoding="utf-8")
os.rename(here / "b.txt", here / "z.txt")
with open(here / "z.txt", "r+", encoding="utf-8") as file:
    file.seek(10)
    file.write("changed")
    file.truncate(20)
print(sorted(os.listdir(here)), os.stat(here / "z.txt").st_size, (here / "z.txt").read_text(encoding="utf-8"))
try:
    os.rmdir(here / "sub")
except OSError as error:
    print(type(error).__name__, error.strerror)
try:
    open("/etc/passwd", encoding="utf-8")
except OSError as error:
    print(type(error).__name__)

print(sum(1 for p in itertools.permutations(range(8)) if all(abs(p[i] - p[j]) != j - i for j in range(8) for i in range(j))))


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError:
    print("too deep")
sys.exit(3)
