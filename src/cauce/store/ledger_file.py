"""How is the ledger's file kept, so that no entry is lost, changed or half-written?

One SQLite file, flushed at every commit, whose entries are chained by hashes. What an entry means is told in `ledger`.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from cauce.store import ledger_mark, ledger_refusals

__all__ = ["FIELDS", "append_row", "connect", "is_begun", "require_chain", "writing"]

FIELDS = (
    "entry_id, kind, population, policy, release_id, fingerprint, purpose, epsilon_micro, delta, day, reserve_id, "
    "content_hash, previous_hash"
)


def is_begun(path: Path) -> bool:
    """Claims that the file is there and holds entries' tables: a crash before the first commit leaves it without."""
    if not path.exists():
        return False
    with closing(connect(path)) as connection:
        found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'entries'").fetchone()
    return bool(found[0])


def connect(path: Path) -> sqlite3.Connection:
    """The file, made where it is absent, readable by its owner alone."""
    is_new = not path.exists()
    connection = sqlite3.connect(path, timeout=60.0, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if is_new:
        path.chmod(0o600)
    return connection


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction that nobody else writes beside: all of it is kept, or none."""
    with closing(connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _schema():
                connection.execute(statement)
            yield connection
            last = _last_hash(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    ledger_mark.note_entry(path, last)


def append_row(connection: sqlite3.Connection, told: Sequence[object]) -> int:
    """Adds an entry to the chain.

    In
        connection   within `writing`
        told         the values of FIELDS between entry_id and previous_hash
    Out
        its number
    """
    last = connection.execute("SELECT entry_id, entry_hash FROM entries ORDER BY entry_id DESC LIMIT 1").fetchone()
    entry_id, previous = (last[0] + 1, last[1]) if last else (1, "")
    row = (entry_id, *told, previous)
    marks = ", ".join("?" * (len(row) + 1))
    connection.execute(f"INSERT INTO entries ({FIELDS}, entry_hash) VALUES ({marks})", (*row, _hash(row)))  # noqa: S608 - names of ours
    return int(entry_id)


def require_chain(connection: sqlite3.Connection, *, path: Path) -> str:
    """The hash of the last entry, after every entry, link and content was checked.

    In
        connection   of the ledger
        path         its file, for the message
    Out
        str
    Refuses
        store.broken_ledger   an entry, a link or a content does not match its hash
    """
    previous = ""
    rows = connection.execute(f"SELECT {FIELDS}, entry_hash FROM entries ORDER BY entry_id")  # noqa: S608 - names of ours
    for count, row in enumerate(rows, start=1):
        body, entry_hash = tuple(row[:-1]), row[-1]
        if body[0] != count or body[-1] != previous or _hash(body) != entry_hash:
            raise ledger_refusals.broken(path, entry_id=count)
        previous = entry_hash
    for entry_id, digest, content in connection.execute(
        "SELECT entry_id, content_hash, content FROM entries LEFT JOIN contents USING (entry_id) WHERE kind = 'commit'"
    ):
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            raise ledger_refusals.broken(path, entry_id=entry_id)
    return previous


def _last_hash(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT entry_hash FROM entries ORDER BY entry_id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def _schema() -> list[str]:
    text = (files("cauce.store") / "ledger.sql").read_text(encoding="utf-8")
    statements, waiting = [], ""
    for line in text.splitlines(keepends=True):
        waiting += line
        if sqlite3.complete_statement(waiting):
            statements.append(waiting)
            waiting = ""
    return statements


def _hash(row: tuple[object, ...]) -> str:
    return hashlib.sha256("\x1f".join(repr(value) for value in row).encode()).hexdigest()
