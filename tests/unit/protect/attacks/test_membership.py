"""Are the people behind released records found by the record that is most like them?"""

import csv
import gzip

import ibis
import numpy as np
import pyarrow as pa
import pytest
from tests.shared_data import shared_data

from cauce.protect import budget, file_releases, measured
from cauce.protect.attacks import membership


def made_people(rng, *, number):
    """(person, column) int: eight columns that hang together, as those of cases do."""
    first = rng.choice(12, number, p=np.arange(12, 0, -1) / 78)
    columns = [first, (first + rng.choice(6, number, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05])) % 9]
    columns += [np.where(rng.random(number) < 0.6, first % 4, rng.choice(4, number)) for _ in range(3)]
    columns += [(rng.random(number) < 0.1 + 0.06 * first).astype(int) for _ in range(3)]
    return np.stack(columns, axis=1)


def real_people():
    with gzip.open(shared_data("cases/release_benchmark.csv.gz"), "rt", newline="") as stream:
        rows = np.array(list(csv.reader(stream))[1:])
    return np.stack([np.unique(column, return_inverse=True)[1] for column in rows.T], axis=1)


def records_of(people, *, epsilon):
    """(record, column) int: what `cauce protect` would release of these people."""
    names = [f"c{place}" for place in range(people.shape[1])]
    domain = {name: tuple(map(str, range(column.max() + 1))) for name, column in zip(names, people.T, strict=True)}
    table = pa.table({name: column.astype(str) for name, column in zip(names, people.T, strict=True)})
    delta = 1.0 / len(people) ** 2
    known = measured.measure_table(
        measured.count_table(ibis.memtable(table), domain=domain), rho=budget.rho_of(epsilon, delta=delta)
    )
    release = file_releases.clear_file(
        known, epsilon=epsilon, delta=delta, profile="careful", rng=np.random.default_rng()
    )
    columns = [release.records.rows[name].cast(pa.string()).to_pylist() for name in names]
    return np.array([[-1 if code is None else int(code) for code in column] for column in columns]).T


def split(people, rng, *, targets):
    """Everybody who is released, then as many members and others, all drawn alike."""
    shuffled = rng.permutation(people)
    members, others = np.array_split(shuffled, 2)
    return members, members[:targets], others[:targets]


def test_members_are_not_found_by_the_closest_invented_record():
    rng = np.random.default_rng(1)
    released, members, others = split(made_people(rng, number=4_000), rng, targets=1_500)

    guess = membership.guess_members(members, others, records=records_of(released, epsilon=4.0))

    assert guess.lower < 0.5
    assert guess.auc < 0.55


def test_members_are_found_where_their_own_rows_are_released():
    rng = np.random.default_rng(1)
    released, members, others = split(made_people(rng, number=4_000), rng, targets=1_500)

    guess = membership.guess_members(members, others, records=released)

    assert guess.lower > 0.6


def test_members_are_found_where_a_few_of_their_rows_stray_into_the_records():
    rng = np.random.default_rng(1)
    released, members, others = split(made_people(rng, number=4_000), rng, targets=1_500)
    records = records_of(released, epsilon=4.0)

    guess = membership.guess_members(members, others, records=np.vstack([records, released[:500]]))

    assert guess.lower > 0.5


def test_guess_members_of_people_drawn_alike_covers_a_coin():
    rng, covered = np.random.default_rng(2), 0
    for _ in range(100):
        people = made_people(rng, number=400)
        guess = membership.guess_members(
            people[:150], people[150:300], records=made_people(rng, number=200), confidence=0.95
        )
        covered += guess.lower <= 0.5 <= guess.upper

    assert covered >= 88


@pytest.mark.slow
def test_members_of_the_release_benchmark_are_not_found_and_would_be_in_its_own_rows():
    rng = np.random.default_rng(1)
    released, members, others = split(real_people(), rng, targets=4_000)

    ours = membership.guess_members(members, others, records=records_of(released, epsilon=4.0))
    verbatim = membership.guess_members(members, others, records=released)

    assert ours.auc < 0.53
    assert verbatim.lower > 0.6
