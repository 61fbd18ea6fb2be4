"""The whole site as one file, for where there is no network: `make zip`.

The same pages give the same bytes on every machine: names are sorted, and no clock is asked.
"""

import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from analysis import __version__
from analysis.errors import DataError
from compendium.faults import in_one_line
from compendium.files import whole
from compendium.plan import BUILD, HTML

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
# Of use on a server only.
NOT_INSIDE = {"404.html", "objects.inv", ".buildinfo"}


def main() -> int:
    name = f"la3ni2o7-compendium-{__version__}"
    target = BUILD / f"{name}.zip"
    count = write_zip(HTML, target, name)
    size = target.stat().st_size / 1e6
    print(f"{count} files, {size:.0f} MB: {target}")
    print(f"Unpack it anywhere and open {name}/index.html in a browser; no network is needed.")
    return 0


def write_zip(folder: Path, target: Path, top: str) -> int:
    """Pack the pages of a folder below one top folder; return how many files."""
    files = files_of(folder)
    if "index.html" not in files:
        raise DataError(f"{folder}: no pages there; `make book` makes them")
    return pack({f"{top}/{name}": file for name, file in files.items()}, target)


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files in a folder by their paths there, without those for servers."""
    files = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    return {name: file for name, file in files.items() if name not in NOT_INSIDE}


def pack(files: Mapping[str, Path | bytes], target: Path) -> int:
    """Write a zip file of some files or contents, by their names in it; return how many."""
    with (
        whole(target) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        for name, file in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file if isinstance(file, bytes) else file.read_bytes())
    return len(files)


if __name__ == "__main__":
    sys.exit(in_one_line(main))
