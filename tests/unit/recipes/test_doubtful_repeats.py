"""Are the doubtful repeats of one list told without a name, and does the next linkage keep to what is decided of them?"""

from datetime import date

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import decisions
from cauce.link.clusters import Links
from cauce.recipes import join_lists, link_people
from cauce.store.decisions import Decision

FIELDS = {"given_name": "first", "surname": "last", "birth_date": "born"}


def invent_records():
    """P0: 200 people, 40 of them written twice; P1: 50 of them and 30 others."""
    rng = np.random.default_rng(21)
    members = [np.r_[np.arange(200), rng.choice(200, 40, replace=False)], np.arange(150, 230)]
    lists = invent_lists(invent_population(230, languages=("es", "fr"), rng=rng), members, errors=0.06, rng=rng)
    rows = [
        (f"P{number}", *cells)
        for number, one in enumerate(lists)
        for cells in zip(one.record_ids, one.given, one.surname, one.born, strict=True)
    ]
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("partner_code", "record_id", "first", "last", "born"), columns, strict=True)))


RECORDS = invent_records()
ALONE = RECORDS.filter(pa.compute.equal(RECORDS["partner_code"], "P0"))


def link(records, *decided, manner="encoded"):
    rng = np.random.default_rng(6)
    manners = {"P0": manner, "P1": "encoded"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(join_lists, "_ROUNDS", 2)  # intervals are not asked about here
        return link_people.link_people(
            ibis.memtable(records), fields=FIELDS, manner=manners, key=bytes(range(40)), decided=decided, rng=rng
        )


@pytest.fixture(scope="module", params=["one list", pytest.param("two lists", marks=pytest.mark.slow)])
def linked(request):
    records = ALONE if request.param == "one list" else RECORDS
    return records, link(records)


def decide(*pairs):
    return [Decision("P0", one, "P0", other, word, "Ana", date(2026, 1, 1)) for one, other, word in pairs]


def repeats_in_doubt(found):
    rows = [row for row in found.doubts.to_pylist() if row["list_a"] == row["list_b"] == "P0"]
    return [(row["record_id_a"], row["record_id_b"]) for row in rows]


def person_of(found):
    return {row["record_id"]: row["person_id"] for row in found.people.to_pylist() if row["partner_code"] == "P0"}


def pairs_of(found, *, together):
    """Doubtful pairs of records of two persons, or records of one person."""
    people = person_of(found)
    if not together:
        return [pair for pair in repeats_in_doubt(found) if people[pair[0]] != people[pair[1]]]
    groups = {}
    for record, person in people.items():
        groups.setdefault(person, []).append(record)
    return [tuple(group) for group in groups.values() if len(group) == 2]


def test_doubts_within_a_list_tell_numbers_chances_and_words_and_no_name_or_date(linked):
    records, found = linked
    rows = [row for row in found.doubts.to_pylist() if row["list_a"] == row["list_b"]]
    told = {str(cell) for row in rows for cell in row.values()}

    assert rows and all(0.05 <= row["probability"] < 0.95 for row in rows)
    assert {row[name] for row in rows for name in ("given_name", "surname", "birth_date")} >= {"same"}
    assert not told & {cell for name in ("first", "last", "born") for cell in records[name].to_pylist()}


def test_a_doubtful_repeat_decided_to_be_one_person_is_joined_counted_once_and_asked_no_more(linked):
    records, found = linked
    one, other = pairs_of(found, together=False)[0]

    after = link(records, *decide((one, other, "same")))

    people = person_of(after)
    assert people[one] == people[other] and after.persons == found.persons - 1
    assert (one, other) not in repeats_in_doubt(after)


def test_a_repeat_decided_to_be_two_persons_is_split_and_counted_twice(linked):
    records, found = linked
    one, other = pairs_of(found, together=True)[0]

    after = link(records, *decide((one, other, "different")))

    people = person_of(after)
    assert people[one] != people[other]
    if records is ALONE:  # a second list may join each of the two to somebody else
        assert after.persons == found.persons + 1


def test_a_doubtful_repeat_decided_to_be_two_persons_is_asked_no_more(linked):
    records, found = linked
    asked = repeats_in_doubt(found)
    decided = pairs_of(found, together=False)[0]

    after = link(records, *decide((*decided, "different")))

    assert person_of(after)[decided[0]] != person_of(after)[decided[1]]
    assert set(repeats_in_doubt(after)) == set(asked) - {decided}


def test_two_persons_decided_apart_by_one_record_are_not_asked_about_by_another():
    rows = {row["record_id"]: row for row in ALONE.to_pylist()}
    asked = pairs_of(link(ALONE), together=False)
    one, other = next(pair for pair in asked if all(rows[pair[0]].values()))
    records = pa.Table.from_pylist([*rows.values(), rows[one] | {"record_id": f"again {one}"}])

    before, after = link(records), link(records, *decide((f"again {one}", other, "different")))

    people = person_of(before)
    asked = {frozenset([people[first], people[second]]) for first, second in repeats_in_doubt(before)}
    assert people[one] == people[f"again {one}"] != people[other], "else there is nothing to ask"
    assert frozenset([people[one], people[other]]) in asked
    now = person_of(after)
    left = {frozenset([now[first], now[second]]) for first, second in repeats_in_doubt(after)}
    assert now[one] != now[other] and frozenset([now[one], now[other]]) not in left


def test_decisions_elsewhere_leave_the_doubts_within_a_list(linked):
    records, found = linked
    asked = {record for pair in repeats_in_doubt(found) for record in pair}
    first, second = [record for record in person_of(found) if record not in asked][:2]

    after = link(records, *decide((first, second, "different")))

    assert repeats_in_doubt(after) == repeats_in_doubt(found)


def test_a_doubtful_link_stays_in_doubt_though_other_decisions_were_taken():
    pairs = Links(np.array([0, 0]), np.array([1, 2]), np.array([0.94, 0.6]))
    persons = np.array([0, 0, 1, 2])  # the first two were put together by the doubtful link
    nobody = np.zeros((0, 2), dtype=int)
    told = decisions.settle_decisions(nobody, np.array([[1, 2]]), records=4)

    left = link_people._leave_open(pairs, persons, told=told, known=told.unite(np.arange(4), persons))

    assert (left.first.tolist(), left.second.tolist()) == ([0], [1])


def test_one_list_alone_is_linked_within_and_estimates_nothing(linked):
    records, found = linked
    is_alone = records is ALONE

    assert (found.captures is None, found.precision is None, found.recall is None) == (is_alone,) * 3
    assert found.method == "encoded"
    if is_alone:
        assert 198 <= found.persons <= 215 and found.clusters > 25


@pytest.mark.parametrize("rows", [1, 2])
def test_a_list_of_hardly_anybody_has_no_doubts(rows):
    found = link(ALONE.slice(0, rows), manner="clear")

    assert (found.persons, found.doubts.num_rows) == (rows, 0)
