"""The main job on a fictitious hub, from the command line: run, run again, explain, withdraw, expire."""

import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce


def release_files(hub):
    return {str(path.relative_to(hub)): path for path in (hub / "releases").rglob("*") if path.is_file()}


def test_demo_tells_one_object_with_all_that_the_contract_names(demo):
    folder, said = demo
    facts = said.facts

    assert facts["read"]["partners"] == ["accueil", "casa", "inspection", "policia"]
    assert facts["read"]["rejected"] >= 2
    assert facts["people"]["count"] < facts["read"]["rows"]
    assert {"precision", "recall", "clusters"} <= set(facts["people"]["linkage"])
    assert 0 < facts["hidden"]["linkage_share"] <= 1
    assert {"status", "reason", "observed", "total", "lower", "upper", "methods"} <= set(facts["hidden"])
    assert facts["release"]["epsilon_spent"] == 1.0
    assert {"people", "women", "children"} <= set(facts["truth"]["covered"])
    assert facts["site"] == str(folder / "releases" / f"{TODAY}.1" / "site" / "index.html")


def test_release_has_the_layout_of_the_contract_and_its_checksums_hold(demo):
    folder = demo[0] / "releases" / f"{TODAY}.1"

    for name in ("release.json", "provenance.json", "datapackage.json", "checksums.txt", "site/index.html"):
        assert (folder / name).is_file()
    for form in ("csv", "es.csv", "ar.csv", "parquet", "xlsx", "hxl.csv"):
        assert (folder / "tables" / f"prs_Gender+age_code.{form}").is_file()
    for line in (folder / "checksums.txt").read_text().splitlines():
        checksum, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum


def test_second_run_with_nothing_new_spends_nothing(hub):
    before = {name: path.read_bytes() for name, path in release_files(hub).items()}

    said = cauce("run", hub, "--json", "--today", TODAY)

    assert said.code == 0
    assert said.facts["release"]["epsilon_spent"] == 0
    assert {name: path.read_bytes() for name, path in release_files(hub).items()} == before


def test_two_runs_at_once_spend_once(hub):
    shutil.rmtree(hub / "releases" / f"{TODAY}.1")
    text = (hub / "hub.toml").read_text().replace("threshold = 10", "threshold = 11")
    (hub / "hub.toml").write_text(text)
    line = [sys.executable, "-m", "cauce", "run", str(hub), "--json", "--today", TODAY]
    both = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]

    facts = [json.loads(process.communicate(timeout=300)[0]) for process in both]

    assert len({one["release"]["id"] for one in facts}) == 1
    assert sorted(one["release"]["epsilon_spent"] for one in facts)[0] == 0
    assert len(list((hub / "releases").iterdir())) == 1


def test_explain_tells_the_chain_and_the_exact_count_in_the_vault_only(hub):
    address = f"{TODAY}.1/prs_Gender/Feminine"

    outside = cauce("explain", hub, address, "--json").facts
    inside = cauce("explain", hub, address, "--vault", "--json", "--lang", "es").facts

    kinds = [step["kind"] for step in outside["chain"]]
    assert kinds.index("agreement") < kinds.index("file") < kinds.index("mapping") < kinds.index("protection")
    assert "vault" not in outside
    assert isinstance(inside["vault"]["exact"], int)
    assert "no debe salir" in inside["vault"]["warning"]


def test_explain_tells_where_the_hidden_total_and_each_method_come_from(demo):
    folder, said = demo

    told = cauce("explain", folder, f"{TODAY}.1/hidden_total/total", "--json").facts
    method = cauce("explain", folder, f"{TODAY}.1/hidden_total/main", "--json").facts

    hidden = said.facts["hidden"]
    assert [told["value"][key] for key in ("obs_value", "lower", "upper")] == [
        hidden[key] for key in ("total", "lower", "upper")
    ]
    assert {"agreement", "file", "mapping", "linkage", "estimation", "code"} <= {step["kind"] for step in told["chain"]}
    assert method["value"]["obs_value"] == next(one["total"] for one in hidden["methods"] if one["method"] == "main")


def test_explain_refuses_the_exact_hidden_total_that_nobody_knows(demo):
    said = cauce("explain", demo[0], f"{TODAY}.1/hidden_total/total", "--vault", "--json")

    assert said.code == 2
    assert said.facts["refusals"][0]["code"] == "explain.hidden_unknown"


def test_explain_refuses_an_address_that_is_none(hub):
    said = cauce("explain", hub, "nowhere", "--json")

    assert said.code == 2
    assert said.facts["refusals"][0]["code"] == "explain.bad_address"


def test_explain_tells_the_rule_of_a_withheld_figure_and_what_may_be_said_but_never_the_figure(demo):
    folder = demo[0]
    numbers = json.loads((folder / "releases" / f"{TODAY}.1" / "provenance.json").read_text(encoding="utf-8"))["tables"]
    withheld = next(
        (table["table"], code, figure["upper"])
        for table in numbers
        for code, figure in table["numbers"].items()
        if figure["obs_status"] == "Q"
    )

    address = "/".join((f"{TODAY}.1", *withheld[:2]))
    told = cauce("explain", folder, address, "--lang", "es").out.replace("\n", " ")
    facts = cauce("explain", folder, address, "--lang", "es", "--json").facts

    assert "Una cifra se retiene cuando" in told and facts["rule"] in told
    assert f"que su intervalo termina en {withheld[2]} personas" in told
    assert facts["value"]["obs_value"] is None and facts["value"]["upper"] == withheld[2]


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("prs_Gender", "explain.no_code", f"como en {TODAY}.1/prs_Gender/Feminine"),
        ("prs_Gender/nada", "explain.no_number", f"como en {TODAY}.1/prs_Gender/Feminine"),
        ("nada", "explain.no_table", "una de total, "),
        ("nada/x", "explain.no_table", "una de total, "),
    ],
)
def test_explain_says_how_a_number_is_named_where_the_address_names_none(demo, address, code, words):
    said = cauce("explain", demo[0], f"{TODAY}.1/{address}", "--json", "--lang", "es")

    (refusal,) = said.facts["refusals"]
    assert (said.code, refusal["code"]) == (2, code)
    assert words in refusal["wanted"]


def test_no_release_holds_a_checksum_to_test_guesses_at_a_file_against_nor_the_name_that_its_partner_gave_it(hub):
    received = [path for path in (hub / "partners").rglob("*") if path.suffix in {".csv", ".xlsx"}]
    told = "".join(path.read_text() for path in release_files(hub).values() if path.suffix in {".json", ".html"})

    assert received
    assert not [path for path in received if hashlib.sha256(path.read_bytes()).hexdigest() in told]
    assert not [path for path in received if path.name in told]
    assert "keyed_sha256" in told
    assert "accueil 1" in told
    assert [path.stat().st_mode & 0o777 for path in hub.rglob("*secret")] == [0o600]


def test_expired_agreement_stops_the_run_naming_it(hub):
    said = cauce("run", hub, "--json", "--today", "2031-01-01", "--lang", "es")

    assert said.code == 2
    assert {refusal["code"] for refusal in said.facts["refusals"]} == {"agree.expired"}
    assert "terminó" in said.facts["refusals"][0]["found"]


def test_field_taken_out_of_its_clause_stops_the_run_naming_the_field(hub):
    path = hub / "agreements" / "policia.toml"
    path.write_text(path.read_text().replace('"prs_Citizenship", ', "").replace('"prs_Citizenship"', ""))

    said = cauce("run", hub, "--json", "--today", TODAY)

    assert said.code == 2
    assert "prs_Citizenship" in said.facts["refusals"][0]["found"]


def test_table_of_a_field_not_agreed_for_publication_stays_inside(hub):
    path = hub / "agreements" / "policia.toml"
    head, clauses = path.read_text().split("[[clause]]", 1)
    clauses = clauses.replace('"prs_Citizenship", ', "").replace(', "prs_Citizenship"', "")
    inside = '\n[[clause]]\nnumber = "3.3"\nfields = ["prs_Citizenship"]\npurposes = ["estimate"]\nrecipients = ["committee"]\n'
    path.write_text(head + "[[clause]]" + clauses + inside)

    facts = cauce("run", hub, "--json", "--today", TODAY).facts

    names = {path.name for path in (hub / "releases" / facts["release"]["id"] / "tables").iterdir()}
    assert "prs_Gender.csv" in names
    assert not [name for name in names if "prs_Citizenship" in name]
    assert any("prs_Citizenship" in change for change in facts["changes"])


def test_withdrawn_partner_leaves_with_its_rows_and_what_stays_out_there_is_said(hub):
    cauce("agree", hub, "--partner", "casa", "--withdraw", "--today", TODAY)

    facts = cauce("run", hub, "--json", "--today", TODAY).facts

    assert "casa" not in facts["read"]["partners"]
    assert any("cannot be recalled" in change for change in facts["changes"])
    assert not list((hub / "partners" / "casa").glob("*.xlsx"))


def test_run_that_is_interrupted_leaves_no_half_release_and_resumes(hub):
    shutil.rmtree(hub / "releases" / f"{TODAY}.1")
    shutil.rmtree(hub / "vault")
    line = [sys.executable, "-m", "cauce", "run", str(hub), "--json", "--today", TODAY]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)

    assert process.returncode in (0, 130)
    assert "Traceback" not in out + err
    assert cauce("run", hub, "--json", "--today", TODAY).code == 0
    assert [path.name for path in (hub / "releases").iterdir()] == [f"{TODAY}.1"]


@pytest.mark.parametrize("language", ["es", "fr", "en"])
def test_run_speaks_the_language_asked_for(hub, language):
    said = cauce("run", hub, "--lang", language, "--today", TODAY)

    wanted = {"es": "Filas leídas", "fr": "Lignes lues", "en": "Rows read"}[language]
    assert wanted in said.out


@pytest.mark.slow
def test_demo_in_spanish_writes_the_evidence_of_its_mappings_in_spanish(tmp_path):
    cauce("demo", tmp_path / "mesa", "--people", 200, "--no-serve", "--lang", "es", "--today", TODAY)

    evidence = (tmp_path / "mesa" / "mappings" / "policia.toml").read_text(encoding="utf-8")
    assert "El encabezado se parece a" in evidence and "The heading" not in evidence


def test_seal_of_the_truth_is_never_read_by_a_run(hub):
    (hub / "truth.sealed.json").write_text("broken")

    assert cauce("run", hub, "--json", "--today", TODAY).code == 0


def test_ledger_that_was_deleted_does_not_refill_the_budget(hub):
    (hub / "ledger.sqlite").unlink()

    said = cauce("run", hub, "--json", "--today", TODAY)

    assert said.code == 2
    assert said.facts["refusals"][0]["code"] == "store.lost_ledger"


@pytest.mark.parametrize("entries_left", [0, 1, 2])
def test_ledger_that_was_cut_short_does_not_refill_the_budget(hub, entries_left):
    with closing(sqlite3.connect(hub / "ledger.sqlite", isolation_level=None)) as ledger:
        for trigger in ("entries_are_never_deleted", "contents_are_never_deleted"):
            ledger.execute(f"DROP TRIGGER {trigger}")
        ledger.execute("DELETE FROM contents WHERE entry_id > ?", (entries_left,))
        ledger.execute("DELETE FROM entries WHERE entry_id > ?", (entries_left,))

    said = cauce("run", hub, "--json", "--today", TODAY)

    assert said.code == 2
    assert said.facts["refusals"][0]["code"] == "store.lost_ledger"
    assert f"{TODAY}.1" in said.facts["refusals"][0]["found"]


def test_old_copy_of_the_ledger_is_refused_by_run_and_by_ask(hub):
    shutil.copy(hub / "ledger.sqlite", hub / "copy")
    where = ("--where", "registered_year=2024", "--epsilon", "0.5")
    asked = cauce("ask", hub, "--by", "prs_Gender", *where, "--json", "--today", TODAY)
    assert asked.facts["delivered"], asked.out
    shutil.move(hub / "copy", hub / "ledger.sqlite")

    run = cauce("run", hub, "--json", "--today", TODAY)
    ask = cauce("ask", hub, "--by", "prs_Gender", "--json", "--today", TODAY)

    assert [run.facts["refusals"][0]["code"], ask.facts["refusals"][0]["code"]] == ["store.lost_ledger"] * 2
    assert f"{TODAY}.2" in run.facts["refusals"][0]["found"]


def test_table_that_no_partner_can_fill_is_told_by_the_run_and_makes_no_release_fail(hub):
    with (hub / "hub.toml").open("a") as settings:
        settings.write('\n[[tables]]\nby = ["prs_Gender", "vic_MethodsOfControl"]\n')

    facts = cauce("run", hub, "--json", "--today", TODAY).facts

    assert any("no partner gives vic_MethodsOfControl" in change for change in facts["changes"])
    assert f"{TODAY}.2" == facts["release"]["id"]
