"""A steward reviews doubtful pairs: shown without names, decided by partners, kept by the next run, gone with a partner."""

import csv
import json
from datetime import date

import pyarrow.parquet as pq
import pytest

from cauce.store import decisions, workspace
from cauce.store.decisions import Decision
from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce

DECIDED = ("--by", "Comité técnico", "--today", TODAY)
FIELDS = ["list_a", "record_id_a", "list_b", "record_id_b"]


def person_of(hub):
    rows = pq.read_table(hub / "vault/links.parquet").to_pylist()
    return {(row["partner_code"], row["record_id"]): row["person_id"] for row in rows}


def read_doubts(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write_decisions(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([[*FIELDS, "decision"], *rows])


def merged(hub):
    """Two records of two partners that are one person now."""
    groups = {}
    for record, person in person_of(hub).items():
        groups.setdefault(person, []).append(record)
    return next(tuple(group[:2]) for group in groups.values() if len({partner for partner, _ in group}) > 1)


def names_of(hub):
    """The names that partners' records hold, as they were read."""
    columns = [
        pq.read_table(path).select(["prs_FirstName", "prs_SecondName"])
        for path in (hub / "partners").rglob("*.parquet")
        if {"prs_FirstName", "prs_SecondName"} <= set(pq.read_schema(path).names)
    ]
    return {cell for table in columns for column in table.columns for cell in column.to_pylist() if cell}


@pytest.mark.slow
def test_steward_reviews_decides_runs_again_and_a_partner_withdraws(hub, tmp_path):
    settings = (hub / "hub.toml").read_text().replace("epsilon_release = 1.0", "epsilon_release = 0.5")
    (hub / "hub.toml").write_text(settings, encoding="utf-8")  # two runs more fit into the year
    shown = cauce("review", hub, "--out", tmp_path / "dudas.csv", "--lang", "es")
    doubts = read_doubts(tmp_path / "dudas.csv")
    doubt, (one, other) = doubts[0], merged(hub)

    assert (shown.code, shown.err) == (1, "") and doubt["list_a"] in shown.out and "Probabilidad" in shown.out
    assert set(doubts[0]) == {*FIELDS, "probability", "given_name", "surname", "birth_date", "decision"}
    told = shown.out + (tmp_path / "dudas.csv").read_text(encoding="utf-8-sig")
    assert len(names_of(hub)) > 100 and not [name for name in names_of(hub) if name in told]

    asked = (doubt["list_a"], doubt["record_id_a"]), (doubt["list_b"], doubt["record_id_b"])
    was_one = person_of(hub)[asked[0]] == person_of(hub)[asked[1]]
    rows = [[*asked[0], *asked[1], "different" if was_one else "same"], [*one, *other, "Different "]]
    write_decisions(tmp_path / "decididas.csv", rows)
    taken = cauce("review", hub, "--decisions", tmp_path / "decididas.csv", *DECIDED, "--json")
    ran = cauce("run", hub, "--json", "--today", TODAY)

    assert (taken.code, taken.facts) == (0, {"taken": 2, "decisions": 2, "open": len(doubts) - 1})
    assert ran.code == 0 and ran.facts["people"]["linkage"]["decisions"] == 2
    assert ran.facts["release"]["epsilon_spent"] > 0, "other people are another release"
    people = person_of(hub)
    assert (people[asked[0]] == people[asked[1]]) != was_one and people[one] != people[other]
    kept = json.loads((hub / "vault/decisions.json").read_text(encoding="utf-8"))
    assert {(row["by"], row["decided"]) for row in kept} == {("Comité técnico", TODAY)}

    cauce("agree", hub, "--partner", one[0], "--withdraw", "--today", TODAY)
    ran = cauce("run", hub, "--json", "--today", TODAY)

    assert ran.code == 0
    kept = (hub / "vault/decisions.json").read_text() if (hub / "vault/decisions.json").exists() else ""
    assert f'"{one[0]}"' not in kept
    assert one[0] not in pq.read_table(hub / "vault/doubts.parquet")["list_a"].to_pylist()


def test_review_tells_all_that_is_wrong_with_decisions_at_once_and_keeps_none(hub, tmp_path):
    a, b, c = (next(record for record in person_of(hub) if record[0] == partner) for partner in partners_of(hub)[:3])
    rows = [
        [*a, *b, "same"],
        [*b, *c, "same"],
        [*c, *a, "different"],
        [*a, "Xiomara Quiroga", "1", "same"],
        [*a, *a, "same"],
        [*a, *c, "quizás Quiroga"],
        [*a, *c, ""],
    ]
    write_decisions(tmp_path / "decididas.csv", rows)

    said = cauce("review", hub, "--decisions", tmp_path / "decididas.csv", *DECIDED, "--json")

    assert said.code == 2 and "Quiroga" not in said.out + said.err
    told = {one["code"]: one["found"] for one in said.facts["refusals"]}
    assert set(told) == {
        *("review.unknown_word", "review.unknown_record", "review.one_record", "review.contradiction"),
    }
    assert "2, 3, 4" in told["review.contradiction"] and "rows 7" in told["review.unknown_word"]
    assert not (hub / "vault/decisions.json").exists()


@pytest.mark.slow
def test_review_refuses_decisions_on_rows_without_a_number_and_a_run_lets_older_ones_go(hub, tmp_path):
    mapping = hub / "mappings/accueil.toml"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace('"record_id"', '""'), encoding="utf-8")
    ran = cauce("run", hub, "--json", "--today", TODAY)
    rows = [next(record for record in person_of(hub) if record[0] == partner) for partner in ("accueil", "casa")]
    write_decisions(tmp_path / "decididas.csv", [[*rows[0], *rows[1], "same"]])

    said = cauce("review", hub, "--decisions", tmp_path / "decididas.csv", *DECIDED, "--json")

    assert (ran.code, rows[0][1].startswith("accueil_personnes.ods#")) == (0, True)
    assert said.code == 2
    assert [one["code"] for one in said.facts["refusals"]] == ["review.unnumbered_record"]

    older = Decision(*rows[0], *rows[1], "same", "Ana", date(2026, 11, 1))
    decisions.save_decisions(workspace.open_hub(hub), [older])
    ran = cauce("run", hub, "--json", "--today", TODAY)

    assert ran.code == 0 and ran.facts["people"]["linkage"]["decisions"] == 0
    assert not (hub / "vault/decisions.json").exists()


def partners_of(hub):
    return sorted({partner for partner, _ in person_of(hub)})


def test_review_refuses_what_contradicts_earlier_decisions_and_lets_the_same_pair_be_decided_anew(hub, tmp_path):
    a, b, c = (next(record for record in person_of(hub) if record[0] == partner) for partner in partners_of(hub)[:3])
    said = []
    for rows in (
        [[*a, *b, "same"], [*b, *c, "different"]],
        [[*c, *a, "same"]],
        [[*b, *a, "different"], [*c, *a, "same"]],
    ):
        write_decisions(tmp_path / "decididas.csv", rows)
        said.append(cauce("review", hub, "--decisions", tmp_path / "decididas.csv", *DECIDED, "--json"))

    assert [one.code for one in said] == [0, 2, 0]
    assert said[1].facts["refusals"][0]["code"] == "review.contradiction"
    assert said[2].facts["taken"] == 2 and said[2].facts["decisions"] == 3


def test_review_refuses_decisions_that_nobody_signs(hub, tmp_path):
    write_decisions(tmp_path / "decididas.csv", [])

    said = cauce("review", hub, "--decisions", tmp_path / "decididas.csv", "--lang", "es")

    assert said.code == 2 and "--by" in said.err


def test_review_refuses_a_hub_that_linked_nothing(tmp_path):
    cauce("new", tmp_path / "mesa")

    said = cauce("review", tmp_path / "mesa", "--json")

    assert (said.code, said.facts["refusals"][0]["code"]) == (2, "review.nothing_linked")
