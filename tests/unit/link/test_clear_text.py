"""Are the persons of two lists found where their names may be laid side by side, and does a name stay in memory?"""

import tempfile

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import clear_text, facts, quality
from cauce.link.clear_columns import lay_out_people, share_met
from cauce.link.clear_text import NamedList
from cauce.link.people import People, describe_people

PEOPLE = [
    ("Ana", "Paz", "1990-01-02"),
    ("Luis", "Gil Mora", "1980-03-04"),
    ("Pierre", "Dupont", "1975-11-20"),
    ("Amina", "Bennani", "1999-07-15"),
    ("Rosa", "Quiroga", "1968-09-30"),
]


def name_list(code: str, people: People) -> NamedList:
    return NamedList(code, people, np.arange(len(people)), facts.missing_patterns(people))


def list_of(rows: list[tuple[str | None, ...]]) -> NamedList:
    return name_list("list", describe_people(*zip(*rows, strict=True)))


def pair(left: NamedList, right: NamedList):
    rng = np.random.default_rng(4)
    return clear_text.pair_named_lists(left, right, stretches=quality.draw_stretches(20, rng=rng), rng=rng)


@pytest.fixture(scope="module")
def linked():
    rng = np.random.default_rng(12)
    population = invent_population(900, languages=("es", "fr", "ar"), rng=rng)
    people = rng.permutation(900)
    lists = invent_lists(population, [people[:600], people[300:]], errors=0.05, rng=rng)
    left, right = (name_list("one", describe_people(one.given, one.surname, one.born)) for one in lists)
    return lists, pair(left, right)


def test_clear_text_finds_the_people_of_both_lists(linked):
    (left, right), found = linked

    sure = found.pairs.take(found.pairs.probability >= 0.8)
    hits = left.person[sure.left] == right.person[sure.right]

    assert hits.mean() >= 0.96
    assert hits.sum() >= 0.92 * 300


def test_clear_text_knows_how_many_are_in_both_lists(linked):
    _, found = linked

    assert 270 <= found.matches <= 330
    assert found.drawn.shape == (20,) and found.drawn.max() <= 600


def test_clear_text_keeps_each_person_in_one_pair(linked):
    _, found = linked

    assert np.unique(found.pairs.left).size == found.pairs.left.size
    assert np.unique(found.pairs.right).size == found.pairs.right.size


def test_clear_text_says_nothing_and_writes_nothing(tmp_path, monkeypatch, capfd, caplog):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    found = pair(list_of(PEOPLE), list_of(PEOPLE))

    said = capfd.readouterr()
    assert found.pairs.left.size == len(PEOPLE)
    assert (said.out, said.err, caplog.text) == ("", "", "")
    assert list(tmp_path.iterdir()) == []


def test_clear_text_lets_no_engine_spill_to_a_disk():
    with clear_text._open_engine() as engine:
        directory = engine.duckdb_con.sql("select current_setting('temp_directory')").fetchall()

    assert directory == [("",)]


def test_clear_text_brings_nobody_together_by_what_everybody_shares():
    alike = describe_people(["Maria"] * 400, ["Lopez"] * 400, ["1990-05-06"] * 400)

    columns = lay_out_people(alike)

    assert all(columns[rule].null_count == 400 for rule in ("by_date", "by_names", "by_year", "by_day", "rare_name"))


def test_columns_hold_swapped_and_double_names_so_that_they_meet():
    columns = lay_out_people(describe_people(["Luis", "Pérez"], ["Pérez Gómez", "Luis"], [None, None]))

    first, second = (set(texts) for texts in columns["by_names"].to_pylist())

    assert first & second


def test_share_met_of_people_without_names_is_that_of_their_dates():
    names = {"same": 0.9, "word": 0.0, "sound": 0.1, "crossed": 0.0, "half crossed": 0.0}
    parts = ("swapped", "year and month", "year and day", "month and day", "year")
    shares = {"given": names, "surname": names, "date": {"same": 0.7} | dict.fromkeys(parts, 0.05)}

    assert share_met(0, shares) == pytest.approx(1.0)
    assert share_met(3, shares) == pytest.approx(0.7)
    assert share_met(7, shares) == 0.0
