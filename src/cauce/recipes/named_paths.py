"""Are the files named for a linkage there, and does what is to be written spare them?"""

from collections.abc import Sequence
from pathlib import Path

from cauce.standards.errors import Refusal, raise_all

__all__ = ["check_named_paths"]


def check_named_paths(paths: Sequence[Path], *, out: Path) -> None:
    """Lets pass files that can be read, none of which would be written over; a key may come through a pipe.

    In
        paths   the files to read
        out     the file to write
    Refuses
        link.no_file        nothing is there, or it is a folder
        link.out_is_input   the file to write is one of those to read
    """
    absent = [path for path in paths if not path.exists() or path.is_dir()]
    raise_all([_refuse_absent(path) for path in absent])
    if out.exists() and any(out.samefile(path) for path in paths):
        raise Refusal(
            "link.out_is_input",
            found="--out {file} would write over a file that is to be read",
            wanted="a file of its own for what is written",
            remedy="Give --out another name",
            file=out.name,
        )


def _refuse_absent(path: Path) -> Refusal:
    return Refusal(
        "link.no_file",
        found="There is no file at {path}",
        wanted="a file that can be read",
        remedy="Check the spelling of its path",
        path=str(path),
    )
