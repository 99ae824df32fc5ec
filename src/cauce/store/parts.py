"""What of a long step is done already, so that the same command goes on after a kill?

Finished parts lie in one folder that its owner alone can enter, each written whole or not at all, beside a note of
what they were made of. Whoever asks for parts of anything else finds none; the folder goes when the step is done.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from cauce.store import encodings
from cauce.store.written import write_whole

__all__ = ["Parts", "open_parts"]

_MADE_OF = "made-of"


@dataclass(frozen=True)
class Parts:
    """The finished parts of one step; with no folder, nothing is kept and nothing found."""

    folder: Path | None = None

    def recall(self, name: str) -> pa.Table | None:
        """The part of this name if it is done, else None."""
        path = self.folder and self.folder / name
        return encodings.load_encoding(path) if path and path.exists() else None

    def keep(self, name: str, part: pa.Table) -> None:
        """Keeps a part that is done."""
        if self.folder:
            encodings.save_encoding(part, self.folder / name)

    def clear(self) -> None:
        """Removes all parts: what they were for is done."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def open_parts(folder: Path, *, made_of: str) -> Parts:
    """The parts done so far; those of anything else are removed.

    In
        folder    where they lie
        made_of   fingerprint of all that they are made of
    Out
        the parts
    """
    note = folder / _MADE_OF
    if not note.is_file() or note.read_text(encoding="ascii") != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        write_whole(note, made_of.encode("ascii"))
    return Parts(folder)
