"""A hub whose hub.toml asks for invented records: they leave with the tables, at no further cost."""

import csv
import json

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce


def test_run_releases_invented_records_with_their_page_where_hub_toml_asks_for_them(hub):
    settings = hub / "hub.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("records = false", "records = true"), "utf-8")

    said = cauce("run", hub, "--json", "--today", TODAY)

    assert said.code == 0, said.err
    assert said.facts["release"]["epsilon_spent"] == 1.0
    release = hub / "releases" / said.facts["release"]["id"]
    told = json.loads((release / "release.json").read_text(encoding="utf-8"))["records"]
    with (release / "records" / "records.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == told["rows"] > 500
    assert list(rows[0]) == told["columns"]
    source = json.loads((release / "provenance.json").read_text(encoding="utf-8"))["records"]
    assert set(source["drawn_from"]) == set(told["distances"]) >= {"prs_Gender", "prs_Gender+age_code"}
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    assert "records/records.csv" in [one["path"] for one in package["resources"]]
    assert all((release / "site" / language / "records.html").is_file() for language in ("es", "en", "fr", "ar"))
