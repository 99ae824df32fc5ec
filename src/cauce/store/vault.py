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
from cauce.standards.progress import Progress, silent
from cauce.store import decisions, partner_files, scratch
from cauce.store.workspace import Hub

__all__ = ["connect", "keep_arrow", "keep_table", "locked", "published_releases", "remove_ended"]


@contextmanager
def locked(hub: Hub, *, progress: Progress = silent) -> Iterator[None]:
    """Holds the vault for one run; another run of the same hub says that it waits, and waits until it is free.

    In
        hub        the hub
        progress   told where there is somebody to wait for
    """
    hub.vault_dir.mkdir(mode=0o700, exist_ok=True)
    with (hub.vault_dir / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Told as a step already done, so that it is seen at once wherever finished steps are.
            progress(Message("Another run of this hub is at work; waiting for it to end"), 1, 1)
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
    scratch.clear_dead(hub)
    _clear_orphans(hub)
    said: list[Message] = []
    for partner, path in ended:
        _remove_derived(hub, partner)
        _remove_copies(hub, partner, path)
        path.unlink(missing_ok=True)
        # Last of all: a removal that is cut short is done again, whole, by the next run.
        partner_files.forget_file(path)
        said.append(Message("The rows and links of {file} of {partner} were removed", file=path.name, partner=partner))
    decisions.forget_partners(hub, left=partner_files.list_partners(hub))
    published = published_releases(hub)
    if said and published:
        said.append(
            Message(
                "Releases already published cannot be recalled: {releases} still count the removed people",
                releases=", ".join(published),
            )
        )
    return said


def published_releases(hub: Hub) -> list[str]:
    """The identifiers of the releases that are out, in order.

    In
        hub   the hub
    Out
        their names
    """
    if not hub.releases_dir.is_dir():
        return []
    return sorted(path.name for path in hub.releases_dir.iterdir() if path.is_dir() and path.name[0] != ".")


def _clear_orphans(hub: Hub) -> None:
    """Removes what was made of partners of whom no file is left."""
    partners = set(partner_files.list_partners(hub))
    for made in hub.partners_dir.glob("*/.harmonised"):
        if made.parent.name not in partners:
            _remove_derived(hub, made.parent.name)


def _remove_derived(hub: Hub, partner: str) -> None:
    folder = hub.partners_dir / partner
    shutil.rmtree(folder / ".harmonised", ignore_errors=True)
    (hub.vault_dir / "rejects" / f"{partner}.csv").unlink(missing_ok=True)
    shutil.rmtree(hub.vault_dir / "spill", ignore_errors=True)
    for made in ("links.parquet", "people.parquet", "captures.parquet", "doubts.parquet"):
        for path in hub.vault_dir.glob(f"*{made}*"):
            path.unlink()


def _remove_copies(hub: Hub, partner: str, path: Path) -> None:
    """Removes what a kill left of a file that was coming, and the same bytes in the hub's inbox."""
    for left in path.parent.glob(".receiving-*"):
        left.unlink(missing_ok=True)
    known = {one.sha256 for one in partner_files.log_of(hub, partner) if one.path == path}
    for copy in (hub.root / "inbox").glob("*"):
        if copy.is_file() and not copy.is_symlink() and partner_files.checksum_of(copy) in known:
            copy.unlink()


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
