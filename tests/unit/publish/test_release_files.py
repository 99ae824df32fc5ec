"""Does a release hold every file of the contract, true to the figures that passed the gate, and nothing live?"""

import csv
import hashlib
import io
import json
import zipfile

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from tests.unit.publish.cleared_samples import release_of, rendered, sample_release, table_of

from cauce.standards import clearance
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message


@pytest.fixture(scope="module")
def files():
    return rendered(sample_release())


def test_release_holds_every_file_of_the_contract(files):
    stem = "tables/prs_Gender"
    endings = (".csv", ".es.csv", ".en.csv", ".fr.csv", ".ar.csv", ".parquet", ".xlsx", ".hxl.csv")

    wanted = {stem + ending for ending in endings}
    wanted |= {"release.json", "provenance.json", "datapackage.json", "checksums.txt", "site/index.html"}
    wanted |= {f"site/{language}/index.html" for language in ("es", "en", "fr", "ar")}

    assert wanted <= set(files)


def test_release_refuses_what_did_not_pass_the_gate():
    with pytest.raises(Refusal) as refusal:
        rendered({"tables": []})

    assert refusal.value.code == "publish.not_cleared"


def test_codes_keep_withheld_apart_from_zero(files):
    rows = list(csv.DictReader(io.StringIO(files["tables/prs_Gender.csv"].decode())))

    assert [(row["prs_Gender"], row["obs_value"], row["obs_status"]) for row in rows] == [
        ("Feminine", "118", "A"),
        ("Masculine", "0", "A"),
        ("_U", "", "Q"),
    ]


def test_labels_stand_beside_their_codes_in_each_language(files):
    rows = list(csv.DictReader(io.StringIO(files["tables/prs_Gender.es.csv"].decode())))

    assert (rows[0]["prs_Gender"], rows[0]["Sexo"], rows[0]["obs_value"]) == ("Feminine", "Femenino", "118")


def test_hxl_has_its_tags_under_the_heading(files):
    lines = files["tables/prs_Gender.hxl.csv"].decode().splitlines()

    assert all(tag.startswith("#") for tag in lines[1].split(","))
    assert lines[1].count(",") == lines[0].count(",")


def test_parquet_holds_the_observations_with_their_types(files):
    table = pq.read_table(io.BytesIO(files["tables/prs_Gender.parquet"]))

    assert table.column("obs_value").to_pylist() == [118, 0, None]
    assert str(table.schema.field("obs_value").type) == "int64"


def test_workbook_holds_numbers_codes_and_each_language(files):
    book = load_workbook(io.BytesIO(files["tables/prs_Gender.xlsx"]))

    assert book.sheetnames == ["codes", "es", "en", "fr", "ar", "about"]
    assert [cell.value for cell in book["codes"]["B"]] == ["obs_value", 118, 0, None]
    assert book["ar"].sheet_view.rightToLeft


def test_no_file_carries_a_live_formula_from_a_hostile_code():
    hostile = table_of(["partner_code"], [("=cmd|' /C calc'!A0", 20, 12, 28, "A"), ("@SUM(1)", 30, 22, 38, "A")])

    files = rendered(release_of([hostile]))

    for path in (path for path in files if path.endswith(".csv")):
        cells = [cell for row in csv.reader(io.StringIO(files[path].decode())) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]
    with zipfile.ZipFile(io.BytesIO(files["tables/partner_code.xlsx"])) as book:
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]


def test_records_are_written_with_their_headings_and_made_inert():
    import pyarrow as pa

    rows = pa.table({"sex": ["F", None], "note": ["=1+1", "-99"]})
    records = clearance.clear_records(columns=("sex", "note"), rows=rows, expected_error={"TV2": 0.02})

    files = rendered(release_of([], records=records))

    assert list(csv.reader(io.StringIO(files["records/records.csv"].decode()))) == [
        ["sex", "note"],
        ["F", "'=1+1"],
        ["", "-99"],
    ]


def test_checksums_name_every_other_file_and_agree(files):
    lines = dict(reversed(line.split("  ", 1)) for line in files["checksums.txt"].decode().splitlines())

    assert set(lines) == set(files) - {"checksums.txt"}
    assert all(hashlib.sha256(files[path]).hexdigest() == digest for path, digest in lines.items())


def test_datapackage_describes_each_table_and_its_file_truly(files):
    package = json.loads(files["datapackage.json"])

    resource = next(one for one in package["resources"] if one["path"] == "tables/prs_Gender.csv")
    assert resource["bytes"] == len(files["tables/prs_Gender.csv"])
    assert [field["name"] for field in resource["schema"]["fields"]][:2] == ["prs_Gender", "obs_value"]


def test_provenance_names_clause_file_mapping_code_and_cost_of_each_number(files):
    provenance = json.loads(files["provenance.json"])

    table = next(one for one in provenance["tables"] if one["table"] == "prs_Gender")
    kinds = [step["kind"] for step in table["chain"]]
    assert kinds == ["agreement", "file", "mapping", "linkage", "linkage", "protection", "code"]
    assert table["chain"][0]["clause"] == "3.1"
    assert table["numbers"]["Feminine"]["obs_value"] == 118


def test_provenance_derives_the_hidden_total_and_the_figure_of_each_method(files):
    hidden = json.loads(files["provenance.json"])["hidden_total"]

    assert hidden["numbers"] == {
        "total": {"obs_value": 4510, "lower": 4100, "upper": 5020, "obs_status": "E"},
        "main": {"obs_value": 4300, "lower": 4000, "upper": 4700, "obs_status": "E"},
        "bic": {"obs_value": 4510, "lower": 4100, "upper": 5020, "obs_status": "E"},
        "latent": {"obs_value": None, "lower": None, "upper": None, "obs_status": "O"},
    }
    assert {"agreement", "file", "mapping", "linkage", "protection", "estimation", "code"} == {
        step["kind"] for step in hidden["chain"]
    }


def test_provenance_has_no_hidden_total_where_none_was_asked():
    files = rendered(release_of([table_of([], [(3120, 3102, 3138, "A")])]))

    assert json.loads(files["provenance.json"])["hidden_total"] is None
    assert not [path for path in files if "derivations/hidden_total" in path]


def test_no_file_carries_the_exact_count_that_strayed_into_the_provenance(files):
    assert not [path for path, content in files.items() if path.endswith((".json", ".html")) and b"7391" in content]


def test_render_gives_the_same_bytes_for_the_same_release(files):
    again = rendered(sample_release())

    assert [path for path in files if files[path] != again[path]] == []


def test_reason_of_no_estimate_is_kept_in_each_language():
    reason = Message("File {file} is empty", file="a")
    missing = {"observed": None, "total": None, "lower": None, "upper": None}
    estimate = clearance.clear_estimate(status="not_estimable", reason=reason, manner="noised", epsilon=0.0, **missing)

    told = json.loads(rendered(sample_release(estimate=estimate))["release.json"])["estimate"]["reason"]

    assert set(told) == {"es", "en", "fr", "ar"}
    assert told["en"] == "File a is empty"
    assert told["es"] != told["en"]
