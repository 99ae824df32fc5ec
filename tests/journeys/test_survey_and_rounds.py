"""Do `cauce estimate survey` and `cauce estimate rounds` answer as the contract says?"""

import json

import pytest

from cauce.cli.main import main

SAMPLE = "zone,units,people,before,weight,flag\n" + "".join(
    f"{zone},{units},{people},{before},{weight},{flag}\n"
    for zone, units, people, before, weight, flag in [
        ("a", 12, 10, 9, 4, "x"),
        ("a", 12, 14, 15, 4, "y"),
        ("a", 12, 12, 11, 4, "x"),
        ("b", 6, 31, 30, 2, "y"),
        ("b", 6, 35, 33, 2, "x"),
        ("b", 6, 30, 33, 2, "y"),
    ]
)


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "sample.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return str(path)


@pytest.fixture
def ask(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as left:
            main(["estimate", *words])
        return left.value.code, capsys.readouterr().out

    return run


def test_survey_command_tells_ratio_known_total_and_domains_as_json(ask, sample):
    options = [
        "--value",
        "people",
        "--statistic",
        "ratio",
        "--denominator",
        "before",
        "--known-total",
        "240",
        "--weight",
        "weight",
    ]
    options += ["--strata", "zone", "--population", "units", "--domain", "flag", "--json"]

    code, said = ask("survey", sample, *options)

    results = json.loads(said)["results"]
    assert code == 0
    assert [(one["quantity"], one["domain"]) for one in results] == [
        ("ratio", None), ("ratio_total", None), ("ratio", "x"), ("ratio", "y"),
    ]  # fmt: skip
    assert set(results[0]) == {"quantity", "domain", "estimate", "se", "lower", "upper", "df", "n"}
    assert results[1]["estimate"] == pytest.approx(240 * results[0]["estimate"])


def test_survey_command_says_one_paragraph_in_spanish(ask, sample):
    code, said = ask(
        "survey", sample, *["--value", "people", "--statistic", "total", "--weight", "weight", "--lang", "es"]
    )

    assert code == 0
    assert "diecinueve de cada veinte" in said


def test_survey_command_refuses_a_ratio_without_its_denominator(ask, sample):
    code, said = ask("survey", sample, *["--value", "people", "--statistic", "ratio", "--weight", "weight", "--json"])

    assert code == 2
    assert json.loads(said)["refusals"][0]["code"] == "estimate.survey_columns"


def test_survey_command_takes_an_unknown_statistic_as_wrong_usage(ask, sample):
    code, _ = ask("survey", sample, *["--value", "people", "--statistic", "mode", "--weight", "weight", "--json"])

    assert code == 64


def test_rounds_command_tells_four_figures_as_json(ask, tmp_path):
    (tmp_path / "r1.csv").write_text("site,persons\nA,100\nB,200\nC,300\n", encoding="utf-8")
    (tmp_path / "r2.csv").write_text(
        "site,persons,state\nA,120,assessed\nC,0,closed\nD,500,assessed\n", encoding="utf-8"
    )
    options = ["--site", "site", "--value", "persons", "--status", "state", "--json"]

    code, said = ask("rounds", str(tmp_path / "r1.csv"), str(tmp_path / "r2.csv"), *options)

    told = json.loads(said)
    assert code == 0
    assert (told["like_for_like"], told["newly_covered"], told["closed"]) == (-280, 500, -300)
    assert told["not_assessed"] == {"sites": 1, "last_known": 200, "lower": 0, "upper": 240}


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_rounds_command_draws_its_bridge_to_a_picture(ask, tmp_path, ending, begins):
    (tmp_path / "r.csv").write_text("site,persons\nA,100\n", encoding="utf-8")
    picture, round_file = tmp_path / f"bridge.{ending}", str(tmp_path / "r.csv")

    code, _ = ask("rounds", round_file, round_file, *f"--site site --value persons --chart {picture}".split())

    assert code == 0
    assert picture.read_bytes().startswith(begins)


def test_rounds_command_refuses_a_picture_of_an_unknown_kind(ask, tmp_path):
    (tmp_path / "r.csv").write_text("site,persons\nA,100\n", encoding="utf-8")
    round_file = str(tmp_path / "r.csv")

    code, said = ask(
        "rounds", round_file, round_file, *["--site", "site", "--value", "persons", "--chart", "x.gif", "--json"]
    )

    assert (code, json.loads(said)["refusals"][0]["code"]) == (2, "publish.chart_kind")
