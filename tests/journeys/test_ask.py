"""A steward asks for one more table: delivered at its cost, or refused with the reason and the finest one instead."""

import json
import math
import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest

from cauce.cli.main import main
from tests.journeys.conftest import TODAY

TOO_FINE = ["--by", "prs_Citizenship,age_code", "--where", "vic_TypeOfExploitation=ForcedLabour"]


@pytest.fixture
def say(capsys):
    """The exit code, stdout and stderr of a command typed in this process."""

    def said(*words):
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return left.value.code, out, err

    return said


@pytest.fixture
def ask(say, hub):
    def asked(*words):
        code, out, _ = say("ask", hub, *words, "--json", "--today", TODAY)
        return code, json.loads(out)

    return asked


def edit(hub, old, new):
    path = hub / "hub.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def codes_of(told):
    return [one["code"] for one in told["refusals"]]


def test_ask_delivers_a_safe_table_as_a_release_of_its_own_and_gives_it_again_for_nothing(ask, hub):
    words = ["--by", "age_code@1,prs_Citizenship@2", "--where", "prs_Gender=Feminine"]

    code, told = ask(*words)
    again = ask(*words)[1]
    swapped = ask("--by", "prs_Citizenship@2,age_code@1", *words[2:])[1]

    assert (code, told["delivered"], told["finest"]) == (0, True, None)
    assert 0 < told["cost"] <= 1 and again["cost"] == swapped["cost"] == 0
    assert again["table"] == swapped["table"] == told["table"]
    lines = Path(told["table"]).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("prs_Gender,age_code@1,prs_Citizenship@2,obs_value")
    assert len(lines) - 1 == 3 * 7
    assert len(list((hub / "releases").iterdir())) == 2


def test_ask_tells_the_day_of_the_release_that_holds_the_table_already(ask, hub):
    (release,) = (path.name for path in (hub / "releases").iterdir())

    told = ask("--by", "prs_Gender", "--lang", "en")[1]

    assert told["reason"] == f"Release {release} of {TODAY} holds this table already"


def run_again(say, hub):
    """Another run of a hub of which something changed; what it says."""
    with (hub / "hub.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[tables]]\nby = ["age_code", "prs_Citizenship"]\n')
    code, out, _ = say("run", hub, "--json", "--lang", "en", "--today", TODAY)
    assert code == 0
    return json.loads(out)["changes"]


def older_of(changes):
    return [change for change in changes if "is of older data: ask for it again" in change]


def test_ask_draws_anew_what_is_of_older_data_and_run_says_which_tables_are(ask, say, hub):
    edit(hub, "epsilon_year = 2.0", "epsilon_year = 4.0")
    words, kept = ["--by", "prs_Gender,age_code@1"], ["--by", "age_code@1", "--where", "prs_Gender=Feminine"]
    first, other = (ask(*asked)[1]["table"] for asked in (words, kept))

    changes = older_of(run_again(say, hub))
    second, again = ask(*words)[1], ask(*words)[1]
    (still,) = older_of(json.loads(say("run", hub, "--json", "--lang", "en", "--today", TODAY)[1])["changes"])

    assert [
        f"of release {Path(table).parts[-3]}," in told for table, told in zip((first, other), changes, strict=True)
    ] == [True] * 2
    assert second["cost"] > 0 and again["cost"] == 0
    assert second["table"] == again["table"] != first
    assert f"of release {Path(other).parts[-3]}," in still


def test_ask_gives_a_table_of_older_data_and_says_so_where_renewing_it_cannot_be_paid(ask, say, hub):
    edit(hub, "epsilon_year = 2.0", "epsilon_year = 2.09")
    first = ask("--by", "age_code@1")[1]["table"]
    run_again(say, hub)

    code, told = ask("--by", "age_code@1", "--lang", "en")

    assert (code, told["delivered"], told["cost"], told["table"]) == (0, True, 0, first)
    assert "of older data; it cannot be renewed" in told["reason"]


def test_ask_draws_a_table_more_exactly_where_more_is_offered_than_it_cost(ask):
    words = ["--by", "prs_Gender"]

    cheap, dear, again = (ask(*words, *more)[1] for more in ([], ["--epsilon", "0.5"], ["--epsilon", "0.5"]))

    assert (cheap["cost"], dear["cost"], again["cost"]) == (0, 0.5, 0)
    assert dear["table"] == again["table"] != cheap["table"]


def test_ask_refuses_a_table_that_is_too_fine_and_the_finest_one_it_names_is_delivered_as_typed(ask, say, hub):
    code, told = ask(*TOO_FINE)
    english = say("ask", hub, *TOO_FINE, "--lang", "en", "--today", TODAY)[1].replace("\n", " ")
    typed = shlex.split(english.partition("Ask for it so: cauce ask ")[2])[1:]

    delivered = ask(*typed)[1]

    assert (code, told["delivered"], told["table"], told["cost"]) == (2, False, None, 0)
    assert told["finest"]["by"] == typed[1].split(",")
    assert delivered["delivered"] and delivered["cost"] == told["finest"]["cost"]


def test_ask_refuses_what_is_left_of_the_budget_cannot_pay_and_names_what_it_can(ask, hub):
    edit(hub, "epsilon_total = 4.0", "epsilon_total = 1.3")

    code, told = ask("--by", "prs_Gender,age_code@1,registered_year", "--epsilon", "0.6", "--lang", "es")

    assert (code, told["delivered"]) == (2, False)
    assert told["reason"] == "Costaría epsilon 0,6, y ahora se pueden gastar 0,3"
    assert told["finest"]["cost"] <= 0.3


def test_ask_is_bound_by_what_its_purpose_may_spend(ask, hub):
    edit(hub, "purposes = {}", "purposes = { ask = 0.1 }")

    code, told = ask("--by", "prs_Gender,age_code@1,registered_year", "--epsilon", "0.2", "--lang", "en")

    assert (code, told["reason"]) == (2, "It would cost epsilon 0.2, and 0.1 may be spent now")


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["--by", "vic_DetailsOfVulnerabilities"], ["ask.no_table_by"]),
        (["--by", "prs_FirstName"], ["ask.no_table_by"]),
        (["--by", "prs_Gender@1,nada"], ["ask.no_table_by", "ask.no_table_by"]),
        (["--by", "vic_MethodOfRecruitment"], ["ask.unknown_field"]),
        (["--by", "age_code", "--where", "prs_Gender=F"], ["ask.no_such_code"]),
        (["--by", "prs_Gender", "--seed", "7"], ["cli.seed_of_noise"]),
    ],
)
def test_ask_refuses_what_no_table_may_be_made_of(ask, words, codes):
    code, told = ask(*words)

    assert (code, codes_of(told)) == (2, codes)


def test_ask_refuses_a_column_of_a_partner_whose_agreement_expired(ask, hub):
    agreement = hub / "agreements" / "policia.toml"
    text = agreement.read_text(encoding="utf-8")
    agreement.write_text(re.sub("^(from|until) = .*$", r"\1 = 2026-11-21", text, flags=re.MULTILINE), encoding="utf-8")

    code, told = ask("--by", "prs_Gender,age_code@1")

    assert (code, codes_of(told)) == (2, ["agree.expired"])


@pytest.mark.parametrize("command", ["run", "ask"])
def test_thresholds_are_refused_after_noise_on_the_same_people(say, hub, command):
    edit(hub, 'kind = "differential-privacy"', 'kind = "threshold"')
    words = ["--by", "prs_Gender,age_code"] if command == "ask" else []

    code, out, _ = say(command, hub, *words, "--json", "--today", TODAY)

    assert (code, codes_of(json.loads(out))) == (2, ["store.other_policy"])


def test_run_refuses_a_seed_for_its_noise(say, hub):
    code, out, _ = say("run", hub, "--seed", "7", "--json", "--today", TODAY)

    assert (code, codes_of(json.loads(out))) == (2, ["cli.seed_of_noise"])


@pytest.mark.parametrize("as_json", [True, False])
def test_refusal_is_the_same_to_the_byte_whoever_the_people_are(say, hub, tmp_path, monkeypatch, as_json):
    """Nothing that `ask` says before it delivers may come from the people: other ones, many more, or none at all."""
    twin = tmp_path / "twin" / "mesa"
    shutil.copytree(hub, twin)
    people = str(twin / "vault" / "people.parquet")
    others = "SELECT * REPLACE ('Masculine' AS prs_Gender, 'Y0T8' AS age_code) FROM read_parquet(?), range(50)"
    duckdb.sql(f"COPY ({others.replace('?', repr(people))}) TO '{people}.new' (FORMAT parquet)")
    (twin / "vault" / "people.parquet.new").replace(people)
    nobody = tmp_path / "nobody" / "mesa"
    shutil.copytree(hub, nobody)
    for path in (nobody / "vault").glob("**/*.parquet"):
        path.unlink()
    words = [*TOO_FINE, "--lang", "es", "--today", TODAY, *(["--json"] if as_json else [])]

    told = []
    for folder in (hub, twin, nobody):
        monkeypatch.chdir(folder.parent)
        told.append(say("ask", "mesa", *words))

    assert told[0][0] == 2
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("by", ["", "vic_TypeOfExploitation,age_code@1"])
def test_preview_shows_the_error_of_each_epsilon_before_anything_is_read_or_spent(say, tmp_path, by):
    hub, page = tmp_path / "mesa", tmp_path / "error.html"
    say("new", hub)
    before = sorted(path.name for path in hub.rglob("*"))
    words = ["--by", by] if by else []

    code, out, _ = say("ask", hub, *words, "--preview", page, "--json", "--today", TODAY)

    told = json.loads(out)
    moved = {one["epsilon"]: one["moved"] for one in told["errors"]}
    assert code == 0 and told["chosen"] == 1.0
    assert moved[0.5] > 1.8 * moved[1.0] > 0
    assert sorted(path.name for path in hub.rglob("*")) == before
    text = page.read_text(encoding="utf-8")
    assert all(f'lang="{language}"' in text for language in ("es", "en", "fr", "ar"))
    assert "<polyline" in text and "http" not in text and "<script" not in text


def test_preview_counts_the_tables_by_wider_categories_among_those_that_share_the_budget(say, tmp_path):
    hub, page = tmp_path / "mesa", tmp_path / "error.html"
    say("new", hub)
    moved = []
    for settings in ("", '\n[[levels]]\nfield = "age_code"\n'):
        with (hub / "hub.toml").open("a", encoding="utf-8") as file:
            file.write(settings)
        told = json.loads(say("ask", hub, "--preview", page, "--json", "--today", TODAY)[1])
        moved += [one["moved"] for one in told["errors"] if one["epsilon"] == 1.0]

    # The total and 13 tables; four of these by age have one by wider ages, at a quarter of the weight.
    assert moved[1] == pytest.approx(moved[0] * math.sqrt(15 / 14), rel=1e-3)


def test_ask_without_fields_is_wrong_usage(say, hub):
    assert say("ask", hub, "--today", TODAY)[0] == 64


def test_ask_with_a_condition_that_is_none_shows_its_form_in_spanish(say, hub):
    code, _, err = say("ask", hub, "--by", "prs_Gender", "--where", "x", "--lang", "es")

    assert code == 64 and "--where lleva CAMPO=CÓDIGO" in err


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--by", "nada"], ("prs_Gender", "age_code", "prs_Citizenship")),
        (["--by", "age_code@9"], ("age_code", "age_code@1")),
        (["--by", "age_code", "--where", "prs_FirstName=Ana"], ("prs_Gender", "age_code")),
    ],
)
def test_ask_names_the_fields_there_are_and_the_option_typed_where_one_is_unknown(ask, words, wanted):
    (refusal,) = ask(*words, "--lang", "es")[1]["refusals"]

    assert refusal["found"].startswith("No se puede hacer ninguna tabla por ")
    assert all(name in refusal["wanted"] for name in wanted)
    assert "--by o --where" in refusal["remedy"] and "hub.toml" not in refusal["remedy"]
