"""Files of every format and what reads them: spoilt, made of any cells, with any options."""

from hypothesis import strategies as st

import analysis
from fuzz import spoiling
from fuzz.promises import check_finite, check_line, check_same, outcome

HOW = {
    "temperature": spoiling.texts(), "resistance": spoiling.texts(), "voltage": spoiling.texts(),
    "current": spoiling.texts(), "channel": spoiling.texts(), "sheet": spoiling.texts(),
    "temperature_unit": spoiling.texts(), "resistance_unit": spoiling.texts(),
    "decimal": st.sampled_from((".", ",", "x", "")), "name": spoiling.texts(),
}  # fmt: skip
HOW_PATTERN = {
    "two_theta": spoiling.texts(), "intensity": spoiling.texts(), "error": spoiling.texts(),
    "wavelength": spoiling.numbers(), "wavelength_2": spoiling.numbers(),
    "sheet": spoiling.texts(), "decimal": HOW["decimal"], "name": spoiling.texts(),
}  # fmt: skip


def some(options, most=2):
    """Up to so many of these options, with values."""
    pairs = [st.tuples(st.just(name), values) for name, values in options.items()]
    few = st.lists(st.one_of(pairs), max_size=most).map(dict)
    return st.one_of(st.just({}), st.just({}), few)


@st.composite
def tables(draw, headings):
    """Text in columns: any headings, separators, marks and numbers."""
    width = draw(st.integers(1, 4))
    cell = st.one_of(st.floats(0.1, 400).map(repr), st.sampled_from(spoiling.CELLS))
    tidy = draw(st.booleans())
    start, step = draw(st.floats(-5, 300)), draw(st.floats(-3, 3))
    separator = draw(st.sampled_from((",", ";", "\t", " ", "  ", ", ", "|")))
    rows = [
        [f"{start + step * row * (place + 1):.4g}" for place in range(width)]
        for row in range(draw(st.integers(0, 60)))
    ]
    for _ in range(0 if tidy else draw(st.integers(0, 5))):
        if rows:
            row = rows[draw(st.integers(0, len(rows) - 1))]
            row[draw(st.integers(0, width - 1))] = draw(cell)
    words = st.one_of(
        st.sampled_from(headings), st.sampled_from(spoiling.TEXTS), st.text(max_size=9)
    )
    head = [draw(words) for _ in range(width)]
    lines = [separator.join(one) for one in ([head] if draw(st.booleans()) else []) + rows]
    text = draw(st.sampled_from(("\n", "\r\n", "\r"))).join(lines)
    if draw(st.booleans()):
        text = text.replace(".", ",")
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-16", "latin-1", "utf-8-sig")))
    return text.encode(encoding, "replace")


CURVE_HEADINGS = (
    "T", "R", "T (K)", "R (ohm)", "Temperature", "Resistance", "rho (uohm cm)", "V (V)", "I (mA)",
    "t (s)", "Field (Oe)", "Bridge 1 Resistance (Ohms)", "R/R0", "T/K", "R_mOhm", "Temp [C]",
)  # fmt: skip
PATTERN_HEADINGS = (
    "2theta", "2theta (rad)", "counts", "Intensity", "esd", "Q (A^-1)", "d (A)", "theta", "Angle",
    "I",
)  # fmt: skip
_ENDINGS = (
    "csv", "dat", "txt", "tsv", "xlsx", "xlsm", "xy", "xye", "chi", "gsas", "raw", "ras", "rasx",
    "brml", "xrdml", "uxd", "zip", "", "XLSX",
)  # fmt: skip


def cases(valid, headings, options):
    def content(seed):
        data = seed if isinstance(seed, bytes) else seed.encode()
        return spoiling.spoilt_archive(data) if data[:4] == b"PK\x03\x04" else spoiling.spoilt(data)

    def case(name, seed, given):
        return st.tuples(
            st.one_of(st.just(name), st.sampled_from(_ENDINGS).map("a.{}".format)),
            content(seed),
            some(options).map(lambda more: given | more),
        )

    known = [case(*row[:2], row[2]) for row in valid.values()]
    made = st.tuples(st.sampled_from(_ENDINGS).map("a.{}".format), tables(headings), some(options))
    return st.one_of(*known, *[made] * (len(known) // 3))


def _written(case, folder):
    name, content, options = case
    path = folder / name
    path.write_bytes(content)
    return path, options


def read_curve(case, folder):
    """Read a file of R(T) twice."""
    path, options = _written(case, folder)

    def read():
        curve = outcome(analysis.read_resistance, path, **options)
        if isinstance(curve, str):
            return curve
        check_finite(curve.temperature, curve.resistance, curve.time)
        said = (*curve.notes, *curve.warnings, *curve.watch())
        for text in said:
            check_line(text)
        return curve.temperature.tobytes(), curve.resistance.tobytes(), curve.unit, said

    check_same(read(), read())


def read_pattern(case, folder):
    """Read a file of a pattern twice."""
    path, options = _written(case, folder)
    given = {"wavelength": 61.99} | options

    def read():
        pattern = outcome(analysis.read_pattern, path, **given)
        if isinstance(pattern, str):
            return pattern
        check_finite(pattern.two_theta, pattern.intensity, pattern.intensity_error)
        said = (*pattern.notes, *pattern.watch())
        for text in said:
            check_line(text)
        return pattern.two_theta.tobytes(), pattern.intensity.tobytes(), pattern.wavelength, said

    check_same(read(), read())
