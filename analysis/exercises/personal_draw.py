"""Data of one's own for each student: who is who, and what is drawn for whom.

Everything follows from the name and the seed of the course: with the same version of the package
these two give the same truths and the same files, digit for digit. PBKDF2 stands between the seed
and what is drawn from it, which makes a guess slow, and does not save a seed that can be guessed:
whoever tries all words of a dictionary on a set finds one of them in hours.
"""

import hashlib
import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.diffraction.crystal.cell import Reflection
from analysis.errors import UNSEEN, DataError, shown
from analysis.transport.transition import temperature_at
from analysis.twin.curves import U_5_PERCENT, Truth, make_curve
from analysis.twin.files import table_text
from analysis.twin.patterns import Atom, PatternTruth, make_pattern, powder_lines
from analysis.typing import Floats

# Whoever knows it, and everyone does, can make a set again: for practice, not for marks.
OPEN_SEED = "la3ni2o7"
CURVE, TRANSITION, PATTERN = "curve.csv", "transition.csv", "pattern.csv"
DATA = (CURVE, TRANSITION, PATTERN)
# Standard deviation of the noise as a part of R(300 K).
NOISE = 4e-4
# Counts of a pattern, against those of the twin: small errors, so that few draws are unlucky.
EXPOSURE = 16
# A pattern ends so many degrees behind this line, halfway to the next: one that is cut off by the
# end would spoil all others.
LAST_SQUARES, BEHIND = 20, 1.1  # h^2 + k^2 + l^2 of 420
ATOMS: tuple[Atom, ...] = (("Ag", (0.0, 0.0, 0.0)),)
GROUP = "F m -3 m"
MOST_STUDENTS = 2000
_ROUNDS = 300_000
_LONGEST, _LARGEST = 80, 1_000_000  # characters of a name, bytes of a list
_FOLDER = 200  # bytes of a folder's name; 255 are allowed nearly everywhere
SHORT = 16  # characters: a seed with fewer is a word or two


# ---------------------------------------------------------------------------- who is who


def identity(name: str) -> str:
    """Return the name that a set is made for: composed, in small letters, with single spaces.

    Raises
    ------
    DataError
        If there is no letter or digit in it, an invisible character, or too much of it.

    Examples
    --------
    >>> identity("  Ada   LOVELACE ")
    'ada lovelace'
    """
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    text = unicodedata.normalize("NFC", text.casefold())
    if not any(letter.isalnum() for letter in text):
        raise DataError(f"{shown(name)} is not a student's name: it needs a letter or a digit")
    if UNSEEN.search(text):
        raise DataError(f"{shown(name)} is not a student's name: it holds an invisible character")
    if len(text) > _LONGEST:
        raise DataError(
            f"{shown(name)} is not a student's name: it may have at most {_LONGEST} characters"
        )
    return text


def folder_name(student: str) -> str:
    """Return the name of a student's folder: letters, their marks, digits, and "-" between words.

    Where that leaves out anything of the name but single spaces, a few digits of a hash follow, so
    that two students have two folders.

    Examples
    --------
    >>> folder_name("ada lovelace")
    'ada-lovelace'
    >>> folder_name("jean-luc o'neill")
    'jean-luc-o-neill-1d1144'
    """
    words = "".join(_in_folder(letter) for letter in student).split()
    name = "-".join(words).encode()[:_FOLDER].decode(errors="ignore")
    if name == student.replace(" ", "-") and "-" not in student:
        return name
    return f"{name.rstrip('-')}-{hashlib.sha256(student.encode()).hexdigest()[:6]}"


def _in_folder(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Cf":  # joins or parts letters within a word, unseen
        return ""
    return sign if kind[0] in "LMN" else " "


def class_list(path: Path) -> list[str]:
    """Return the students of a list: a name in each line; what follows # is left out.

    Raises
    ------
    DataError
        If there is no name in it, one that is none, or two that become one.
    """
    lines: dict[str, tuple[int, str]] = {}
    students = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        name = line.split("#")[0].strip()
        if not name:
            continue
        try:
            student = identity(name)
        except DataError as error:
            raise DataError(f"{path}, line {number}: {error}") from None
        before = lines.setdefault(folder_name(student), (number, name))
        if before[0] != number:
            raise DataError(
                f"{path}: {shown(before[1])} in line {before[0]} and {shown(name)} in line "
                f"{number} become the same student; write the names in full"
            )
        students.append(student)
    if len(students) > MOST_STUDENTS:
        raise DataError(
            f"{path}: {len(students)} names, and at most {MOST_STUDENTS} are taken at once; make "
            "more lists of it"
        )
    if not students:
        raise DataError(f"{path}: holds no names; write one name per line")
    return students


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise DataError(
            f"{path}: more than {_LARGEST / 1e6:g} MB; write one name per line, no more"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(
            f"{path}: is not UTF-8 text; save the names as such, one per line"
        ) from None


# ---------------------------------------------------------------------------- what is drawn


class Powder(PatternTruth):
    """What the pattern of a face-centred cubic crystal is made from."""

    def lines(self) -> list[tuple[Reflection, float]]:
        """Return the lines and their areas as parts of the largest, in ascending angle."""
        return list(powder_lines((self.a, self.b, self.c), self.wavelength, ATOMS, GROUP))

    @property
    def end(self) -> float:
        """Where the pattern ends, degrees."""
        sine = self.wavelength / 200 / self.a * math.sqrt(LAST_SQUARES)
        return round(math.degrees(2 * math.asin(sine)) + BEHIND, 1)

    def clean(self, two_theta: Floats) -> Floats:
        """Return the counts without noise at angles 2 theta (degrees)."""
        return EXPOSURE * super().clean(two_theta)


@dataclass(frozen=True)
class Truths:
    """What the files of one student are made from.

    Attributes
    ----------
    student : str
        As `identity` has it.
    words : tuple of int
        Of the name and the seed: what all random numbers start from.
    curve, transition : Truth
        R(T) of a metal, and of a superconductor.
    pattern : Powder
    """

    student: str
    words: tuple[int, ...]
    curve: Truth
    transition: Truth
    pattern: Powder

    @property
    def tc(self) -> float:
        """T_c (K) at 5 % of the resistance at the onset, in closed form (eq. 5)."""
        onset, f = self.transition.tc_onset, self.transition.f
        assert onset is not None and f is not None  # noqa: S101, PT018 - as they were drawn
        return round(float(temperature_at(U_5_PERCENT, onset, f)), 2)

    def by_name(self) -> dict[str, float]:
        """Return all that was drawn, in K, ohm, 1/ohm, nm, angstrom and pm."""
        of_curve, drop, powder = self.curve, self.transition, self.pattern
        return {
            "theta_d": of_curve.theta_d,
            "r0": of_curve.r0,
            "a": of_curve.a,
            "g_sat": 1 / of_curve.r_sat,
            "transition_theta_d": drop.theta_d,
            "transition_r0": drop.r0,
            "transition_a": drop.a,
            "tc_onset": drop.tc_onset or math.nan,
            "tc": self.tc,
            "f": drop.f or math.nan,
            "strain": powder.strain,
            "size": powder.size,
            "lattice": powder.a,
            "wavelength": powder.wavelength,
        }

    def text(self, file: str, attempt: int) -> str:
        """Return the text of one of `DATA`, with the noise of an attempt, from 0."""
        seed = [*self.words, 1 + DATA.index(file), attempt]
        # Without the name: of "wavelength 99 pm" readers would take it for what a header states.
        made_for = "Made for one student, for an exercise."
        if file == PATTERN:
            pattern = make_pattern(self.pattern, seed).between(0.0, self.pattern.end)
            points = zip(pattern.two_theta, pattern.intensity, strict=True)
            remarks = [made_for, f"wavelength: {self.pattern.wavelength:g} pm"]
            columns = ("2theta (deg)", "counts")
            return table_text(remarks, columns, (f"{x:.2f},{y:.0f}" for x, y in points))
        curve = make_curve(self.curve if file == CURVE else self.transition, seed)
        points = zip(curve.temperature, curve.resistance, strict=True)
        rows = (f"{t:.3f},{r:.6f}" for t, r in points)
        return table_text([made_for], ("T (K)", "R (ohm)"), rows)


def truths(student: str, seed: str) -> Truths:
    """Return what the files of a student are made from.

    Parameters
    ----------
    student : str
        A name.
    seed : str
        Of the course.
    """
    student = identity(student)
    words = _words(student, seed)
    rng = np.random.default_rng([*words, 0])

    def between(low: float, high: float, digits: int) -> float:
        return round(float(rng.uniform(low, high)), digits)

    theta_d, rise = between(200, 480, 1), between(0.8, 1.5, 3)
    r0, ratio, saturates = between(0.12, 0.3, 4), between(1.5, 3.0, 2), bool(rng.random() < 0.5)
    r_sat = round(ratio * (r0 + rise), 2) if saturates else math.inf
    metal = _metal(theta_d, r0, rise, r_sat)
    onset, part = between(40, 52, 1), between(0.84, 0.90, 3)
    tc = round(onset * part, 2)
    theta_sc, r0_sc, rise_sc = (
        between(tc / 0.10, tc / 0.07, 1),
        between(0.04, 0.1, 4),
        between(0.8, 1.5, 3),
    )
    superconductor = _metal(theta_sc, r0_sc, rise_sc, math.inf, onset, tc)
    a, strain = between(3.9, 4.1, 4), between(0.0035, 0.006, 5)
    size, wavelength = between(12, 24, 1), between(35, 39, 2)
    powder = Powder("my", 0.0, strain, size, a, a, a, GROUP, wavelength=wavelength)
    return Truths(student, words, metal, superconductor, powder)


def _metal(
    theta_d: float,
    r0: float,
    rise: float,
    r_sat: float,
    onset: float | None = None,
    tc: float = 0.0,
) -> Truth:
    """Return the truth of a curve that phonons raise by about `rise` (ohm) to 300 K."""
    f = None if onset is None else U_5_PERCENT / (1 - tc / onset) ** 1.5
    return Truth(
        run="my", pressure=0.0, theta_d=theta_d, r0=r0, a=round(4 * rise * theta_d / 300, 3),
        r_sat=r_sat, tc_onset=onset, f=f, floor=0.0, noise=NOISE,
        step=1.0 if onset is None else 0.5, paper={},
    )  # fmt: skip


def _words(student: str, seed: str) -> tuple[int, ...]:
    """Return eight numbers of 32 bits that follow from a name and a seed."""
    derived = hashlib.pbkdf2_hmac(
        "sha512", seed.encode(errors="surrogatepass"), student.encode(), _ROUNDS, 32
    )
    return tuple(int.from_bytes(derived[at : at + 4], "big") for at in range(0, 32, 4))
