"""How many persons stand behind the records of all partners, and who is in which lists?

Joins the lists two by two, clusters, and carries the doubt on: every record gets a person, every person a probability,
and the capture table comes with draws of the linkage. Two partners whose agreements allow clear text are compared by
their names; every other two by encodings made with one key, so that no other list is laid beside a partner's names.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cauce.link import clusters, decisions, encoding
from cauce.link import draws as linkage_draws
from cauce.link.clusters import Links
from cauce.link.decisions import Decided
from cauce.link.encoding import Encoding
from cauce.link.people import People
from cauce.link.quality import Share
from cauce.recipes.doubtful_pairs import find_doubtful_repeats, tell_doubts
from cauce.recipes.join_lists import JoinedLists, Method, join_lists
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import Message
from cauce.standards.progress import Progress, silent
from cauce.store.decisions import Decision, Word

__all__ = ["LinkedPeople", "Manner", "link_people"]

Manner = Literal["clear", "encoded", "none"]
_KEY_BYTES = 32


@dataclass(frozen=True)
class LinkedPeople:
    """The persons behind the records.

    people           partner_code, record_id, person_id (int64), probability: one row per record
    captures         a 0/1 column for each partner that can be linked, and `count`; None below two such partners, of
                     one of whom only the repeats in its list are linked
    captures_draws   the same for each draw of the linkage, with a column `draw`; None where none were asked
    precision        estimated share of true links among those made, with its interval; None below two such partners
    recall           estimated share of the true links that were made, with its interval
    persons          distinct persons, records that cannot be linked counting one each
    clusters         persons with two records or more
    share            share of the linkable persons who are in two lists or more
    method           how the lists were compared; None where no list is linked
    doubts           the pairs that a person should look at, as `tell_doubts` gives them; None where no list is linked
    notes            what a reader must know of it
    """

    people: pa.Table
    captures: pa.Table | None
    captures_draws: pa.Table | None
    precision: Share | None
    recall: Share | None
    persons: int
    clusters: int
    share: float
    method: Method | None
    doubts: pa.Table | None
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class _Rows:
    """The columns of the vault that linking needs, a place for each record."""

    partners: list[str]
    record_ids: list[str]
    roles: Mapping[str, list[str | None]]


@dataclass(frozen=True)
class _Lists:
    """The lists that can be linked, encoded.

    places    (list,) the rows of each
    people    list -> its people, with their names
    doubts    (list,) doubtful pairs of places in it
    decided   (list,) what is decided of its persons; None where nobody decided anything
    """

    encoded: list[Encoding]
    places: list[NDArray[np.int64]]
    people: dict[str, People]
    doubts: list[Links]
    decided: list[Decided] | None


def link_people(
    records: ir.Table,
    *,
    fields: Mapping[str, str],
    manner: Mapping[str, Manner],
    key: bytes | None = None,
    decided: Sequence[Decision] = (),
    draws: int = 0,
    rng: np.random.Generator,
    progress: Progress = silent,
) -> LinkedPeople:
    """Give each record its person.

    In
        records    partner_code, record_id and the fields named in `fields`, one row per record
        fields     role (given_name, surname, birth_date) -> standard field that holds it
        manner     partner -> clear, encoded, or none (its records count one person each)
        key        at least 32 secret bytes; without one, a key is drawn and forgotten
        decided    decisions about pairs of records that stand; those about records that are not linked say nothing
        draws      draws of the linkage to carry into an estimate
        rng        chooses sampled pairs and the draws
        progress   hears of each pair of lists
    Out
        persons, captures and what is estimated of the linkage
    Refuses
        link.repeated_record   a partner numbers two records alike
        link.short_key         the key is not one

    >>> import ibis
    >>> nobody = ibis.memtable(pa.table({"partner_code": pa.array([], "string"), "record_id": pa.array([], "string")}))
    >>> link_people(nobody, fields={}, manner={}, rng=np.random.default_rng(1)).persons
    0
    """
    rows = _read_rows(records, fields=fields)
    raise_all(_refuse_repeated(rows))
    linkable, notes = _choose_partners(rows, manner=manner)
    if not linkable:
        return _count_rows(rows, notes=notes)
    secret = key if key is not None else secrets.token_bytes(_KEY_BYTES)
    lists = _encode(rows, linkable, key=secret, decided=_settle(rows, decided), rng=rng)
    shown = {code: lists.people[code] for code in linkable if manner[code] == "clear"}
    joined = join_lists(lists.encoded, shown=shown, decided=lists.decided, draws=draws, rng=rng, progress=progress)
    doubts = tell_doubts(joined, lists.encoded, people=lists.people, shown=shown, repeats=lists.doubts)
    linked = replace(_gather(rows, joined, lists=lists, draw_count=draws, rng=rng, notes=notes), doubts=doubts)
    return linked if len(linkable) > 1 else _alone(linked)


def _read_rows(records: ir.Table, *, fields: Mapping[str, str]) -> _Rows:
    wanted = {role: name for role, name in fields.items() if name in records.columns}
    columns = {"partner_code": records.partner_code, "record_id": records.record_id}
    columns |= {f"role_{role}": records[name].cast("string") for role, name in wanted.items()}
    table = records.select(**columns).order_by(["partner_code", "record_id"]).to_pyarrow()
    roles = {role: table[f"role_{role}"].to_pylist() for role in wanted}
    return _Rows(table["partner_code"].to_pylist(), table["record_id"].to_pylist(), roles)


def _refuse_repeated(rows: _Rows) -> list[Refusal]:
    seen: dict[str, list[str]] = {}
    for partner, record_id in zip(rows.partners, rows.record_ids, strict=True):
        seen.setdefault(partner, []).append(record_id)
    return [
        Refusal(
            "link.repeated_record",
            found="List {list_code} numbers {count} records as others of the same list",
            wanted="a record_id of its own for each record",
            remedy="Number the records of {list_code} again; linking cannot tell them apart",
            list_code=partner,
            count=len(numbers) - len(set(numbers)),
        )
        for partner, numbers in seen.items()
        if len(numbers) > len(set(numbers))
    ]


def _choose_partners(rows: _Rows, *, manner: Mapping[str, Manner]) -> tuple[list[str], list[Message]]:
    """The partners whose records can be linked, and a note on each of the others."""
    named = rows.roles.get("given_name"), rows.roles.get("surname")
    with_names: set[str] = set()
    for column in named:
        with_names |= {p for p, value in zip(rows.partners, column or [], strict=False) if value}
    linkable, notes = [], []
    for partner in sorted(set(rows.partners)):
        if manner.get(partner, "none") == "none":
            notes.append(
                _tell(
                    "The agreement of {partner} does not allow linking: each of its records counts as one person",
                    partner,
                )
            )
        elif partner not in with_names:
            notes.append(_tell("The records of {partner} carry no names: each counts as one person", partner))
        else:
            linkable.append(partner)
    return linkable, notes


def _tell(template: str, partner: str) -> Message:
    return Message(template, partner=partner)


def _describe(rows: _Rows, place: NDArray[np.int64]) -> People:
    nothing: list[str | None] = [None] * len(rows.partners)
    given, surname, born, sex = (
        [rows.roles.get(role, nothing)[row] for row in place] for role in ("given_name", "surname", "birth_date", "sex")
    )
    return encoding.describe_people(given, surname, born, sex=sex)


def _settle(rows: _Rows, decided: Sequence[Decision]) -> Decided | None:
    """The decisions as places of rows."""
    if not decided:
        return None
    place = {ends: row for row, ends in enumerate(zip(rows.partners, rows.record_ids, strict=True))}

    def places_of(word: Word) -> NDArray[np.int64]:
        wanted = [one.ends for one in decided if one.decision == word and place.keys() >= one.pair]
        return np.array([[place[end] for end in ends] for ends in wanted], dtype=np.int64).reshape(-1, 2)

    return decisions.settle_decisions(places_of("same"), places_of("different"), records=len(rows.partners))


def _encode(
    rows: _Rows, linkable: Sequence[str], *, key: bytes, decided: Decided | None, rng: np.random.Generator
) -> _Lists:
    """Each list in turn: what its own repeats say of decided records is known to the next."""
    lists = _Lists([], [], {}, [], None)
    told = decided
    for code in linkable:
        place = np.flatnonzero(np.array(rows.partners, dtype=object) == code)
        people = lists.people[code] = _describe(rows, place)
        ids = [rows.record_ids[row] for row in place]
        own = decided.at(place) if decided else None
        hashed = encoding.hash_people(people, key=key)
        one = encoding.encode_people(people, ids, list_code=code, key=key, rng=rng, hashed=hashed, decided=own)
        decided = decided.unite(place, one.persons) if decided else None
        lists.encoded.append(one)
        lists.places.append(place)
        lists.doubts.append(find_doubtful_repeats(hashed, one, rng=rng))
    return lists if told is None or decided is None else _heed(lists, told=told, known=decided)


def _heed(lists: _Lists, *, told: Decided, known: Decided) -> _Lists:
    """The lists with what is decided of their persons, and with the doubts that it leaves.

    In
        told    what persons decided of the rows
        known   that, and which rows surely are one person
    """
    each = list(zip(lists.encoded, lists.places, strict=True))
    firsts = [place[np.unique(one.persons, return_index=True)[1]] for one, place in each]
    doubts = [
        _leave_open(pairs, one.persons, told=told.at(place), known=known.at(place))
        for pairs, (one, place) in zip(lists.doubts, each, strict=True)
    ]
    return replace(lists, doubts=doubts, decided=[known.at(first) for first in firsts])


def _leave_open(pairs: Links, persons: NDArray[np.int64], *, told: Decided, known: Decided) -> Links:
    """The doubts within a list that no decision settles; two persons are apart as soon as a record of each is."""
    is_one = persons[pairs.first] == persons[pairs.second]
    of_one, of_two = (decisions.find_open(decided, pairs.first, pairs.second) for decided in (told, known))
    return pairs.take(np.where(is_one, of_one, of_two))


def _gather(
    rows: _Rows,
    joined: JoinedLists,
    *,
    lists: _Lists,
    draw_count: int,
    rng: np.random.Generator,
    notes: list[Message],
) -> LinkedPeople:
    shared = clusters.count_shared(joined.cluster, lists=joined.lists)
    at = np.concatenate(lists.places)
    node = np.concatenate([one.persons + start for one, start in zip(lists.encoded, joined.starts, strict=False)])
    # A person takes the number of her first record among the rows, so that it never meets that of a lone record.
    first_row = np.full(joined.cluster.size, len(rows.partners), dtype=np.int64)
    np.minimum.at(first_row, joined.cluster[node], at)
    person = np.arange(len(rows.partners), dtype=np.int64)
    sureness = np.ones(len(rows.partners))
    person[at], sureness[at] = first_row[joined.cluster[node]], _rate_persons(joined)[node]
    return LinkedPeople(
        people=_people_table(rows, person, sureness),
        captures=_captures_table([shared], joined.codes),
        captures_draws=_draw(joined, draw_count=draw_count, rng=rng),
        precision=joined.precision,
        recall=joined.recall,
        persons=int(np.unique(person).size),
        clusters=int((np.unique(person, return_counts=True)[1] > 1).sum()),
        share=float((shared.sum(axis=1) > 1).mean()),
        method=joined.method,
        doubts=None,
        notes=tuple(notes),
    )


def _alone(linked: LinkedPeople) -> LinkedPeople:
    """Of one list: nobody is in two, and how good the linkage of two lists is has no meaning."""
    return replace(linked, captures=None, captures_draws=None, precision=None, recall=None)


def _rate_persons(joined: JoinedLists) -> NDArray[np.float64]:
    """How sure each person's cluster is: her likeliest link inside, or that she has none outside."""
    cluster = joined.cluster
    inside, outside = np.zeros(cluster.size), np.zeros(cluster.size)
    first, second, chances = joined.links.first, joined.links.second, joined.links.probability
    same = cluster[first] == cluster[second]
    for end in (first, second):
        np.maximum.at(inside, end[same], chances[same])
        np.maximum.at(outside, end[~same], chances[~same])
    return np.where(inside > 0, inside, 1 - outside)


def _draw(joined: JoinedLists, *, draw_count: int, rng: np.random.Generator) -> pa.Table | None:
    if draw_count < 1:
        return None
    drawn = [
        linkage_draws.draw_captures(
            joined.links,
            lists=joined.lists,
            between=joined.between,
            matches=matches,
            rng=rng,
            decided=joined.decided,
        )
        for matches in joined.matches[:draw_count]
    ]
    return _captures_table(drawn, joined.codes, is_drawn=True)


def _captures_table(drawn: Sequence[NDArray[np.int64]], codes: Sequence[str], *, is_drawn: bool = False) -> pa.Table:
    tabulated = [linkage_draws.tabulate_captures(shared) for shared in drawn]
    histories = np.concatenate([histories for histories, _ in tabulated])
    columns = {code: pa.array(histories[:, place]) for place, code in enumerate(codes)}
    if is_drawn:
        columns["draw"] = pa.array(np.repeat(np.arange(len(drawn)), [counts.size for _, counts in tabulated]))
    return pa.table(columns | {"count": pa.array(np.concatenate([counts for _, counts in tabulated]))})


def _count_rows(rows: _Rows, *, notes: list[Message]) -> LinkedPeople:
    count = len(rows.partners)
    table = _people_table(rows, np.arange(count, dtype=np.int64), np.ones(count))
    return LinkedPeople(table, None, None, None, None, count, 0, 0.0, None, None, tuple(notes))


def _people_table(rows: _Rows, person: NDArray[np.int64], sureness: NDArray[np.float64]) -> pa.Table:
    return pa.table(
        {
            "partner_code": pa.array(rows.partners, "string"),
            "record_id": pa.array(rows.record_ids, "string"),
            "person_id": pa.array(person),
            "probability": pa.array(sureness),
        }
    )
