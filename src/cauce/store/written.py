"""How is a file written so that nobody ever finds half of it? Beside its place, flushed to the disk, then renamed."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["write_whole", "written_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file whole, readable by its owner alone; an error or a kill leaves what was there before."""
    with written_whole(path) as stream:
        stream.write(content)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """The same for content that comes bit by bit: the stream to write it to."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
