"""Was the ledger ever longer than it is? Its last entry is noted in the vault, which no copy of the ledger brings back.

Releases name the entries that they were charged to; charges after the last release, such as those of
`cauce protect --hub` or of a run that was stopped, are in no release. This mark stands for them.
"""

from pathlib import Path

from cauce.store.written import write_whole

__all__ = ["forgotten_entry", "note_entry"]


def note_entry(ledger_path: Path, entry_hash: str) -> None:
    """Notes the last entry, where the ledger lies in a hub with its vault.

    In
        ledger_path   file of the ledger
        entry_hash    of its last entry
    """
    mark = _mark_of(ledger_path)
    if mark.parent.is_dir() and _noted(mark) != entry_hash:
        write_whole(mark, entry_hash.encode("ascii"))


def forgotten_entry(ledger_path: Path, *, known: set[str]) -> str | None:
    """The entry that was noted last and that the ledger lacks; None where it has it, or where none was noted.

    In
        ledger_path   file of the ledger
        known         the hashes of its entries
    Out
        str or None
    """
    noted = _noted(_mark_of(ledger_path))
    return noted if noted not in (None, *known) else None


def _noted(mark: Path) -> str | None:
    return mark.read_text("ascii", errors="replace") if mark.is_file() else None


def _mark_of(ledger_path: Path) -> Path:
    return ledger_path.with_name("vault") / "ledger.mark"
