"""Are the persons of several lists told apart and put together, and does the linkage know how well it did?"""

from collections import defaultdict
from itertools import combinations

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.invented_people import InventedList, invent_lists, invent_population

from cauce.recipes import link_people
from cauce.standards.errors import Refusal

FIELDS = {"given_name": "first", "surname": "last", "birth_date": "born"}


def lists_of_four(seed):
    rng = np.random.default_rng(seed)
    population = invent_population(5_000, languages=("es", "fr", "en"), rng=rng)
    members = [rng.choice(5_000, size, replace=False) for size in (2_600, 1_800, 1_000, 800)]
    return invent_lists(population, members, errors=0.06, rng=rng)


def as_records(lists: list[InventedList]) -> ibis.Table:
    columns = defaultdict(list)
    for number, one in enumerate(lists):
        columns["partner_code"] += [f"P{number}"] * len(one.record_ids)
        columns["record_id"] += one.record_ids
        columns["first"] += one.given
        columns["last"] += one.surname
        columns["born"] += one.born
    return ibis.memtable(pa.table(dict(columns)))


def true_quality(lists: list[InventedList], people: pa.Table) -> tuple[float, float]:
    person_of = {
        (f"P{number}", record): person
        for number, one in enumerate(lists)
        for record, person in zip(one.record_ids, one.person, strict=True)
    }
    together = defaultdict(list)
    for row in people.to_pylist():
        together[row["person_id"]].append(person_of[(row["partner_code"], row["record_id"])])
    made = [first == second for group in together.values() for first, second in combinations(group, 2)]
    true = sum(np.intersect1d(one.person, other.person).size for one, other in combinations(lists, 2))
    return sum(made) / len(made), sum(made) / true


@pytest.fixture(scope="module")
def linked():
    lists = lists_of_four(11)
    manner = {f"P{number}": "encoded" for number in range(4)}
    records = as_records(lists)
    return lists, link_people.link_people(records, fields=FIELDS, manner=manner, draws=10, rng=np.random.default_rng(5))


def test_link_people_knows_its_precision_and_recall_without_labels(linked):
    lists, people = linked

    precision, recall = true_quality(lists, people.people)

    assert precision > 0.98
    assert recall > 0.88
    assert abs(people.precision.value - precision) < 0.02
    assert people.recall.lower <= recall + 0.02


def test_link_people_puts_one_record_of_each_list_in_a_person(linked):
    _, people = linked

    rows = people.people.group_by(["person_id", "partner_code"]).aggregate([("record_id", "count")])

    assert max(rows["record_id_count"].to_pylist()) == 1


def test_link_people_counts_every_person_once_in_the_captures(linked):
    _, people = linked

    counted = sum(people.captures["count"].to_pylist())

    assert counted == people.persons
    assert people.captures.column_names == ["P0", "P1", "P2", "P3", "count"]


def test_link_people_draws_as_many_records_as_there_are(linked):
    lists, people = linked

    drawn = people.captures_draws.to_pylist()

    for draw in range(10):
        rows = [row for row in drawn if row["draw"] == draw]
        assert sum(row["P0"] * row["count"] for row in rows) == len(lists[0].record_ids)


def test_link_people_counts_records_of_a_partner_without_names_as_persons():
    lists = lists_of_four(3)[2:]
    for place in range(len(lists[1].given)):
        lists[1].given[place] = lists[1].surname[place] = None

    people = link_people.link_people(
        as_records(lists), fields=FIELDS, manner={"P0": "clear", "P1": "clear"}, rng=np.random.default_rng(5)
    )

    assert people.persons == 1_800
    assert people.captures is None and people.recall is None
    assert [str(note) for note in people.notes] == ["The records of P1 carry no names: each counts as one person"]


def test_link_people_refuses_records_numbered_alike():
    records = ibis.memtable(pa.table({"partner_code": ["P", "P"], "record_id": ["1", "1"], "first": ["a", "b"]}))

    with pytest.raises(Refusal) as refusal:
        link_people.link_people(records, fields=FIELDS, manner={"P": "clear"}, rng=np.random.default_rng(5))

    assert refusal.value.code == "link.repeated_record"


def link_three(*manners: str) -> link_people.LinkedPeople:
    rng = np.random.default_rng(2)
    population = invent_population(300, languages=("es", "fr"), rng=rng)
    members = [rng.choice(300, size, replace=False) for size in (200, 150, 100)][: len(manners)]
    records = as_records(invent_lists(population, members, errors=0.04, rng=rng))
    manner = {f"P{number}": one for number, one in enumerate(manners)}
    return link_people.link_people(
        records, fields=FIELDS, manner=manner, key=bytes(range(40)), rng=np.random.default_rng(5)
    )


@pytest.mark.slow
def test_link_people_compares_names_where_two_agreements_allow_it_and_tokens_elsewhere():
    people = link_three("clear", "clear", "encoded")

    assert people.method == "splink-clear-text-and-encoded"
    assert people.captures.column_names == ["P0", "P1", "P2", "count"]
    assert 255 <= people.persons <= 277 and people.precision.value > 0.98


def test_link_people_shows_no_name_to_a_partner_whose_names_are_encoded():
    mixed, encoded = link_three("clear", "encoded"), link_three("encoded", "encoded")

    assert mixed.method == encoded.method == "encoded"
    assert mixed.people.equals(encoded.people)


def test_link_people_finds_the_one_person_of_a_list_whose_names_may_be_shown():
    rng = np.random.default_rng(4)
    population = invent_population(200, languages=("es", "fr"), rng=rng)
    records = as_records(invent_lists(population, [np.arange(200), np.arange(1)], errors=0.0, rng=rng))

    people = link_people.link_people(
        records, fields=FIELDS, manner={"P0": "clear", "P1": "clear"}, rng=np.random.default_rng(5)
    )

    assert (people.persons, people.method) == (200, "encoded")
