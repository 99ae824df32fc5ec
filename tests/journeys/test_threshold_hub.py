"""A hub that releases by thresholds: what is withheld because one partner dominates it, rounded figures, and why."""

import csv
import re
import shutil

import duckdb
import pytest

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce

RULE = {
    'kind = "differential-privacy"': 'kind = "threshold"',
    "dominance = 0.85": "dominance = 0.5",
    "rounding = 1 ": "rounding = 5 ",
}


@pytest.fixture(scope="module")
def release(demo, tmp_path_factory):
    """The demo's partners in a hub that never released anything, run by thresholds: its only release."""
    hub = tmp_path_factory.mktemp("thresholds") / "mesa"
    shutil.copytree(demo[0], hub, ignore=shutil.ignore_patterns(f"{TODAY}*", "ledger.*"))
    settings = (hub / "hub.toml").read_text(encoding="utf-8")
    for old, new in RULE.items():
        assert old in settings
        settings = settings.replace(old, new)
    (hub / "hub.toml").write_text(settings, encoding="utf-8")
    said = cauce("run", hub, "--json", "--today", TODAY)
    assert said.code == 0, said.err
    return hub / "releases" / said.facts["release"]["id"]


def rows_of(release, name):
    with (release / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_run_by_thresholds_rounds_what_it_shows_with_the_interval_of_what_it_may_be(release):
    rows = [row for path in (release / "tables").glob("*[!a-z].csv") for row in rows_of(release, path.stem)]
    rows += rows_of(release, "prs_Gender")
    shown = [row for row in rows if row["obs_value"]]

    assert any(int(row["obs_value"]) > 0 for row in shown)
    for row in shown:
        value, lower, upper = (int(row[name]) for name in ("obs_value", "lower", "upper"))
        assert value % 5 == 0
        assert lower <= value <= upper or value == lower == 0
    assert all(row["obs_status"] == ("A" if row["obs_value"] else "Q") for row in rows)


def test_figures_of_which_one_partner_knows_more_than_its_share_are_withheld(release):
    dominated = """
        WITH people AS (SELECT age_code, lists FROM read_parquet(?) WHERE age_code IS NOT NULL),
             figures AS (SELECT age_code, count(*) AS persons FROM people GROUP BY ALL),
             known AS (SELECT age_code, partner, count(*) AS own
                       FROM (SELECT age_code, unnest(lists) AS partner FROM people) GROUP BY ALL)
        SELECT DISTINCT age_code FROM figures JOIN known USING (age_code)
        WHERE persons >= 10 AND own < persons AND own > 0.5 * persons
    """
    path = str(release.parent.parent / "vault" / "people.parquet")

    found = {code for (code,) in duckdb.execute(dominated, [path]).fetchall()}

    withheld = {row["age_code"] for row in rows_of(release, "age_code") if row["obs_status"] == "Q"}
    assert found
    assert found <= withheld


def test_page_says_in_spanish_why_figures_are_withheld_and_that_they_are_rounded(release):
    html = (release / "site" / "es" / "tables" / "prs_Gender+age_code.html").read_text(encoding="utf-8")

    page = " ".join(re.sub("<[^>]*>", "", html).split())
    assert "una sola institución conoce más del 50 %" in page
    assert "sale casi toda de la lista de una sola institución" in page
    assert "se redondean a múltiplos de 5" in page


def test_explain_tells_in_spanish_that_a_figure_was_rounded(release):
    code = next(row for row in rows_of(release, "age_code") if row["obs_value"] not in ("", "0"))["age_code"]

    said = cauce("explain", release.parent.parent, f"{release.name}/age_code/{code}", "--lang", "es")

    assert said.code == 0, said.err
    assert "se redondearon a múltiplos de 5" in " ".join((said.out + said.err).split())


@pytest.mark.parametrize(("key", "value"), [("dominance", "0.0"), ("dominance", "85"), ("rounding", "0")])
def test_run_refuses_in_spanish_a_rule_out_of_its_bounds(hub, key, value):
    settings = (hub / "hub.toml").read_text(encoding="utf-8").splitlines()
    changed = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in settings]
    (hub / "hub.toml").write_text("\n".join(changed), encoding="utf-8")

    said = cauce("run", hub, "--lang", "es", "--today", TODAY)

    assert said.code == 2
    assert f"policy.{key} no puede ser {value}" in said.err + said.out
