"""Does the whole way, from an empty hub to the pages, hold on files that we did not make?"""

import random

import pyarrow.parquet as pq
import pytest

from tests.journeys.hubs import cauce
from tests.journeys.test_partner_files import fill, invent_case
from tests.shared_data import shared_data

DAYS = ("--from", "2026-01-01", "--until", "2028-12-31", "--today", "2026-02-01")


def whole_way(hub, path, partner, *options):
    """`cauce new`, `add`, `agree`, `run`: the facts of the run and the release's folder."""
    for words in (
        ("new", hub),
        ("add", hub, path, "--partner", partner, "--today", "2026-02-01", *options),
        ("agree", hub, "--partner", partner, *DAYS),
    ):
        done = cauce(*words)
        assert done.code == 0, done.err
    run = cauce("run", hub, "--json", "--today", "2026-02-02")
    assert run.code == 0, run.out + run.err
    return run.facts, hub / "releases" / run.facts["release"]["id"]


@pytest.mark.slow
def test_ctdc_file_becomes_a_release_with_every_person_and_the_true_share_of_women(tmp_path):
    path = shared_data("cases/ctdc_global_2020.csv")

    facts, release = whole_way(tmp_path / "hub", path, "ctdc", "--yes")

    assert facts["read"] == {"rows": 48_773, "rejected": 0, "partners": ["ctdc"]}
    assert (facts["people"]["count"], facts["people"]["linkage"]) == (48_773, None)
    assert facts["hidden"]["status"] == "not_estimable"
    women = next(
        row
        for row in pq.read_table(release / "tables" / "prs_Gender.parquet").to_pylist()
        if row["prs_Gender"] == "Feminine"
    )
    assert women["lower"] <= 35_506 <= women["upper"]
    assert {page.name for page in (release / "site").iterdir()} >= {"index.html", "es", "en", "fr", "ar"}


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_filled_htcds_workbook_becomes_a_release(options, tmp_path):
    rng = random.Random(5)
    book = tmp_path / "HTCDS_Excel_v2.0.xlsx"
    fill(shared_data(f"htcds/{book.name}"), book, [invent_case(rng, number) for number in range(200)])

    facts, release = whole_way(tmp_path / "hub", book, "casa", *options)

    assert facts["read"] == {"rows": 200, "rejected": 0, "partners": ["casa"]}
    assert facts["hidden"]["status"] == "not_estimable"
    assert (release / "site" / "index.html").is_file()


@pytest.mark.slow
def test_ctdc_victims_and_perpetrators_become_a_release(tmp_path):
    path = shared_data("cases/ctdc_victim_perpetrator_synthetic.csv")

    facts, release = whole_way(tmp_path / "hub", path, "ctdc", "--yes")

    assert (facts["read"]["rows"], facts["read"]["rejected"], facts["people"]["count"]) == (21_195, 0, 21_195)
    assert (release / "tables" / "vic_TypeOfExploitation.csv").is_file()
