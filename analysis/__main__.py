"""``python -m analysis``."""

import sys

from analysis.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
