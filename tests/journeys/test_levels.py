"""Wider categories and figures published elsewhere, from hub.toml to the page and to the derivation of a parent."""

import csv
import json
import re

import pytest

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce

SETTINGS = """
[[levels]]
field = "age_code"

[[invariants]]
by = []
codes = []
value = {people}
source = "Statistical yearbook"
published = 2026-03-01
"""


def rows_of(release, name):
    with (release / "tables" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def official(hub):
    """A hub whose total was published elsewhere, run again: its newest release and the total."""
    people = int(rows_of(hub / "releases" / f"{TODAY}.1", "total.csv")[0]["obs_value"]) + 1
    with (hub / "hub.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(people=people))
    said = cauce("run", hub, "--json", "--today", TODAY)
    assert said.code == 0, said.err
    return hub / "releases" / said.facts["release"]["id"], people


def test_run_releases_parents_and_agrees_with_a_total_published_elsewhere(official):
    release, people = official

    total = rows_of(release, "total.csv")[0]
    ages, majorities = (rows_of(release, f"{name}.unbiased.csv") for name in ("age_code", "age_code@1"))
    children = sum(float(row["unbiased"]) for row in ages if row["age_code"] in ("Y0T8", "Y9T17", "Y0T17_U"))

    assert (total["obs_value"], total["lower"], total["upper"]) == (str(people),) * 3
    assert [row["age_code@1"] for row in majorities] == ["Y0T17", "Y_GE18", "_U"]
    assert float(majorities[0]["unbiased"]) == pytest.approx(children, abs=0.01)
    assert sum(float(row["unbiased"]) for row in ages) == pytest.approx(people, abs=0.01)
    described = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert "tables/age_code@1.unbiased.csv" in [one["path"] for one in described]
    assert all(re.fullmatch(r"[-a-z0-9._/]+", one["name"]) for one in described)
    assert rows_of(release, "age_code@1.hxl.csv")[0]["age_code@1"] == "#group+code+age+age_code_1"


def test_page_provenance_and_derivation_say_who_published_a_total(official):
    release, people = official
    hub = release.parent.parent

    page = (release / "site" / "es" / "tables" / "total.html").read_text(encoding="utf-8")
    said = cauce("explain", hub, f"{release.name}/age_code@1/Y0T17", "--vault", "--json")
    bands = [
        cauce("explain", hub, f"{release.name}/age_code/{band}", "--vault", "--json").facts["vault"]["exact"]
        for band in ("Y0T8", "Y9T17", "Y0T17_U")
    ]

    assert "Statistical yearbook" in page
    assert "no se protege aquí" in page
    steps = [step for step in said.facts["chain"] if step["kind"] == "invariant"]
    assert steps[0]["published_figure"]["value"] == people
    assert said.facts["vault"]["exact"] == sum(bands)
