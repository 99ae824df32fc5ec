"""Which doubtful pairs of a hub's last run wait for a person, and how is it taken down what she decided?

`cauce review`. Nobody is shown a name: whoever knows a record looks it up by its number. The next run keeps to what
was decided (`linked_hub`); until then nothing changes.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cauce.gather import sample_files
from cauce.link import decisions as bound
from cauce.recipes import findings_report
from cauce.recipes.doubtful_pairs import COLUMNS
from cauce.standards.errors import Refusal, raise_all
from cauce.store import decisions, partner_files, vault, workspace, written
from cauce.store.decisions import Decision, Pair, Word
from cauce.store.workspace import Hub

__all__ = ["Reviewed", "decide_pairs", "review_hub"]

_PAIR = ("list_a", "record_id_a", "list_b", "record_id_b")
_DECISION = "decision"
_WORDS: Mapping[str, Word] = {"same": "same", "different": "different"}
_ROWS_SHOWN = 5

_End = tuple[str, str]


@dataclass(frozen=True)
class Reviewed:
    """Where a review stands.

    open        doubtful pairs of the last run that nobody decided, as `tell_doubts` gives them
    decided     decisions that stand
    taken       decisions just taken down
    """

    open: tuple[Mapping[str, Any], ...]
    decided: int
    taken: int = 0


@dataclass(frozen=True)
class _Asked:
    """One filled row of a file of decisions: its number in the file, both records, the word."""

    row: int
    ends: tuple[_End, _End]
    word: str


def review_hub(root: Path, *, out: Path | None) -> Reviewed:
    """The doubtful pairs that nobody decided yet.

    In
        root   folder of the hub
        out    CSV to write with a row for each and an empty column `decision`; None to write nothing
    Out
        Reviewed
    Refuses
        review.nothing_linked   no run has linked lists, or a partner withdrew since
    """
    hub = workspace.open_hub(root)
    reviewed = _review(hub, decisions.load_decisions(hub))
    if out is not None:
        written.write_whole(out, _as_csv(reviewed.open))
    return reviewed


def decide_pairs(root: Path, path: Path, *, by: str, today: date) -> Reviewed:
    """Takes down the decisions of a file; the next run keeps to them.

    In
        root    folder of the hub
        path    CSV with list_a, record_id_a, list_b, record_id_b and decision: same, different, or empty where nobody
                knows; rows that were no doubts may be added
        by      who decided
        today   the day of the decision
    Out
        Reviewed
    Refuses
        review.nothing_linked    no run has linked lists
        review.unknown_word      a decision is neither same nor different
        review.unknown_record    a row names a record that the last run did not link
        review.unnumbered_record a row names a record to which its partner gives no number
        review.one_record        a row names one record twice
        review.contradiction     records are said to be two persons, and by other rows or earlier decisions one
        and what `sample_files` refuses of the file
    """
    hub = workspace.open_hub(root)
    with vault.locked(hub):
        asked = _read_asked(path, _linked_records(hub))
        known = decisions.load_decisions(hub)
        pairs = {frozenset(one.ends) for one in asked}
        earlier = [one for one in decisions.standing(known) if one.pair not in pairs]
        files = _files_of(hub, asked)
        raise_all([*_check(asked, files, file=path.name), *_contradictions(asked, earlier, file=path.name)])
        standing = {one.pair: one.decision for one in decisions.standing(known)}
        taken = [
            Decision(*one.ends[0], *one.ends[1], _WORDS[one.word], by, today)
            for one in {frozenset(one.ends): one for one in asked}.values()
            if standing.get(frozenset(one.ends)) != one.word
        ]
        decisions.save_decisions(hub, [*known, *taken])
    reviewed = _review(hub, [*known, *taken])
    return Reviewed(reviewed.open, reviewed.decided, len(taken))


def _review(hub: Hub, known: Sequence[Decision]) -> Reviewed:
    path = hub.vault_dir / "doubts.parquet"
    if not path.is_file():
        raise _nothing_linked()
    standing = decisions.standing(known)
    settled = {one.pair for one in standing}
    rows = pq.read_table(path).to_pylist()
    return Reviewed(tuple(row for row in rows if _pair_of(row) not in settled), len(standing))


def _pair_of(row: Mapping[str, Any]) -> Pair:
    return frozenset([(row["list_a"], row["record_id_a"]), (row["list_b"], row["record_id_b"])])


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*COLUMNS, _DECISION])
    for row in rows:
        writer.writerow([*(findings_report.inert(str(row[name])) for name in COLUMNS), ""])
    return stream.getvalue().encode("utf-8-sig")


def _linked_records(hub: Hub) -> dict[_End, _End]:
    """Each record of the last run by its partner and number, as written and as a spreadsheet was shown it."""
    path = hub.vault_dir / "links.parquet"
    if not path.is_file() or not (hub.vault_dir / "doubts.parquet").is_file():
        raise _nothing_linked()
    linked = pq.read_table(path, columns=["partner_code", "record_id"])
    ends = list(zip(linked["partner_code"].to_pylist(), linked["record_id"].to_pylist(), strict=True))
    shown = {(partner, findings_report.inert(number)): (partner, number) for partner, number in ends}
    return shown | {end: end for end in ends}


def _read_asked(path: Path, known: Mapping[_End, _End]) -> list[_Asked]:
    """The filled rows; a record that nobody knows stays as it is written there."""
    names = (*_PAIR, _DECISION)
    table = sample_files.read_named_columns(path, {name: name for name in names}, numbers=set())
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    asked = []
    for number, (list_a, record_a, list_b, record_b, word) in enumerate(rows, start=2):
        if word:
            written_so = (list_a or "", record_a or ""), (list_b or "", record_b or "")
            first, second = (known.get(end, ("", "")) for end in written_so)
            asked.append(_Asked(number, (first, second), word.strip().casefold()))
    return asked


def _files_of(hub: Hub, asked: Sequence[_Asked]) -> dict[str, list[str]]:
    """Partner -> names of its files, of the partners that are asked about."""
    partners = {partner for one in asked for partner, _ in one.ends if partner}
    return {partner: [one.path.name for one in partner_files.log_of(hub, partner)] for partner in partners}


def _is_unnumbered(end: _End, files: Mapping[str, Sequence[str]]) -> bool:
    partner, record_id = end
    return decisions.names_row(record_id, files=files.get(partner, ()))


def _check(asked: Sequence[_Asked], files: Mapping[str, Sequence[str]], *, file: str) -> Iterator[Refusal]:
    if rows := [one.row for one in asked if one.word not in _WORDS]:
        yield Refusal(
            "review.unknown_word",
            found="{count} decisions of {file} are neither of the two words (rows {rows})",
            wanted="same, different, or an empty cell where nobody knows",
            remedy="Correct these rows and give the file again: none of it was taken down",
            file=file,
            count=len(rows),
            rows=_name_rows(rows),
        )
    if rows := [one.row for one in asked if ("", "") in one.ends]:
        yield Refusal(
            "review.unknown_record",
            found="{count} rows of {file} name records that the last run did not link (rows {rows})",
            wanted="partners and numbers as `cauce review HUB --out FILE` writes them",
            remedy="Correct these rows; a spreadsheet program may have changed their numbers",
            file=file,
            count=len(rows),
            rows=_name_rows(rows),
        )
    if rows := [one.row for one in asked if any(_is_unnumbered(end, files) for end in one.ends)]:
        yield Refusal(
            "review.unnumbered_record",
            found="{count} rows of {file} name records that have no number of their partner's own (rows {rows})",
            wanted="records with a `record_id`: the row of a file is somebody else's once the file is corrected",
            remedy="Map a column with the partner's own numbers to `record_id` and run again, or empty these rows",
            file=file,
            count=len(rows),
            rows=_name_rows(rows),
        )
    if rows := [one.row for one in asked if one.ends[0] == one.ends[1] != ("", "")]:
        yield Refusal(
            "review.one_record",
            found="{count} rows of {file} name one record twice (rows {rows})",
            wanted="two records in each row",
            remedy="Correct these rows and give the file again: none of it was taken down",
            file=file,
            count=len(rows),
            rows=_name_rows(rows),
        )


def _contradictions(asked: Sequence[_Asked], earlier: Sequence[Decision], *, file: str) -> Iterator[Refusal]:
    """Records said to be two persons, though other decisions make them one, directly or through others."""
    told = [(one.ends, one.word, one.row) for one in asked if one.word in _WORDS and ("", "") not in one.ends]
    told += [(one.ends, one.decision, 0) for one in earlier]
    place = {end: number for number, end in enumerate(dict.fromkeys(end for ends, _, _ in told for end in ends))}
    same, different = ([one for one in told if one[1] == word] for word in _WORDS)
    group = bound.settle_decisions(_places(same, place), _places(different, place), records=len(place)).group
    number_of = [int(group[place[ends[0]]]) for ends, _, _ in different]
    denied = {
        number
        for (ends, _, _), number in zip(different, number_of, strict=True)
        if number == int(group[place[ends[1]]])
    }
    for number in sorted(denied):
        within = [row for ends, _, row in told if {int(group[place[end]]) for end in ends} == {number}]
        yield Refusal(
            "review.contradiction",
            found="Decisions contradict one another: rows {rows} of {file}, with {count} taken down before",
            wanted="two records of one person never said to be of two, also through other records",
            remedy="Ask again about these records, and correct the rows: none of the file was taken down",
            file=file,
            rows=_name_rows([row for row in within if row]),
            count=sum(not row for row in within),
        )


def _places(told: Sequence[tuple[tuple[_End, _End], str, int]], place: Mapping[_End, int]) -> NDArray[np.int64]:
    return np.array([[place[end] for end in ends] for ends, _, _ in told], dtype=np.int64).reshape(-1, 2)


def _name_rows(rows: Sequence[int]) -> str:
    more = "..." if len(rows) > _ROWS_SHOWN else ""
    return ", ".join([*(str(row) for row in rows[:_ROWS_SHOWN]), *([more] if more else [])]) or "-"


def _nothing_linked() -> Refusal:
    return Refusal(
        "review.nothing_linked",
        found="The vault holds no linked list to review",
        wanted="a hub whose last run linked the file of a partner, within it or with others",
        remedy="Run `cauce run HUB` first",
    )
