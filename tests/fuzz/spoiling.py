"""How a valid input is spoilt: bytes and lines of files, nodes of JSON, numbers and arrays."""

import copy
import decimal
import fractions
import io
import math
import re
import zipfile

import numpy as np
from hypothesis import strategies as st

# What stands where a number should, in a file.
CELLS = (
    "nan", "inf", "-inf", "1e308", "-1e308", "5e-324", "1e-200", "1e-30", "1e30", "9.9E37", "1e400",
    "0", "-0", "-1", "4294967295", "9" * 400, "0." + "0" * 400 + "1", "0x1p3", "1_000", "\u0664",
    "\u2212" + "5", "1,5", "1.234,5", "1.0D-03", "1e", "--1", "=1/0", "#REF!", "", '"', "'", "\x00",
    "{}", "%s", "\ud800".encode("utf-8", "replace").decode(), "=cmd|' /C calc'!A0", "a" * 5000,
    "<b>", "\x1b[31m", "\u202e1", "1e-5000", "(12)", "1+-2", "T (K)", "12:30", "1/2",
)  # fmt: skip
TEXTS = (
    "", " ", "none", "T", "1", "2", "0", "-1", "99999999999999999999", "K", "mK", "C", "ohm",
    "mohm", "uohm cm", "ratio", "a" * 9000, "\x1b[31m", "a\nb", "\x00", "../../x",
    "/etc/passwd", ".", ",",
    "<script>alert(1)</script>", "{{7*7}}", "%s%n", "\u202e", "'", '"', "\ud800", "=1+1",
    "1e400 ohm", "(", "[", "\\", "K/K", "10^99 ohm", "1e-300 ohm", "e" * 60, "(" * 3000,
    "F m -3 m", "P m -3 m",
    "Amam", "R -3 m:R", "gaussian", "auto", "resistance", "diffraction", "measured", "twin",
    "http://127.0.0.1:9/x", "http://[", "file:///etc/passwd", "sha256:", "NaN", "\u0664",
)  # fmt: skip
MARKS = (b",", b";", b"\t", b" ", b"|", b"\x00", b"\n", b"\r\n", b"\r", b'"', b"#", b".", b"\xff")
NUMBER = re.compile(rb"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")


def _flip(data, at, piece, _n):
    return data[:at] + bytes([data[at] ^ (piece[0] if piece else 1)]) + data[at + 1 :]


def _cut(data, at, _piece, n):
    return data[:at] + data[at + n :]


def _repeat(data, at, _piece, n):
    return data[:at] + data[at : at + 40] * n + data[at:]


def _swap_lines(data, at, _piece, n):
    lines = data.split(b"\n")
    here, there = at % len(lines), n % len(lines)
    lines[here], lines[there] = lines[there], lines[here]
    return b"\n".join(lines)


def _number(data, at, piece, n):
    found = list(NUMBER.finditer(data))
    if not found:
        return data
    one = found[at % len(found)]
    cell = CELLS[n % len(CELLS)].encode("utf-8", "replace") if n % 3 else piece
    return data[: one.start()] + cell + data[one.end() :]


def _column(data, at, _piece, n):
    """Put one cell into the same place of every line."""
    cell = CELLS[n % len(CELLS)].encode("utf-8", "replace")
    lines = [re.split(rb"([,;\t ]+)", line) for line in data.split(b"\n")]
    for line in lines[n % 2 :]:
        line[2 * (at % (len(line) // 2 + 1))] = cell
    return b"\n".join(b"".join(line) for line in lines)


def _marks(data, at, _piece, n):
    return data.replace(MARKS[at % 4], MARKS[n % len(MARKS)])


def _encoding(data, at, _piece, n):
    text = data.decode("latin-1")
    names = ("utf-16", "utf-16-be", "utf-8-sig", "utf-32", "utf-7", "cp037")
    whole = text.encode(names[n % len(names)])
    return whole if at % 2 else whole[: len(whole) // 2 * 2 - at % 2] + data[:at]


EDITS = (
    _flip, _cut, _repeat, _swap_lines, _number, _number, _number, _column, _marks, _encoding,
    lambda data, at, piece, _n: data[:at] + piece + data[at:],
    lambda data, at, _piece, _n: data[:at],
    lambda data, at, piece, n: data[:at] + CELLS[n % len(CELLS)].encode() + piece + data[at:],
    lambda data, at, _piece, n: data[:at] + MARKS[n % len(MARKS)] * n + data[at:],
)  # fmt: skip
_EDIT = st.tuples(
    st.integers(0, len(EDITS) - 1),
    st.integers(0, 2**16),
    st.binary(max_size=6),
    st.integers(0, 300),
)


def _edited(data, edits):
    for which, at, piece, n in edits:
        if data and len(data) < 300_000:
            data = EDITS[which](data, at % len(data), piece, n)
    return data


def spoilt(data, most=4):
    """Bytes after up to so many edits; of none, the bytes as they are."""
    return st.lists(_EDIT, max_size=most).map(lambda edits: _edited(data, edits))


def spoilt_archive(data):
    """A zip archive with a spoilt member, one more or less, or spoilt as bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def packed(drawn):
        name, edits, change, how = drawn
        files = dict(members)
        files[name] = _edited(files[name], edits)
        if change == "leave out":
            del files[name]
        elif change == "rename":
            files["../" + name.upper()] = files.pop(name)
        elif change == "one more":
            files["Experiment1/RawData0.xml"] = files[name]
        elif change == "large":
            files[name] += b" " * 3_000_000
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", how) as archive:
            for one, content in files.items():
                archive.writestr(one, content)
        return stream.getvalue()

    changes = ("", "", "", "", "leave out", "rename", "one more", "large")
    inside = st.tuples(
        st.sampled_from(sorted(members)),
        st.lists(_EDIT, min_size=1, max_size=3),
        st.sampled_from(changes),
        st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)),
    ).map(packed)
    return st.one_of(inside, inside, spoilt(data))


# ---------------------------------------------------------------------------- values

_ODD = (
    math.nan, math.inf, -math.inf, 0, 0.0, -0.0, -1, 1, 2, 1e308, -1e308, 5e-324, 1e-200, 1e-30,
    1e30, 1e16, 0.5, 300, 10**400, -(10**400), 2**63, True, False, None, "", "5", "nan", b"5", [],
    [1.0, 2.0], (), {}, {"a": 1}, 1j, decimal.Decimal("1e-400"), fractions.Fraction(1, 3),
    np.float32(3), np.float64("nan"), np.int8(-1), np.array(3.0), np.array([]), np.ma.masked,
    np.datetime64("2024-01-01"), [[1.0], [2.0, 3.0]], [None], ["x"], set(),
)  # fmt: skip


def numbers():
    """Values where a number is needed."""
    return st.one_of(st.sampled_from(_ODD), st.floats(), st.floats(-1e3, 1e3), st.integers(-9, 400))


def texts():
    """Values where a word is needed."""
    return st.one_of(st.sampled_from(TEXTS), st.text(max_size=12))


def json_values():
    """Values that a JSON file may have anywhere."""
    leaves = st.one_of(
        st.sampled_from(TEXTS),
        st.sampled_from((None, True, False, 0, -1, 1, 1e308, 10**400, math.nan, -math.inf, 5e-324)),
        st.floats(),
        st.text(max_size=8),
    )
    lists = st.lists(leaves, max_size=3)
    return st.one_of(
        leaves, leaves, lists, st.dictionaries(st.text(max_size=6), leaves, max_size=3)
    )


def spoilt_json(content):
    """Nested lists and objects with up to four nodes replaced, left out, doubled or renamed."""
    edit = st.tuples(st.integers(0, 2**16), st.sampled_from("rrrrdml"), json_values())

    def spoil(edits):
        whole = copy.deepcopy(content)
        for at, how, value in edits:
            places = list(_places(whole))
            if not places:
                break
            parent, key = places[at % len(places)]
            _spoil_node(parent, key, how, value)
        return whole

    return st.lists(edit, max_size=4).map(spoil)


def _places(node):
    keys = list(node) if isinstance(node, dict) else range(len(node))
    for key in keys:
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from _places(node[key])


def _spoil_node(parent, key, how, value):
    if how == "d":
        del parent[key]
    elif how == "m" and isinstance(parent, list):
        parent.extend(copy.deepcopy(parent[key]) for _ in range(3))
    elif how == "m":
        parent[str(value)[:50]] = parent.pop(key)
    elif how == "l":
        parent[key] = [parent[key]]
    else:
        parent[key] = value


def _scaled(values, n):
    with np.errstate(all="ignore"):
        return values * np.float64(10.0) ** (n % 640 - 320)


def _with_one(values, n):
    changed = values.copy()
    if changed.size:
        odd = (math.nan, math.inf, -1.0, 0.0, 1e308, 1e-308, 5e-324, 1e29, 1e31, 9.9e37)
        changed[n % changed.size] = odd[n % len(odd)]
    return changed


ARRAYS = (
    _with_one, _with_one, _scaled, _scaled,
    lambda v, _n: v,
    lambda v, n: v[: n % 9],
    lambda v, _n: v[::-1],
    lambda v, n: np.random.default_rng(n).permutation(v),
    lambda v, n: np.full(v.shape, v.flat[n % v.size] if v.size else 0.0),
    lambda v, n: np.repeat(v, n % 4),
    lambda v, _n: np.where(np.arange(v.size) % 2, 1e29, 1e-29),
    lambda v, _n: -v,
    lambda v, n: np.round(v, n % 4 - 2),
    lambda v, _n: v.reshape(1, -1),
    lambda v, _n: np.array(v.flat[0] if v.size else 1.0),
    lambda v, _n: v.astype(object),
    lambda v, _n: v.astype(str),
    lambda v, _n: v.astype(">f8"),
    lambda v, _n: np.clip(v, -6e4, 6e4).astype(np.float16),
    lambda v, _n: np.nan_to_num(np.clip(v, -100, 100)).astype(np.int8),
    lambda v, _n: v.astype(complex) + 1j,
    lambda v, _n: v > np.median(v) if v.size else v,
    lambda v, _n: np.ma.masked_array(v, v > np.median(v) if v.size else False),
    lambda v, _n: np.repeat(v, 2)[::2],
    lambda v, _n: np.require(v, requirements="O").view(np.ndarray),
    lambda v, _n: [*v.tolist(), None],
    lambda v, _n: [v.tolist(), [1.0]],
    lambda v, _n: (x for x in v.tolist()),
    lambda v, _n: {"a": v.tolist()},
    lambda _v, _n: None,
    lambda _v, n: _ODD[n % len(_ODD)],
)  # fmt: skip


def _read_only(values):
    if isinstance(values, np.ndarray):
        values = values.copy() if values.base is None else values
        values.flags.writeable = False
    return values


def arrays(valid):
    """A valid array (without dimensions: a number) after up to two changes; read-only at times."""

    def spoil(drawn):
        changes, read_only = drawn
        values = np.array(valid, dtype=float)
        for which, n in changes:
            if not (type(values) is np.ndarray and values.dtype == float and values.ndim == 1):
                break
            values = ARRAYS[which](values, n)
        return _read_only(values) if read_only else values

    change = st.tuples(st.integers(0, len(ARRAYS) - 1), st.integers(0, 640))
    return st.tuples(st.lists(change, max_size=2), st.booleans()).map(spoil)
