"""Does a linkage keep to what persons decided of its pairs, and tell the doubtful ones without a name?"""

from datetime import date

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.recipes import join_lists
from cauce.recipes.link_people import link_people
from cauce.store.decisions import Decision

FIELDS = {"given_name": "first", "surname": "last", "birth_date": "born"}


def invent_records():
    """Three lists of the same 51 people, two of them with some others."""
    rng = np.random.default_rng(4)
    population = invent_population(80, languages=("es", "fr"), rng=rng)
    members = [np.r_[0, rng.permutation(50) + 1, places] for places in (range(51, 60), range(60, 70), [])]
    lists = invent_lists(population, [chosen.astype(int) for chosen in members], errors=0.05, rng=rng)
    rows = [
        (f"P{number}", *cells)
        for number, one in enumerate(lists)
        for cells in zip(one.record_ids, one.given, one.surname, one.born, strict=True)
    ]
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("partner_code", "record_id", "first", "last", "born"), columns, strict=True)))


RECORDS = invent_records()


def link(*decided, manner="encoded"):
    manners = dict.fromkeys(("P0", "P1", "P2"), manner)
    rng = np.random.default_rng(6)
    return link_people(ibis.memtable(RECORDS), fields=FIELDS, manner=manners, decided=decided, rng=rng)


def decision(one, other, word):
    return Decision(*one, *other, word, "Ana", date(2026, 1, 1))


def person_of(linked):
    rows = linked.people.to_pylist()
    return {(row["partner_code"], row["record_id"]): row["person_id"] for row in rows}


def together(linked, size):
    """The records of one person who has so many of them."""
    groups = {}
    for record, person in person_of(linked).items():
        groups.setdefault(person, []).append(record)
    return next(sorted(group) for group in groups.values() if len(group) == size)


@pytest.fixture(scope="module", params=["encoded", pytest.param("clear", marks=pytest.mark.slow)])
def found(request):
    """The persons before anybody decided and after: of who is in all lists one record goes to another person."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(join_lists, "_ROUNDS", 2)  # intervals are not asked about here
        before = link(manner=request.param)
        one, beside, other = together(before, 3)
        strangers = [record for record in person_of(before) if record not in (one, beside, other)]
        alone = next(record for record in strangers if record[0] == "P1")
        first, second = [record for record in strangers if record[0] == "P0"][:2]
        decided = [
            decision(one, other, "different"),
            decision(beside, one, "different"),
            decision(one, alone, "same"),
            decision(first, ("P2", "2-5"), "same"),
            decision(("P2", "2-5"), second, "same"),
            decision(("P0", "gone"), one, "same"),
        ]
        after = link(*decided, manner=request.param)
    records = {"one": one, "beside": beside, "other": other, "alone": alone, "first": first, "second": second}
    return before, after, records


def test_records_decided_to_be_two_persons_are_split(found):
    before, after, records = found
    one, beside, other = (records[name] for name in ("one", "beside", "other"))

    people = person_of(after)

    assert len({person_of(before)[record] for record in (one, beside, other)}) == 1
    assert people[one] not in (people[beside], people[other])


def test_records_decided_to_be_one_person_are_joined(found):
    _, after, records = found

    people = person_of(after)

    assert people[records["one"]] == people[records["alone"]]


def test_two_records_of_a_list_that_are_one_person_with_a_record_of_another_are_one(found):
    _, after, records = found

    people = person_of(after)

    assert people[records["first"]] == people[records["second"]] == people["P2", "2-5"]


def test_doubts_tell_numbers_chances_and_words_and_no_name_or_date(found):
    before, _, _ = found
    rows = before.doubts.to_pylist()
    words = {cell for name in ("given_name", "surname", "birth_date") for cell in before.doubts[name].to_pylist()}

    assert rows and all(0.05 <= row["probability"] <= 0.95 for row in rows)
    assert words <= {"same", "alike", "other", "missing"}
    assert {row["record_id_a"] for row in rows} <= set(RECORDS["record_id"].to_pylist())


def test_decided_pairs_are_no_longer_doubtful(found):
    _, after, records = found
    decided = {records["one"], records["alone"]}

    rows = after.doubts.to_pylist()

    assert not any(
        {(row["list_a"], row["record_id_a"]), (row["list_b"], row["record_id_b"])} == decided for row in rows
    )
