"""From anybody's table of codes to a release, by the command alone."""

import csv
import json

import numpy as np
import pytest

from tests.journeys.hubs import cauce

DOMAIN = 'sex = ["F", "M"]\ndebt = ["1"]\narea = ["A", "B", "C", "D", "E"]\nage = ["0", "1", "2"]\n'


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["sex", "debt", "area", "age"])
        for _ in range(3_000):
            writer.writerow(
                [
                    rng.choice(["F", "M"]),
                    rng.choice(["", "1"]),
                    rng.choice(list("ABC")),
                    rng.choice(["0", "1", "2", ""]),
                ]
            )
    (tmp_path / "domain.toml").write_text(DOMAIN)
    return path


def protect(table, *more, domain="domain.toml", out="out", delta=1e-8):
    folder = table.parent
    words = ("--epsilon", 4, "--delta", delta, "--domain", folder / domain, "--out", folder / out, "--json")
    return cauce("protect", table, *words, *more)


def rows_of(path):
    with path.open(newline="") as stream:
        return list(csv.reader(stream))


def test_protect_writes_records_tables_and_a_report_with_the_same_headings_and_codes(table):
    said = protect(table)

    out = table.parent / "out"
    assert said.code == 0
    assert said.facts == json.loads((out / "report.json").read_text())
    assert {"epsilon", "delta", "rows", "tables", "withheld", "expected_error"} <= set(said.facts)
    records = rows_of(out / "records.csv")
    assert records[0] == ["sex", "debt", "area", "age"]
    assert len(records) - 1 == said.facts["rows"] and abs(said.facts["rows"] - 3_000) < 60
    assert {"F", "M"} <= {row[0] for row in records[1:]} <= {"F", "M", ""}
    assert {row[2] for row in records[1:]} <= set("ABCDE")
    assert len(list((out / "tables").iterdir())) == said.facts["tables"] == 1 + 4 + 6
    page = (out / "report.html").read_text()
    assert all(f'lang="{language}"' in page for language in ("es", "en", "fr", "ar")) and 'dir="rtl"' in page


def test_protect_gives_an_interval_for_every_cell_of_the_public_domain(table):
    protect(table)

    cells = rows_of(table.parent / "out" / "tables" / "sex+area.csv")
    assert cells[0] == ["sex", "area", "obs_value", "lower", "upper", "confidence_level", "obs_status"]
    assert {cell[1] for cell in cells[1:]} == {"A", "B", "C", "D", "E"}
    assert all(int(cell[3]) <= int(cell[4]) and cell[5] == "0.95" for cell in cells[1:])
    assert all((cell[2] == "") == (cell[6] == "Q") for cell in cells[1:])


def test_protect_holds_no_withheld_pair_in_a_record(table):
    protect(table)

    out = table.parent / "out"
    records = rows_of(out / "records.csv")
    for path in (out / "tables").glob("*+*.csv"):
        one, two = (records[0].index(name) for name in path.stem.split("+"))
        withheld = {(cell[0], cell[1]) for cell in rows_of(path)[1:] if cell[6] == "Q"}
        assert not {(row[one], row[two]) for row in records[1:]} & withheld


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"domain": "absent.toml"}, {"store.no_file"}),
        ({"delta": 0.01}, {"protect.delta_too_large"}),
        ({"domain": "short.toml"}, {"protect.no_domain"}),
        ({"domain": "text.toml"}, {"protect.free_text"}),
    ],
)
def test_protect_refuses_before_anything_is_written(table, change, codes):
    (table.parent / "short.toml").write_text('sex = ["F", "M"]\ndebt = ["1"]\narea = ["A"]\n')
    (table.parent / "text.toml").write_text(DOMAIN.replace("A", "story"))
    if change.get("domain") == "text.toml":
        lines = table.read_text().splitlines()
        table.write_text("\n".join([lines[0], *(f"F,1,words {place},1" for place in range(400))]) + "\n")

    said = protect(table, **change)

    assert said.code == 2
    assert {refusal["code"] for refusal in said.facts["refusals"]} == codes
    assert not (table.parent / "out").exists()
    assert not list(table.parent.glob(".out*"))


def test_protect_refuses_to_learn_codes_from_the_data(table):
    said = cauce("protect", table, "--epsilon", 1, "--delta", 1e-8, "--out", table.parent / "out", "--json")

    assert (said.code, said.facts["refusals"][0]["code"]) == (2, "protect.no_domain_file")


def test_protect_speaks_spanish(table):
    said = cauce(
        "protect",
        table,
        "--epsilon",
        4,
        "--delta",
        1e-8,
        "--domain",
        table.parent / "domain.toml",
        "--out",
        table.parent / "out",
        "--lang",
        "es",
    )

    assert "Se gastó epsilon 4" in said.out


def test_protect_draws_other_noise_each_time(table):
    protect(table, out="one")
    protect(table, out="two")

    one, two = (rows_of(table.parent / name / "tables" / "area.csv") for name in ("one", "two"))
    assert one != two
