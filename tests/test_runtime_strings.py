"""Texts and bytes on the published pages: their methods give what Python's give."""

import ast
import importlib
from pathlib import Path

import pytest
from browser_python import alike, both, in_browser, listed, module_of

from compendium.translated.bundle import closure

# Headings, cells and lines as they are met, and what is rare in letters, spaces and line ends.
TEXTS = [
    "", " ", "T (K)", "Θ_D", "µΩ cm", "μΩ·cm", "straße STRASSE ẞ", "ﬁlm №5", "ρ (10⁻⁸ Ω m)",
    "ΑΣ ας Σ", "  two  words\t", "\ta\tb\t\tc", "a,b,,c,", ";;", "1.25e-3", "-7", "+07", "²³",
    "½ ①", "one\r\ntwo\nthree\rfour\x0bfive\x0csix\x1cseven\x85eight\u2028nine\n", "\n\n", "xxx",
    "\u00a0nbsp\u3000", "\ufeffT,R", "\x1f\x1e", "they're O'NEIL", "(K)[m]{s}", "a\\b^c-d]e[f",
    "<b>&amp;</b>", "Å Å", "İı", "日本語", "Temperature/Kelvin = 4.2 K", "R/R_300",
    "'quoted' \"cells\"", "\ud800 alone",
]  # fmt: skip
# A character of two halves and digits of another script: their places are counted by halves, and
# numbers are not read from them.
RARE = ["𝜌 (Ω) 𝜌", "٣٤"]
FIRST = f"""
TEXTS, RARE = {TEXTS!a}, {RARE!a}
nan, inf = float("nan"), float("inf")
def each(f):
    return [[s, tried(lambda: f(s))] for s in [*TEXTS, *RARE]]
def each_of_most(f):
    return [[s, tried(lambda: f(s))] for s in TEXTS]
"""

# Each of the methods, over all texts.
METHODS = listed("""
# ends and spaces
s.strip()
s.lstrip()
s.rstrip()
s.strip("ab,;(")
s.lstrip("+-0")
s.rstrip("]^-\\\\")
s.strip("")
s.rstrip(",").rstrip("0")
s.rstrip("\x1a\\n")
s.removeprefix("T")
s.removesuffix("\\n")
s.removesuffix("")
s.startswith("T")
s.startswith(("a", "+", "\\ufeff"))
s.startswith("w", 3)
s.endswith(",")
s.endswith(("\\n", "cm"))
s.startswith("")
# pieces
s.split()
s.split(None, 1)
s.split(maxsplit=2)
s.split(" ")
s.split(",")
s.split(",", 1)
s.split("\\t")
s.split(", ")
s.split("")
s.splitlines()
s.splitlines(True)
s.splitlines(keepends=True)
s.partition(" ")
s.partition(",")
s.rpartition(".")
s.rpartition("/")[2]
", ".join(s)
", ".join(s.split())
list(s)
# letters
s.lower()
s.upper()
s.isdigit()
s.isdecimal()
s.isalpha()
s.isalnum()
s.isascii()
s.isspace()
[c.isalpha() for c in s]
[c.isdigit() for c in s]
[c.isspace() for c in s]
# places
s.find("a")
s.find("a", 2)
s.find("z")
s.rfind("b")
s.index("K")
s.count("a")
s.count("aa")
s.count(",")
"K" in s
"" in s
# made of others
s.replace(",", ";")
s.replace("a", "$&", 1)
s.replace("a", "aa", 2)
s.replace(" ", "")
s.translate(str.maketrans("aeK", "xyz"))
s.translate(str.maketrans("", "", " ,"))
s.translate(str.maketrans({"a": "ä", "K": None}))
s.ljust(9)
s.ljust(9, ".")
s.rjust(9)
s.zfill(5)
s * 2
s + "ß"
repr(s)
f"{s!r:>20}|{s:<12}|{s:^9}|{s:.3}"
# order
s < "a"
sorted(s)
sorted(set(s.split()))
max(s)
""")  # fmt: skip

OF_MOST = listed("""
float(s)
int(s)
len(s)
s.count("")
s[0]
s[-1]
s[:3]
s[2:]
s[-2:]
s[::-1]
s[1:-1:2]
s[5:2]
""")

CASES = listed("""
"{} of {}".format(1, "a")
"{1} {0}".format("a", "b")
"{a:.3g} {b!r} {{}}".format(a=1.23456, b="x")
"from {:.5f} to {:.5f}".format(*(0.1, 2.0))
"{:>8}|{:<4}|{:^5}".format("a", 1, "é")
"{}".format(1, 2)
"{} {}".format(1)
"{a}".format(b=1)
"-".join([])
"-".join(["a", 1])
"a" + 1
"ab" * 0
"ab" * -1
3 * "ab"
"abc"[7]
"abc"[-4]
"a".join("bcd")
str(1), str(-0.5), str(None), str(True), str("x"), str([1, "a"]), str({"a": 1})
str.upper("a")
list(map(str.strip, [" a", "b "]))
sorted(["b", "B", "a"], key=str.lower)
"".join(chr(i) for i in (77, 937, 119884))
ord("Ω"), ord("a")
"a" "b" == "ab"
"ß".upper().lower(), "ẞ".lower()
"".join(c for c in map(chr, range(0x2c00)) if c.isspace())
"".join(c for c in map(chr, range(0x700)) if c.isalpha())
"".join(c for c in map(chr, range(0x2c00)) if c.isdigit())
"".join(c for c in map(chr, range(0x2c00)) if c.isdecimal())
[c for c in map(chr, range(0x590)) if c.lower().upper() != c.upper()]
[float(x) for x in ("1", " 1.5\\n", "1e3", "-.5", "5.", "1_000", "inf", "-Infinity", "1E-400")]
float("1.5.2")
float("")
float("0x10")
float("1__0")
float("_1")
float("1_")
float("1_.5")
float("1_0e1_0")
float("\\ufeff1.5")
float("\\x1f 1.5")
int("\\ufeff1")
int("1__0")
int("\\u30001 ")
b"a".decode("no such thing")
float("1,5")
float("1 2")
float("infinite")
int("12"), int(" -3 "), int("1_0"), int("007")
int("1.0")
int("")
""")  # fmt: skip

# Bytes: b is each of them, most of which are no text in most of the encodings.
BYTES = [
    b"", b"T,R\n1,2\n", b"\xef\xbb\xbfT,R", "Θ (µΩ)".encode(), "Θ (µΩ)".encode("latin-1", "ignore"),
    "T,R\n4,5".encode("utf-16"), "T,R\n4,5 𝜌".encode("utf-16"),
    b"\xfe\xff" + "Ω,R".encode("utf-16-be"), b"\xff\xfeT", b"\xff\xfe\x00\xd8T\x00", b"\xff\xfe",
    b"\x81\x8d\x90\x93\x80", bytes(range(256)), "kept \ufffd cut Ω".encode()[:-1],
    "ﬁ 𝜌".encode()[:-2], b"a\xed\xa0\x80b", b"a\xc0\xafb", b"a\xe2\x28b", b"\x00\x00",
    "\ufffd".encode("utf-16") + b"\x00\xdc", b"a\xf0\x9f\xff\xbf\xbdz", b"\xff\xfe\xff\xfeT\x00",
    b"\xef\xbb\xbf\xef\xbb\xbfx", b"\xef\xbf\xbd\xe2\xef\xbf\xbd",
]  # fmt: skip
DECODED = [
    f"b.decode({encoding})"
    for encoding in (
        *('"latin-1"', '"utf-8"', '"utf-8-sig"', '"utf-16"', '"utf-16", "ignore"', ""),
        *('"utf-8-sig", "ignore"', '"utf-8", errors="ignore"'),
    )
]
OF_BYTES = listed(r"""
len(b)
list(b)
b[:2]
b[2:]
b[-3:]
b[0]
b[-1]
b[::2]
b + b"x"
b == b"T,R\n1,2\n"
b.startswith(b"T")
b.startswith((b"\xff\xfe", b"\xfe\xff"))
b.startswith(b"")
b.endswith(b"\n")
b.find(b",")
b.find(b"R\n")
b.count(b"\n")
b.count(b"\x00")
b.replace(b"\n", b"\r\n")
b"R" in b
84 in b
b"" in b
bool(b)
{b: 1}[b]
""")  # fmt: skip
BYTES_FIRST = f"""
ALL = {BYTES!a}
def each(f):
    return [[list(b), tried(lambda: f(b))] for b in ALL]
"""


@pytest.fixture(scope="module")
def results(node):
    """Of each case what the browser gives and what Python gives."""
    over = [f"each(lambda s: {case})" for case in METHODS]
    over += [f"each_of_most(lambda s: {case})" for case in OF_MOST]
    found = both([*METHODS, *OF_MOST, *CASES], module_of([*over, *CASES], FIRST), node)
    over = [f"each(lambda b: {case})" for case in [*DECODED, *OF_BYTES]]
    return found | both([*DECODED, *OF_BYTES], module_of(over, BYTES_FIRST), node)


@pytest.mark.parametrize("case", [*METHODS, *OF_MOST, *CASES, *DECODED, *OF_BYTES])
def test_it_gives_what_python_gives(case, results):
    found, expected = results[case]
    assert found[0] == expected[0], found
    pairs = [(found, expected)]
    if case not in CASES:
        pairs = zip(found[1], expected[1], strict=True)
    differing = [f"{one} is not {other}" for one, other in pairs if not alike(one, other)]
    assert not differing, "\n".join(differing)


def test_every_method_is_there_that_is_called(node):
    called = set()
    for name in closure(["analysis.show.trying.resistance", "analysis.show.trying.strain"]):
        source = Path(importlib.import_module(name).__file__).read_text(encoding="utf-8")
        for one in ast.walk(ast.parse(source)):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                called.add(one.func.attr)
    names = sorted(name for name in called if hasattr(str, name) and not name.startswith("__"))
    there = in_browser(f"result = [hasattr(str, name) for name in {names}]\n", node)
    assert len(names) > 15
    assert dict(zip(names, there, strict=True)) == dict.fromkeys(names, True)
