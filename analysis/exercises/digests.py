"""Slow, salted digests of the bins of an exercise, which a published page holds instead of values.

A guess costs as much as PBKDF2 takes, a tenth of a second or more. That stops looking; it
stops no program: the bins are aligned and few, so that it finds the answers of a page in minutes,
and those of a personal set, whose digests are ten times as fast, in seconds. Checks are for
practice; where marks count, personal sets are made without them.
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from analysis.exercises.exercise import Bins, Verdicts

ROUNDS = 300_000
_HASH, _NAME, _LENGTH = "sha512", 16, 17  # bytes: of the digest's name, and with the masked place


@dataclass(frozen=True)
class Digests:
    """The verdicts of an exercise without its values.

    Attributes
    ----------
    key : str
        Of the exercise.
    bins : Bins
    salt : str
    rounds : int
    entries : dict of str to str
        By the digest of a bin: the place of its words, which only who has the bin can read.
    words : tuple of (str, str)
        "right", "close" or "slip", and what is said.
    """

    key: str
    bins: Bins
    salt: str
    rounds: int
    entries: Mapping[str, str]
    words: tuple[tuple[str, str], ...]

    def of(self, number: int) -> tuple[str, str] | None:
        """Return what a bin says, None if nothing is known of it."""
        name, mask = _digest(self.key, self.salt, self.rounds, number)
        masked = self.entries.get(name)
        return None if masked is None else self.words[int(masked, 16) ^ mask]

    def to_dict(self) -> dict[str, Any]:
        """Return what goes into a page or a student's folder, as JSON has it."""
        return {
            "start": self.bins.start,
            "width": self.bins.width,
            "salt": self.salt,
            "rounds": self.rounds,
            "entries": dict(self.entries),
            "words": [list(words) for words in self.words],
        }

    @classmethod
    def of_dict(cls, key: str, content: Mapping[str, Any]) -> "Digests":
        """Return the digests that `to_dict` has written."""
        words = tuple((str(kind), str(text)) for kind, text in content["words"])
        bins = Bins(float(content["start"]), float(content["width"]))
        return cls(
            key, bins, content["salt"], int(content["rounds"]), dict(content["entries"]), words
        )


def digests(key: str, verdicts: Verdicts, *, salt: str, rounds: int = ROUNDS) -> Digests:
    """Return the digests of all bins of which something is known.

    Parameters
    ----------
    key : str
        Of the exercise.
    verdicts : Verdicts
    salt : str
        Of the course, the student, or the release; everyone may know it.
    rounds : int
        Of PBKDF2.
    """
    words = tuple(sorted(set(verdicts.known.values())))  # an order that tells nothing

    def entry(item: tuple[int, tuple[str, str]]) -> tuple[str, str]:
        name, mask = _digest(key, salt, rounds, item[0])
        return name, f"{words.index(item[1]) ^ mask:02x}"

    with ThreadPoolExecutor() as pool:  # hashlib lets others run meanwhile
        entries = dict(sorted(pool.map(entry, verdicts.known.items())))
    return Digests(key, verdicts.bins, salt, rounds, entries, words)


def _digest(key: str, salt: str, rounds: int, number: int) -> tuple[str, int]:
    """Return the name of a bin, and the byte that its place is masked with."""
    message, salted = f"{key}:{number}".encode(), f"{salt}:{key}".encode()
    derived = hashlib.pbkdf2_hmac(_HASH, message, salted, rounds, _LENGTH)
    return derived[:_NAME].hex(), derived[_NAME]
