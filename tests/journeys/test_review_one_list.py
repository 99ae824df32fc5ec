"""One partner's list alone: its repeats are joined, the doubtful ones are reviewed and decided, the people counted anew."""

import csv
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.invented_people import invent_lists, invent_population
from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce

HEADINGS = ["Expediente", "Nombres", "Apellidos", "Fecha de nacimiento", "Sexo"]
FIELDS = ["list_a", "record_id_a", "list_b", "record_id_b"]
ON = ("--today", TODAY)

pytestmark = pytest.mark.slow


def invent_two():
    """casa: 400 people, 60 of them written twice, with errors; ong: 100 of them and 60 others."""
    rng = np.random.default_rng(14)
    members = [np.r_[np.arange(400), rng.choice(400, 60, replace=False)], np.arange(300, 460)]
    lists = invent_lists(invent_population(460, languages=("es",), rng=rng), members, errors=0.06, rng=rng)
    return dict(zip(("casa", "ong"), lists, strict=True))


def send(hub, partner, one):
    """The list as the partner's file, added and agreed upon."""
    path = hub.parent / f"{partner}.csv"
    people = zip(one.given, one.surname, one.born, strict=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = ([f"{partner}-{place}", *(cell or "" for cell in cells), "F"] for place, cells in enumerate(people))
        csv.writer(stream).writerows([HEADINGS, *rows])
    added = cauce("add", hub, path, "--partner", partner, "--yes", *ON)
    days = ("--from", TODAY, "--until", "2027-11-22", *ON)
    agreed = cauce("agree", hub, "--partner", partner, "--linkage", "encoded", *days)
    assert (added.code, agreed.code) == (0, 0), added.err + agreed.err


def run(hub):
    said = cauce("run", hub, "--json", *ON)
    assert said.code == 0, said.err
    return said.facts


def decide(hub, *rows):
    path = hub.parent / "decididas.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows([[*FIELDS, "decision"], *rows])
    return cauce("review", hub, "--decisions", path, "--by", "Comité técnico", *ON, "--json")


def person_of(hub):
    rows = pq.read_table(hub / "vault/links.parquet").to_pylist()
    return {row["record_id"]: row["person_id"] for row in rows if row["partner_code"] == "casa"}


def repeated(hub):
    """Two records of the list that are one person now."""
    groups = {}
    for record, person in person_of(hub).items():
        groups.setdefault(person, []).append(record)
    return next(group for group in groups.values() if len(group) == 2)


@pytest.fixture(scope="module")
def ran_once(tmp_path_factory):
    """A hub with one list, run once, and what the run said."""
    hub = tmp_path_factory.mktemp("alone") / "mesa"
    assert cauce("new", hub).code == 0
    settings = (hub / "hub.toml").read_text(encoding="utf-8")
    settings = settings.replace("epsilon_release = 1.0", "epsilon_release = 0.3")  # three runs fit into the year
    (hub / "hub.toml").write_text(settings, encoding="utf-8")
    send(hub, "casa", invent_two()["casa"])
    return hub, run(hub)


@pytest.fixture
def alone(ran_once, tmp_path):
    """A copy of it that a journey may change."""
    shutil.copytree(ran_once[0], tmp_path / "mesa")
    return tmp_path / "mesa", ran_once[1]


def test_steward_reviews_the_repeats_of_one_list_and_decisions_stand_when_a_second_list_comes(alone, tmp_path):
    hub, ran = alone
    spoken = [cauce("review", hub, "--lang", language, "--out", tmp_path / "dudas.csv") for language in ("es", "fr")]
    doubts = cauce("review", hub, "--json").facts["doubts"]
    apart = [row for row in doubts if len({person_of(hub)[row[f"record_id_{end}"]] for end in "ab"}) == 2]
    same, different = ([row[name] for name in FIELDS] for row in apart[:2])
    one, other = repeated(hub)

    assert ran["people"]["linkage"] is None and 395 <= ran["people"]["count"] < 430
    assert [said.code for said in spoken] == [1, 1] and {row["list_a"] for row in doubts} == {"casa"}
    assert f"dentro de una sola lista: {len(doubts)};" in spoken[0].out
    assert f"Dont {len(doubts)} dans une seule liste" in spoken[1].out
    assert spoken[0].out.count("casa ") == len(doubts), "the partner once"
    names = {
        str(cell).casefold() for cells in (invent_two()["casa"].given, invent_two()["casa"].born) for cell in cells
    }
    told = "".join(said.out for said in spoken).casefold() + (tmp_path / "dudas.csv").read_text(encoding="utf-8-sig")
    assert len(names) > 100 and not [name for name in names if name in told.casefold().split()]

    read = [
        cell
        for path in (hub / "vault").glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
        for cell in row.values()
    ]
    assert len(read) > 1_000 and not names & {str(cell).casefold() for cell in read}

    taken = decide(hub, [*same, "same"], [*different, "different"], ["casa", one, "casa", other, "different"])
    again = run(hub)
    people = person_of(hub)

    assert (taken.code, taken.facts) == (0, {"taken": 3, "decisions": 3, "open": len(doubts) - 2})
    assert people[same[1]] == people[same[3]]
    assert people[different[1]] != people[different[3]] and people[one] != people[other]
    assert again["people"]["count"] == ran["people"]["count"], "one person fewer, and one more"
    left = {
        frozenset([row["record_id_a"], row["record_id_b"]]) for row in cauce("review", hub, "--json").facts["doubts"]
    }
    assert not left & {frozenset(pair) for pair in (same[1::2], different[1::2], (one, other))}

    send(hub, "ong", invent_two()["ong"])
    both = run(hub)
    people = person_of(hub)

    assert both["people"]["linkage"]["decisions"] == 3
    assert people[same[1]] == people[same[3]]
    assert people[different[1]] != people[different[3]] and people[one] != people[other]


def test_run_says_that_one_list_is_linked_within_and_its_release_that_each_person_counts_once(alone):
    hub, ran = alone

    spoken = {language: " ".join(cauce("run", hub, "--lang", language, *ON).out.split()) for language in ("es", "fr")}
    chain = (hub / "releases" / ran["release"]["id"] / "provenance.json").read_text(encoding="utf-8")

    assert "solo dentro de una lista" in spoken["es"] and "dans une seule liste" in spoken["fr"]
    assert '"method": "encoded"' in chain and "each row counts as one person" not in chain
