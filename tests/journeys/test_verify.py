"""Does `cauce verify` recompute everything from what comes with it, and say so when a number is off?"""

import json

import pytest

from cauce.cli.main import main
from cauce.recipes import verify as recompute


def said(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main(["verify", *words])
    return left.value.code, capsys.readouterr().out


def test_verify_as_json_keeps_the_contract(capsys):
    code, out = said(capsys, "--json")

    answer = json.loads(out)
    assert code == 0
    assert answer["ok"] is True
    assert set(answer["checks"][0]) == {"id", "published", "ours", "difference", "tolerance", "source", "ok"}
    assert len({check["id"] for check in answer["checks"]}) == len(answer["checks"]) > 400


@pytest.mark.parametrize(("language", "word"), [("en", "all equal"), ("es", "todas iguales"), ("fr", "tous égaux")])
def test_verify_says_its_conclusion_in_the_language_asked(capsys, language, word):
    code, out = said(capsys, "--lang", language)

    assert code == 0
    assert word in out
    assert "Abel and Cohen (2019)" in out


def test_verify_ends_with_one_when_a_number_is_off(capsys, monkeypatch):
    checked = list(recompute.verify())
    checked[0] = recompute.CheckedNumber(**{**vars(checked[0]), "ours": checked[0].ours + 1})
    checked[1] = recompute.CheckedNumber(**{**vars(checked[1]), "ours": float("nan")})
    monkeypatch.setattr(recompute, "verify", lambda **_: tuple(checked))

    code, out = said(capsys, "--json")
    again, words = said(capsys, "--lang", "en")

    answer = json.loads(out)
    assert (code, again) == (1, 1)
    assert answer["ok"] is False
    assert answer["checks"][1]["ours"] is None
    assert "2 are off" in words and checked[0].id in words
