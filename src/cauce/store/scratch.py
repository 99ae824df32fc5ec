"""Where does work on partners' rows keep what it needs meanwhile, and who clears up after a kill?

Beside the partners' files, because it holds names; never in the vault. A folder left by a process that is no more is
removed by the next.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cauce.store.workspace import Hub

__all__ = ["clear_dead", "scratch_folder"]

_PREFIX = ".work-"


@contextmanager
def scratch_folder(hub: Hub) -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens; after a kill, as soon as anybody asks for the next.

    In
        hub   the hub
    Out
        its path, within `partners/`
    """
    clear_dead(hub)
    with tempfile.TemporaryDirectory(dir=hub.partners_dir, prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def clear_dead(hub: Hub) -> None:
    """Removes the folders that processes which are no more left behind.

    In
        hub   the hub
    """
    for left in hub.partners_dir.glob(f"{_PREFIX}*"):
        if not _is_alive(left.name.removeprefix(_PREFIX).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(process: str) -> bool:
    if not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
