"""Fuzzing that looks for inputs by the code that they reach: `python -m fuzz.guided TARGET`.

It needs atheris, which is no part of the environment (`pip install atheris`), and takes libFuzzer's
options behind the target: ``-max_total_time=600``. The inputs, the promises and the files of what
fails are those of `make fuzz`.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["analysis"]):
    from fuzz.__main__ import BUILD, Campaign
    from fuzz.targets import TARGETS

import hypothesis

from fuzz.promises import prepare


def main() -> None:
    """Run libFuzzer over one target until it fails or is told to end."""
    by_name = {target.name: target for target in TARGETS}
    if len(sys.argv) < 2 or sys.argv[1] not in by_name:
        sys.exit(f"usage: python -m fuzz.guided {{{','.join(by_name)}}} [options of libFuzzer]")
    BUILD.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(by_name[sys.argv.pop(1)], Path(tempfile.mkdtemp(prefix="fuzz-")) / "input")
    test = hypothesis.given(campaign.target.inputs)(campaign.one)
    fuzz_one = hypothesis.settings(deadline=None, database=None)(test).hypothesis.fuzz_one_input

    def judged(data: bytes) -> None:
        try:
            fuzz_one(data)
        except Exception:
            campaign.write()
            raise

    prepare()
    atheris.Setup(sys.argv, judged)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
