"""How does every command answer: JSON, words, refusals, exit codes, and never a traceback?"""

import errno
import json
import os
import sqlite3

import click
import pytest

from cauce.cli import door, family, main
from cauce.cli.help import Later
from cauce.standards.errors import Refusal
from cauce.standards.messages import Message, Speaker

SECRET = "Ana Gómez 1990-02-01"


@door.command("probe", help="Found an empty hub.", needs_today=True)
@click.argument("what")
def probe(open_door, *, what):
    """A command that ends in the way it is told."""
    refusal = Refusal("probe.no", found="{count} rows", wanted="rows", remedy="Mend it", count=1200)
    raised = {
        "refuse": refusal,
        "many": ExceptionGroup("refused", [refusal, ExceptionGroup("more", [refusal])]),
        "fault": KeyError(SECRET),
        "disk": OSError(28, "No space left on device", f"/tmp/{SECRET}"),
        "interrupt": KeyboardInterrupt(),
        "ledger": sqlite3.DatabaseError(SECRET),
        "nameless": OSError(28, "No space left on device"),
    }
    if what in raised:
        raise raised[what]
    return door.Answer({"day": open_door.today.isoformat()}, [Message("Rows read")], exit_code=door.FINDINGS)


@pytest.fixture
def cauce(monkeypatch, capsys):
    monkeypatch.setitem(family._COMMANDS, "probe", Later(__name__, "probe", help="Found an empty hub."))

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main.main(["probe", *words])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_answer_is_one_json_object_and_nothing_else(cauce):
    code, out, _ = cauce("answer", "--json", "--today", "2026-11-22")

    assert (code, json.loads(out)) == (1, {"day": "2026-11-22"})


@pytest.mark.parametrize(("language", "words"), [("es", "Filas leídas"), ("fr", "Lignes lues"), ("en", "Rows read")])
def test_answer_is_said_in_the_language_asked_for(cauce, language, words):
    assert words in cauce("answer", "--lang", language)[1]


def test_locale_chooses_the_language_where_none_is_asked_for(cauce, monkeypatch):
    monkeypatch.setenv("LC_ALL", "es_CO.UTF-8")

    assert "Filas leídas" in cauce("answer")[1]


def test_refusal_has_its_code_and_words_in_json(cauce):
    code, out, _ = cauce("refuse", "--json")

    assert code == 2
    assert json.loads(out) == {
        "refusals": [{"code": "probe.no", "found": "1,200 rows", "wanted": "rows", "remedy": "Mend it"}]
    }


def test_refusals_are_told_all_at_once(cauce):
    assert len(json.loads(cauce("many", "--json")[1])["refusals"]) == 2


def test_fault_shows_neither_a_traceback_nor_the_value_that_it_holds(cauce):
    code, out, err = cauce("fault")

    assert code == 2
    assert "cli.fault" in err
    assert "Traceback" not in out + err
    assert SECRET not in out + err


def test_disk_that_is_full_is_a_refusal_that_names_the_file_alone(cauce):
    code, out, _ = cauce("disk", "--json")

    assert code == 2
    assert json.loads(out)["refusals"][0]["code"] == "cli.disk"
    assert "/tmp" not in out


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EISDIR, 999])
def test_reason_of_the_system_is_said_in_spanish_and_never_in_its_own_words(number):
    fault = OSError(number, os.strerror(number), "hub.toml")

    said = Speaker("es").say(door.as_refusal(fault).found)

    assert said.startswith("El sistema se negó a leer o escribir hub.toml: ")
    assert os.strerror(number) not in said


def test_interruption_ends_with_its_own_code(cauce):
    assert cauce("interrupt")[0] == 130


def test_wrong_usage_ends_with_its_own_code(cauce):
    code, out, _ = cauce("answer", "--nothing", "--json")

    assert code == 64
    assert json.loads(out)["refusals"][0]["code"] == "cli.usage"


def test_help_is_translated_and_its_refusal_too(cauce):
    assert "Muestra esta ayuda." in cauce("--help", "--lang", "es")[1]
    assert "No se entendió" in cauce("--lang", "es")[2]


def test_interruption_is_one_json_object_too(cauce):
    code, out, _ = cauce("interrupt", "--json")

    assert code == 130
    assert json.loads(out)["refusals"][0]["code"] == "cli.interrupted"


def test_interruption_before_the_commands_are_read_ends_alike(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(family, "run", interrupted)
    monkeypatch.setattr(main.signal, "signal", lambda *_: None)

    with pytest.raises(SystemExit) as ended:
        main.main(["run", "hub"])

    assert ended.value.code == 130
    assert "Interrupted" in capsys.readouterr().err


def test_ledger_that_cannot_be_read_is_a_refusal_without_its_words(cauce):
    code, out, err = cauce("ledger", "--json")

    assert code == 2
    assert json.loads(out)["refusals"][0]["code"] == "cli.ledger"
    assert SECRET not in out + err


def test_disk_that_names_no_file_is_said_wholly_in_spanish(cauce):
    assert "un archivo" in cauce("nameless", "--lang", "es")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["answer", "--nothing"], "no existe la opción --nothing"),
        ([], "falta WHAT"),
        (["answer", "--today", "soon"], "--today admite un día escrito"),
        (["answer", "--json=1"], "--json no lleva valor"),
        (["answer", "one", "two"], "hay más palabras de las que admite la orden"),
    ],
)
def test_misuse_is_said_in_spanish(cauce, words, said):
    assert said in json.loads(cauce(*words, "--lang", "es", "--json")[1])["refusals"][0]["found"]


def test_value_missing_at_the_end_of_the_command_is_said_in_spanish(cauce):
    found = json.loads(cauce("answer", "--lang", "es", "--json", "--today")[1])["refusals"][0]["found"]

    assert "falta un valor después de --today" in found
