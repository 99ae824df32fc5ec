"""What lies in the vault, who works in it now, and what must be gone from it?

The vault is generated and readable by its owner alone. One run at a time works in it; a second waits its turn.
"""

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from cauce.standards.messages import Message
from cauce.store.workspace import Hub

__all__ = ["connect", "keep_arrow", "keep_table", "locked", "remove_ended"]


@contextmanager
def locked(hub: Hub) -> Iterator[None]:
    """Holds the vault for one run; another run of the same hub waits until it is free."""
    hub.vault_dir.mkdir(mode=0o700, exist_ok=True)
    with (hub.vault_dir / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def connect(hub: Hub, *, may_spill: bool) -> ibis.BaseBackend:
    """An engine in memory.

    In
        hub         the hub
        may_spill   True lets it put what memory does not hold into the vault; False where it reads names
    """
    spill = hub.vault_dir / "spill"
    spill.mkdir(mode=0o700, exist_ok=True)
    return ibis.duckdb.from_connection(duckdb.connect(config={"temp_directory": str(spill) if may_spill else ""}))


def remove_ended(hub: Hub, ended: Sequence[tuple[str, Path]]) -> list[Message]:
    """Deletes the files and derived rows of partners that withdrew or whose days are over; says what stays out there.

    In
        hub     the hub
        ended   (partner, file received) pairs whose rows must be gone
    Out
        what was removed and what cannot be recalled
    """
    said: list[Message] = []
    for partner, path in ended:
        if not path.exists():
            continue
        path.unlink()
        for derived in ("links.parquet", "people.parquet", "captures.parquet"):
            (hub.vault_dir / derived).unlink(missing_ok=True)
        shutil.rmtree(path.parent / ".harmonised", ignore_errors=True)
        (hub.vault_dir / "rejects" / f"{partner}.csv").unlink(missing_ok=True)
        said.append(Message("The rows and links of {file} of {partner} were removed", file=path.name, partner=partner))
    if said and any(hub.releases_dir.iterdir()):
        said.append(
            Message("Releases already published cannot be recalled: their figures still count the removed people")
        )
    return said


def keep_table(table: ibis.Table, path: Path) -> None:
    """Writes a table of the engine into the vault as Parquet, whole.

    In
        table   of any columns
        path    file to write
    """
    beside = path.with_name(f".{path.name}.part")
    table.to_parquet(str(beside))
    beside.replace(path)


def keep_arrow(table: pa.Table, path: Path) -> None:
    """Writes an Arrow table into the vault as Parquet, whole.

    In
        table   of any columns
        path    file to write
    """
    beside = path.with_name(f".{path.name}.part")
    pq.write_table(table, beside)
    beside.replace(path)
