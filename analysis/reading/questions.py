"""What a file leaves open: all is asked at once, with a command line that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.errors import DataError
from analysis.reading.source import Source


@dataclass(frozen=True)
class Question:
    """Something that only the user knows.

    Attributes
    ----------
    text : str
        What is open.
    how : str
        How to answer it, in words.
    options : mapping of str to str
        The options that answer it, and what stands for their values in a command line.
    """

    text: str
    how: str
    options: Mapping[str, str] = field(default_factory=dict)


class OpenQuestions(DataError):  # noqa: N818 - it is no fault of anyone's  # noqa: N818 - it is no fault of anyone's
    """A file leaves open what its columns hold.

    Attributes
    ----------
    questions : tuple of Question
    other : str or None
        Why the file seems to hold something else, and the command that reads it as such.
    """

    def __init__(self, source: Source, questions: Sequence[Question], other: str | None) -> None:
        options = {name: text for question in questions for name, text in question.options.items()}
        command = f"; fill in: {source.command(**options)}" if options else ""
        asked = "; ".join(f"{question.text}; {question.how}" for question in questions)
        super().__init__(f"{source.file}: {asked}{command}" + (f" - but {other}" if other else ""))
        self.source, self.questions, self.other = source, tuple(questions), other
