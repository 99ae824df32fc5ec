"""A steward signs and ends agreements in Spanish: each answer says where the agreement stands that day."""

import json

import pytest

from cauce.cli.main import main
from cauce.standards.mappings import ColumnMapping, PartnerMapping
from cauce.store import mappings, workspace

TODAY = "2026-11-22"


@pytest.fixture
def agree(tmp_path, capsys):
    """The exit code, stdout and stderr of `cauce agree` for the partner pa of a new hub."""
    hub = workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="HTI")
    columns = [ColumnMapping(name, name, 1.0, "told") for name in ("prs_FirstName", "prs_Gender")]
    mappings.save_mapping(hub, PartnerMapping("pa", "*.csv", None, tuple(columns)))

    def agreed(*words, today=TODAY):
        with pytest.raises(SystemExit) as left:
            main(["agree", str(hub.root), "--partner", "pa", "--lang", "es", "--today", today, *words])
        out, err = capsys.readouterr()
        return left.value.code, " ".join(out.split()), " ".join(err.split())

    return agreed


@pytest.mark.parametrize(
    ("start", "until", "standing", "said"),
    [
        ("2026-01-01", "2027-01-01", "in_force", "está firmado y vigente hasta el 2027-01-01"),
        ("2020-01-01", "2021-01-01", "expired", "su último día, el 2021-01-01, ya pasó"),
        ("2027-01-01", "2028-01-01", "not_yet", "empieza el 2027-01-01: hasta entonces"),
    ],
)
def test_agree_says_where_the_agreement_stands_today(agree, start, until, standing, said):
    code, words, _ = agree("--from", start, "--until", until)
    facts = json.loads(agree("--from", start, "--until", until, "--json")[1])

    assert code == 0 and said in words
    assert facts["standing"] == standing


def test_agree_tells_purposes_and_recipients_in_spanish(agree):
    words = agree("--from", "2026-01-01", "--until", "2027-01-01")[1]

    assert "vincular, estimar" in words and "el comité" in words
    assert not {"link", "estimate", "publish", "committee", "public"} & set(words.replace(",", "").split())


def test_agreement_ended_twice_keeps_its_first_day_and_says_so(agree):
    agree("--from", "2026-01-01", "--until", "2027-01-01")

    first = agree("--withdraw")[1]
    second = agree("--withdraw", today="2026-12-10")[1]

    assert "terminó el 2026-11-22: la próxima ejecución quita" in first
    assert "ya se había terminado el 2026-11-22: no se cambió nada" in second


def test_agree_with_its_dates_the_wrong_way_round_names_the_options_and_no_file(agree):
    code, _, words = agree("--from", "2027-01-01", "--until", "2026-01-01")

    assert code == 2
    assert "agree.reversed_terms" in words and "--from y --until" in words and ".toml" not in words


def test_agree_without_its_dates_is_wrong_usage_said_in_spanish(agree):
    code, _, words = agree()

    assert code == 64 and "hacen falta --from y --until" in words


def test_agree_refuses_endless_retention_at_the_option(agree):
    code, _, words = agree("--from", "2026-01-01", "--until", "2027-01-01", "--retention", "40000")

    assert code == 64 and "--retention admite un número entre 1 y 36.500" in words
