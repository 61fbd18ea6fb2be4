"""What a learning goal is; those of a chapter stand beside its exercises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """Something that a student can do after a chapter.

    Attributes
    ----------
    key : str
        Such as "debye-window".
    text : str
        It continues "You can".
    """

    key: str
    text: str
