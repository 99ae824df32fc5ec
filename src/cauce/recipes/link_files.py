"""Which records of two to eight files are the same person? Files of tokens, or of names where names may be shown."""

import csv
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from cauce.agree.agreements import Agreement
from cauce.link import duplicates, encoding, encoding_format, quality
from cauce.link.clusters import Links
from cauce.link.encoding import Encoding
from cauce.link.people import People
from cauce.link.quality import Share
from cauce.recipes import agreed_encodings
from cauce.recipes.join_lists import JoinedLists, Method, join_lists
from cauce.recipes.named_paths import check_named_paths
from cauce.recipes.read_names import read_named_records
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store import encodings, written
from cauce.store.parts import Parts

__all__ = ["Agreed", "LinkedFiles", "Share", "link_files"]

_HEADINGS = ("list_a", "record_id_a", "list_b", "record_id_b", "probability")
_MOST_LISTS = 8
_LEAST = 0.5

_Row = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class LinkedFiles:
    """What was written: pairs of records, what is estimated of them without labels, and how they were compared."""

    pairs: int
    precision: Share
    recall: Share
    persons: int
    method: Method


@dataclass(frozen=True)
class Agreed:
    """The folder of a hub that holds the partners' agreements, and the day on which they must be in force."""

    hub: Path
    today: date


def link_files(
    paths: Sequence[Path],
    *,
    clear: Mapping[str, str] | None,
    everything: bool,
    out: Path,
    agreed: Agreed | None = None,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> LinkedFiles:
    """Write the pairs of records that are one person; a run on encodings that was killed goes on where it was.

    In
        paths        two to eight encodings; with `clear`, files with names, and one file gives its own repeats
        clear        role -> heading of files with names; None for encodings
        everything   also pairs below the threshold: each record's likeliest partner, whatever the probability
        out          CSV to write: list_a, record_id_a, list_b, record_id_b, probability
        agreed       the hub whose agreements the lists must keep to, and the day; None leaves that to the caller
        rng          redraws counts behind the intervals
        progress     hears of each step
    Out
        how many pairs, and precision and recall as estimated
    Refuses
        link.number_of_lists, link.same_list            the files cannot be lists of one linkage
        link.different_parameters, link.different_key   encodings made otherwise than the first
        and what `check_named_paths`, `agreed_encodings`, `encoding_format` and `read_names` refuse
    """
    raise_all(_check_paths(paths, is_clear=clear is not None))
    check_named_paths(paths, out=out)
    agreements = _check_permitted(paths, agreed, is_clear=clear is not None)
    if clear is not None and len(paths) == 1:
        return _link_one(paths[0], clear, everything=everything, out=out, rng=rng)
    if clear is not None:
        lists, shown = _load_names(paths, clear, rng=rng, progress=progress)
    else:
        lists, shown = _load_encodings(paths, progress=progress), {}
        if agreements is not None:
            agreed_encodings.check_agreed(lists, agreements)
    raise_all(_check_alike(lists))
    # Without a key of its own a list is encoded anew each time: there is nothing to go on from.
    parts_dir = out.with_name(f".{out.name}.parts") if clear is None else None
    joined = join_lists(lists, shown=shown, rng=rng, parts_dir=parts_dir, progress=progress)
    rows = list(_list_pairs(joined, lists, everything=everything))
    _write(rows, out)
    Parts(parts_dir).clear()
    persons = int(np.unique(joined.cluster).size)
    return LinkedFiles(len(rows), joined.precision, joined.recall, persons, joined.method)


def _check_paths(paths: Sequence[Path], *, is_clear: bool) -> list[Refusal]:
    least = 1 if is_clear else 2
    refusals = []
    if not least <= len(paths) <= _MOST_LISTS:
        refusals.append(
            Refusal(
                "link.number_of_lists",
                found="Number of files given: {count}",
                wanted="{least} to {most} files",
                remedy="Name the files to link, one after another",
                count=len(paths),
                least=least,
                most=_MOST_LISTS,
            )
        )
    stems = [path.stem for path in paths]
    if len(set(stems)) < len(stems):
        refusals.append(
            Refusal(
                "link.same_list",
                found="Two of the files are called {names}",
                wanted="a name of its own for each file: it becomes the list's",
                remedy="Rename a copy of one of them",
                names=", ".join(sorted({stem for stem in stems if stems.count(stem) > 1})),
            )
        )
    return refusals


def _check_permitted(paths: Sequence[Path], agreed: Agreed | None, *, is_clear: bool) -> Mapping[str, Agreement] | None:
    """The agreements of the lists, where they must keep to any; nothing of a list is read before."""
    if agreed is None:
        return None
    codes = [path.stem for path in paths]
    return agreed_encodings.check_permitted(codes, root=agreed.hub, is_clear=is_clear, today=agreed.today)


def _load_encodings(paths: Sequence[Path], *, progress: Progress) -> list[Encoding]:
    lists = []
    for number, path in enumerate(paths):
        progress(Message("Reading {file}", file=path.name), number, len(paths))
        lists.append(encoding_format.read_encoding(encodings.load_encoding(path), list_code=path.stem))
    return lists


def _load_names(
    paths: Sequence[Path], roles: Mapping[str, str], *, rng: np.random.Generator, progress: Progress
) -> tuple[list[Encoding], dict[str, People]]:
    """The lists and their people; encoded too, for it is on tokens that a list knows its own repeats."""
    secret = secrets.token_bytes(32)
    lists, shown = [], {}
    for number, path in enumerate(paths):
        progress(Message("Reading {file}", file=path.name), number, len(paths))
        named = read_named_records(path, roles)
        people = named.describe()
        lists.append(encoding.encode_people(people, named.record_ids, list_code=path.stem, key=secret, rng=rng))
        shown[path.stem] = people
    return lists, shown


def _check_alike(lists: Sequence[Encoding]) -> list[Refusal]:
    """Every list against the first: same parameters, same key."""
    first = lists[0]
    refusals = []
    for other in lists[1:]:
        names = sorted(set(first.parameters) | set(other.parameters))
        differ = [name for name in names if first.parameters.get(name) != other.parameters.get(name)]
        if differ:
            refusals.append(
                Refusal(
                    "link.different_parameters",
                    found="{left} and {right} were encoded otherwise: {parameters} differ",
                    wanted="encodings made with the same parameters",
                    remedy="Encode both again with one version of Cauce",
                    left=first.list_code,
                    right=other.list_code,
                    parameters=", ".join(differ),
                )
            )
        elif first.fingerprint != other.fingerprint:
            refusals.append(
                Refusal(
                    "link.different_key",
                    found="{left} and {right} were encoded with different keys",
                    wanted="one key for all partners of a linkage",
                    remedy="Compare the key files at the partners' (never send one by mail), and encode again",
                    left=first.list_code,
                    right=other.list_code,
                )
            )
    return refusals


def _list_pairs(joined: JoinedLists, lists: Sequence[Encoding], *, everything: bool) -> Iterator[_Row]:
    """The pairs of records behind the pairs of persons, the likeliest first."""
    records = _records_of_persons(joined, lists)
    chances = joined.chances_together()
    if everything:
        for first, second, chance in zip(*_columns(joined), strict=True):
            chances.setdefault((first, second), chance)
    for (first, second), chance in sorted(chances.items(), key=lambda item: (-item[1], item[0])):
        for code_a, record_a in records[first]:
            for code_b, record_b in records[second]:
                yield code_a, record_a, code_b, record_b, f"{chance:.9g}"


def _columns(joined: JoinedLists) -> tuple[list[int], list[int], list[float]]:
    links = joined.links
    return links.first.tolist(), links.second.tolist(), links.probability.tolist()


def _records_of_persons(joined: JoinedLists, lists: Sequence[Encoding]) -> list[list[tuple[str, str]]]:
    records: list[list[tuple[str, str]]] = [[] for _ in range(joined.cluster.size)]
    for one, start in zip(lists, joined.starts.tolist(), strict=False):
        for record_id, person in zip(one.record_ids, one.persons.tolist(), strict=True):
            records[start + person].append((one.list_code, record_id))
    return records


def _link_one(
    path: Path, roles: Mapping[str, str], *, everything: bool, out: Path, rng: np.random.Generator
) -> LinkedFiles:
    named = read_named_records(path, roles)
    people = named.describe()
    found = encoding.repeats_of_list(people, key=secrets.token_bytes(32), rng=rng)
    persons = duplicates.number_persons(found.links, records=len(people), least=_LEAST)
    together = duplicates.pair_together(found.links, persons, least=_LEAST)
    accepted = _chances_within(together)
    shown = _chances_within(found.links) | accepted if everything else accepted
    ranked = sorted(shown.items(), key=lambda item: (-item[1], item[0]))
    ids = named.record_ids
    _write([(path.stem, ids[a], path.stem, ids[b], f"{chance:.9g}") for (a, b), chance in ranked], out)
    made = float(together.probability.sum())
    drawn, total = np.maximum(found.drawn, made), max(found.matches, made)
    precision, recall = quality.rate_linkage(together.probability, matches=drawn, total=total)
    return LinkedFiles(len(ranked), precision, recall, int(persons.max(initial=-1)) + 1, "encoded")


def _chances_within(links: Links) -> dict[tuple[int, int], float]:
    return dict(
        zip(zip(links.first.tolist(), links.second.tolist(), strict=True), links.probability.tolist(), strict=True)
    )


def _write(rows: Sequence[_Row], out: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    writer.writerows(rows)
    written.write_whole(out, text.getvalue().encode())
