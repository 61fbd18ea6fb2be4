"""Python's standard library on the published pages: what the package uses of it does the same."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from browser_python import alike, both, in_browser, in_python, listed, module_of

from analysis.reading import columns, text_formats
from compendium.translated.bundle import closure

TESTS = Path(__file__).parent
MODULES = closure(["analysis.show.trying.resistance", "analysis.show.trying.strain"])
LIBRARY = [
    "re", "math", "itertools", "functools", "collections", "contextlib", "contextvars", "copy",
    "csv", "errno", "operator", "shlex", "sys", "time", "unicodedata", "warnings",
]  # fmt: skip

# Texts that the patterns of the package are tried on, beside those of the tests of reading.
RARE = [
    "", "Θ_D (K)", "µΩ cm", "ρ [10⁻⁸ Ω·m]", "R/R₃₀₀", "Fühler 2 (Ω)", "ρ_{xx} {mΩ}", "T\u00a0(K)",
    "²θ", "2θ (°)", "2-Theta [deg]", "two_theta", "ϑ", "α₂", "Kα1", "λ(Kα2) = 1,5406 Å",
    "wavelength_alpha1 1.54", "energy: 12.4 keV", "Energy = KEV 8", "CH ٣", "straße", "日本語 (K)",
    "𝜌𝜌 (Ω)", "a𝜌b", "T_Probe", "ſ K", "_x_", "1.5e-8 Ω m", "10^-8 ohm m", "10⁻⁸", "1e-3 *mΩ",
    "1,234", "1.234,5", "1.0D-03", "=A1", "== 3", "1 -1 0\t2", "(1 0 -1)", "'a', 'b'", "'open",
    "row 17", "in row 3\n", "a\r\nb\rc\nd", "x\x0by\x1cz", "\ufeffT,R", "LaB6", "Si 111", "rad",
    "radians", "T, B", "T,H", '"quoted name" (K) T(K)', "  two   gaps here ", "mohm", "kV",
    "data_x", "data_", "{unclosed (", "%PDF-1.4", "<?xml version='1.0'?><svg>", "\u200bx\u2028y",
    "\ud800", "alpha - 2", "R-7", "12.5 K", "+.5e3K", "1_000", "Ohm·m/K", "x" * 400,
]  # fmt: skip


def strings_of(path):
    """Yield the texts in a test of reading, and their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 300:
            yield node.value
            yield from node.value.splitlines()


def first_lines():
    """Yield lines and cells of the files that the readers are held to."""
    for path in sorted((TESTS / "cases" / "resistance").iterdir()):
        for line in path.read_text(encoding="utf-8").splitlines()[:8]:
            yield line
            yield from re.split("[,;\t]", line)


def corpus():
    met = [*strings_of(TESTS / "test_columns.py"), *first_lines()]
    return list(dict.fromkeys([*RARE, *met]))


def uses():
    """Yield the calls of functions of re in what the pages run: module, tree and call."""
    for name in MODULES:
        tree = ast.parse(Path(importlib.import_module(name).__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and re.fullmatch(r"re\.\w+", ast.unparse(node.func)):
                yield name, tree, node


def pattern_of(name, tree, node):
    """Return the pattern of a call: written there, or a constant of that name in the module."""
    scope = {
        target.id: assigned.value.value
        for assigned in ast.walk(tree)
        if isinstance(assigned, ast.Assign) and isinstance(assigned.value, ast.Constant)
        for target in assigned.targets
        if isinstance(target, ast.Name)
    }
    scope |= vars(importlib.import_module(name))
    return eval(ast.unparse(node.args[0]), scope)  # noqa: S307 - of the package


# Those that are made up where they are used, or stand in a table.
OTHERS = {
    "analysis.reading.cells: re.fullmatch(pattern, cell)": [
        rf"[+-]?[1-9]\d{{0,2}}({re.escape(group)}\d{{3}})+{re.escape(mark)}\d*"
        for group, mark in (",.", ".,")
    ],
    "analysis.reading.columns: re.sub(pattern, plain, text)": [p for p, _ in columns._SPELLINGS],
    "analysis.reading.text_formats: re.match(begins, source.opening)": [
        begins for begins, _ in text_formats._FIGURES
    ],
    # Called with marks of patterns, which stay with the command line.
    "analysis.reading.pattern_marks: re.match(mark, line)": [],
}  # fmt: skip


def patterns():
    """Return the patterns of the package with their flags, and the calls whose pattern is open."""
    found, unknown = {(p, 0): None for some in OTHERS.values() for p in some}, set()
    for name, tree, node in uses():
        if node.func.attr == "escape":
            continue
        flags = re.IGNORECASE if "re.IGNORECASE" in ast.unparse(node) else 0
        try:
            found[pattern_of(name, tree, node), int(flags)] = None
        except NameError:
            unknown.add(f"{name}: {ast.unparse(node)}")
    return list(found), unknown


PATTERNS, UNKNOWN = patterns()
MATCHED = f"""
import re
TEXTS = {corpus()!a}
PATTERNS = {PATTERNS!a}

def said(m, text):
    return None if m is None else [m[0], m.groups(), text[:m.start()], text[m.end():]]

def tried_on(p, text):
    return [
        said(p.match(text), text), said(p.search(text), text), said(p.fullmatch(text), text),
        p.findall(text), p.split(text), p.sub("<>", text),
        [m.groupdict() for m in p.finditer(text)],
    ]

result = [[tried_on(re.compile(p, f), text) for text in TEXTS] for p, f in PATTERNS]
"""


def test_every_pattern_is_known_here():
    assert set(OTHERS) == UNKNOWN
    assert len(PATTERNS) > 60


@pytest.fixture(scope="module")
def matched(node):
    """Of each pattern what the browser's re makes of the texts, and what Python's does."""
    pairs = zip(in_browser(MATCHED, node), in_python(MATCHED), strict=True)
    return dict(zip(PATTERNS, pairs, strict=True))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: one[0][:40])
def test_a_pattern_of_the_package_finds_the_same(pattern, matched):
    found, expected = matched[pattern]
    triples = zip(corpus(), found, expected, strict=True)
    assert not [(text, one, other) for text, one, other in triples if one != other]


CASES = listed(r'''
# patterns: what those of the package do not have
re.sub("x*", "-", "abxd")
re.sub("x*", "-", "a𝜌b")
re.findall("", "𝜌𝜌")
re.sub("(a)(b)?", r"[\2\1]", "abac")
re.sub("(?P<n>a)", r"\g<n>\g<1>\\", "ba")
re.sub("a", lambda m: m[0].upper(), "banana", count=2)
re.sub("a", "b", "aaa", 1)
re.sub("A", "b", "aaa", flags=re.IGNORECASE)
re.sub("A", r"\n", "aAa", 1, re.IGNORECASE)
re.sub("a", "$&$1", "banana")
re.split(",", "a,b,c", maxsplit=1)
re.split("(,)|;", "a,b;c")
re.split("x*", "axb")
re.findall("a.c", "abc a\nc", re.DOTALL)
re.findall("^a$", "a\na\n", re.MULTILINE)
re.findall("^a$", "a\na\n")
re.findall("a$", "a\n")
re.findall("a\\Z", "a\n")
re.findall("(a)(b)?", "abac")
re.findall("(?i)[a-c]+", "aBxC")
re.findall("(?s).+", "a\nb")
re.findall("(?im)^a.*$", "Ab\nac\nd")
re.findall(r"\w+", "Θ_D µΩ²½ a\u0301 日本 x٣")
re.findall(r"\W+", "Θ_D µΩ·a\u0301_﹏‿")
re.findall(r"[\W_]+", "Θ_D µΩ a-b")
re.findall(r"[^\W\d_]+", "Θ_D2 µΩ x٣y")
re.findall(r"[^\w\s]+", "a, b;·c")
re.findall(r"[\w-]+", "a-b c")
re.findall(r"[\s-x]+", "a - x") if False else None
re.findall(r"\s+", "a\u00a0b\x1cc\ufeffd\x85e\u3000f")
re.findall(r"\S+", "a\u00a0b\x1cc\ufeffd\x85e\u3000f𝜌")
re.findall(r"[^\S\n]+", "a \n\tb")
re.findall(r"\d+", "1٣²③")
re.findall(r"\D+", "1٣²③a")
re.findall(r"\bΩ\b", "Ω µΩ Ω2 (Ω)")
re.findall(r"(?i)k", "kK\u212a")
re.findall(r"(?i)µω", "μΩ µω")
re.findall(r"[]a]+|[^]b]", "]ab")
re.findall(r"[{}()|/\[&~]+", "{}()|/[&&~~")
re.findall("a{2}|b{,1}c|{x}", "aabc{x}")
re.findall(r"(a+)\1", "aaaa")
re.findall(r"(?P<q>['\"])x(?P=q)", "'x' 'x\"")
re.match("a", "ba")
re.match("(?:a|ab)(c|bcd)(d*)", "abcd").groups()
re.fullmatch("a|ab", "ab")[0]
re.fullmatch("a", "a\n")
re.match("(a)(b)?", "ac").groups("-")
re.match("(?P<x>a)(?P<y>b)?", "ac").groupdict()
re.match("(a)(b)", "ab").group(2, 1)
re.match("(a)(b)?", "ac").span(2)
re.search("b", "abc").span()
re.match("a", "a").group(1)
re.match("(?P<x>a)", "a")["y"]
re.compile("b").match("ab", 1).start()
re.compile("b").search("bab", 1).start()
[m.start() for m in re.finditer("a", "banana")]
re.compile("a+").pattern
bool(re.match("", "a"))
re.match("a", None)
[re.escape(c) for c in map(chr, range(256))]
re.fullmatch(re.escape("a.b (c)[d]{e}|f-g#&~ Ω"), "a.b (c)[d]{e}|f-g#&~ Ω") is not None
# csv
next(csv.reader(['a,"b,c",d'], delimiter=","))
next(csv.reader(['"say ""so""";x'], delimiter=";"))
next(csv.reader(['a\t"b"c"\t'], delimiter="\t"))
next(csv.reader(['"",a,""'], delimiter=","))
next(csv.reader(['a "b", "c,d"'], delimiter=","))
next(csv.reader(['a,"open'], delimiter=","))
next(csv.reader(['"a"b"c",d'], delimiter=","))
next(csv.reader(['"""",'], delimiter=","))
next(csv.reader(['"Θ_D (K)","µΩ"'], delimiter=","))
next(csv.reader([""], delimiter=","))
list(csv.reader(["a,b", "", "c"]))
# iterators
list(itertools.islice("abcdef", 2))
list(itertools.islice(range(10), 2, 8, 3))
list(itertools.islice(range(5), 2, None))
list(itertools.islice(range(5), 0))
next(itertools.islice(range(5), 7, None), "none")
rest_after(lambda it: list(itertools.islice(it, 2)))
rest_after(lambda it: next(itertools.islice(it, 2, None)))
rest_after(lambda it: next(x for x in it if x > 1))
rest_after(lambda it: list(itertools.takewhile(lambda x: x < 2, it)))
rest_after(lambda it: list(zip("ab", it)))
list(zip("ab", "cd", strict=True)), list(zip()), list(zip("ab", [1]))
list(zip("ab", [1], strict=True))
list(zip([1], "ab", strict=True))
rest_after(lambda it: any(x == 3 for x in it))
rest_after(lambda it: 2 in it)
rest_after(broken_off)
list(itertools.pairwise("abcd"))
list(itertools.pairwise("a"))
list(itertools.combinations("abcd", 2))
list(itertools.combinations("ab", 3))
list(itertools.product("ab", [1, 2]))
list(itertools.product([0, 1], repeat=3))
list(itertools.chain("ab", [1]))
list(itertools.chain.from_iterable(["ab", [1]]))
[(k, list(g)) for k, g in itertools.groupby("aabbba")]
[(k, list(g)) for k, g in itertools.groupby([1, 3, 2, 4], key=lambda x: x % 2)]
list(itertools.accumulate([1, 2, 3]))
list(itertools.zip_longest("abc", [1], fillvalue=0))
list(itertools.dropwhile(lambda x: x < 2, [1, 2, 1]))
list(itertools.islice(itertools.count(3, 2), 3))
list(itertools.repeat("a", 2))
# functools, operator
functools.partial(tell, 1)(2, c=3)
functools.partial(tell, 1, c=4)(2)
functools.partial(tell, c=4)(1, 2, c=5)
functools.reduce(lambda a, b: a * 10 + b, [1, 2, 3])
functools.reduce(lambda a, b: a + b, [], 7)
counted(functools.lru_cache)
counted(functools.lru_cache(maxsize=4))
counted(functools.cache)
once()
operator.itemgetter(1)("abc"), operator.itemgetter(0, 2)("abc")
operator.attrgetter("size")(Box(3))
# copies
copied([1, [2]])
copied({"a": [1]})
sorted(copy.copy({1, 2}))
changed(copy.copy(Box(3)))
copy.copy((1, 2))
copy.copy("a")
# collections
collections.deque([1, 2, 3], maxlen=1)[0]
list(collections.deque("abc"))
collections.Counter("abca").most_common(1)
collections.Counter("abca")["z"]
grouped()
# contexts and warnings
managed(None)
managed(ValueError)
managed(KeyError)
suppressed(KeyError("a"))
suppressed(ZeroDivisionError())
suppressed(ValueError("b"))
warned()
varied()
# the rest
math.sqrt(2), math.hypot(3, 4), math.copysign(1.0, -0.0), math.floor(-1.5), math.ceil(1.2)
math.gcd(12, 18), math.gcd(0, 5), math.log10(1000), math.log(8, 2), math.exp(1), math.pi
math.isfinite(math.inf), math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(3)
math.sqrt(-1)
math.sqrt(math.inf)
math.log10(0)
math.log(-1)
math.exp(1000)
math.floor(math.nan)
math.floor(math.inf)
[math.isclose(1, 1 + 1e-10), math.isclose(0, 1e-9), math.isclose(1, 1.1, rel_tol=0.2)]
[math.isclose(0, 1e-9, abs_tol=1e-8), math.isclose(math.inf, math.inf)]
[math.lgamma(x) for x in (0.5, 1.0, 3.5, 30.0)]
[shlex.quote(x) for x in ("", "a", "a b", "it's", "µΩ", "a=b", "x;y", "T (K)")]
[shlex.quote(x) for x in ("./a-b_c.csv", "a%b@c:d,e+f/g", "*", "~")]
shlex.join(["a b", "c"])
[unicodedata.normalize(form, "Å ﬁ ² Ω µ 𝜌 é") for form in ("NFC", "NFD", "NFKC", "NFKD")]
[errno.ENOSPC, errno.EACCES, errno.EPERM, errno.ENOMEM] == [28, 13, 1, 12]
time.monotonic() <= time.monotonic()
''')  # fmt: skip

FIRST = """
import collections, contextlib, contextvars, copy, csv, errno, functools, itertools
import math, operator, re, shlex, time, unicodedata, warnings

def rest_after(taken):
    it = (x for x in range(6))
    return [taken(it), list(it)]

def broken_off(it):
    for x in it:
        if x == 1:
            break
    return x

def tell(a, b=None, *, c=0):
    return [a, b, c]

def counted(cache):
    calls = []
    @cache
    def f(x, y=1):
        calls.append(x)
        return [x, y]
    return [f(1), f(1), f("1"), f(2.5), f(1, y=2), f((1, 2)), f((1, 2)), len(calls)]

class Box:
    def __init__(self, size):
        self.size = size
        self.asked = 0

    @functools.cached_property
    def volume(self):
        self.asked += 1
        return self.size ** 3

def once():
    box = Box(2)
    return [box.volume, box.volume, box.asked]

def copied(x):
    other = copy.copy(x)
    same = other == x and other is not x
    other.clear()
    return [same, other, x]

def changed(box):
    other = copy.copy(box)
    other.size = 9
    return [box.size, other.size, other.volume, isinstance(other, Box)]

def grouped():
    found = collections.defaultdict(list)
    for word in ["a", "bb", "c"]:
        found[len(word)].append(word)
    return dict(found)

@contextlib.contextmanager
def catching(said):
    said.append("in")
    try:
        yield 7
    except ValueError:
        said.append("caught")
    finally:
        said.append("out")

def managed(kind):
    said = []
    try:
        with catching(said) as value:
            said.append(value)
            if kind is not None:
                raise kind("x")
            said.append("done")
    except KeyError:
        said.append("passed on")
    return said

def suppressed(problem):
    with contextlib.suppress(KeyError, ZeroDivisionError):
        raise problem
    return "on"

def warned():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        warnings.warn("one", stacklevel=2)
        warnings.warn("two", RuntimeWarning, stacklevel=2)
    return [[str(one.message), one.category.__name__] for one in found]

def varied():
    kept = contextvars.ContextVar("kept", default=1)
    token = kept.set(2)
    inside = kept.get()
    kept.reset(token)
    return [inside, kept.get()]
"""


@pytest.fixture(scope="module")
def results(node):
    """Of each case what the browser gives and what Python gives."""
    return both(CASES, module_of(CASES, FIRST), node)


@pytest.mark.parametrize("case", CASES)
def test_it_gives_what_python_gives(case, results):
    found, expected = results[case]
    assert alike(found, expected), f"{found} is not {expected}"


def used():
    """Return what the pages' modules take of the standard library: "re.sub"."""
    found = set()
    for name in MODULES:
        tree = ast.parse(Path(importlib.import_module(name).__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in LIBRARY:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = node.value.id
                if module in LIBRARY and hasattr(importlib.import_module(module), node.attr):
                    found.add(f"{module}.{node.attr}")
    return sorted(found)


def test_all_is_there_that_is_used(node):
    names = used()
    lines = "".join(f"import {module}\n" for module in sorted(LIBRARY))
    given = ", ".join(f"hasattr({n.partition('.')[0]}, {n.partition('.')[2]!r})" for n in names)
    module = f"{lines}result = [{given}]\n"
    assert dict(zip(names, in_browser(module, node), strict=True)) == dict.fromkeys(names, True)
