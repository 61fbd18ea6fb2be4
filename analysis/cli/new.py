"""``new``: a data package of one's own to start from."""

from pathlib import Path

import click


@click.command("new", short_help="Make a data package of your own from examples.")
@click.argument("directory", metavar="DIR")
def new(*, directory: str) -> None:
    """Make a data package of your own in DIR, with examples to replace.

    \b
    Example:
      python -m analysis new mine
    """
    from analysis.catalogue.skeleton import write_skeleton  # noqa: PLC0415 - slow to import

    package = write_skeleton(Path(directory))
    click.echo(f"{package}: replace the examples by your data (README.md beside it says how)")
    click.echo(f"the book from it: make book DATA={package}")
