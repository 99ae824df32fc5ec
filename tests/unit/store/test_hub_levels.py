from datetime import date

import pytest

from cauce.standards import packs
from cauce.standards.errors import Refusal
from cauce.standards.invariants import Invariant
from cauce.store import hub_levels, hub_settings

PACK = packs.load("trafficking")
MAJORITY = '[[levels]]\nfield = "age_code"\n'


def settings_of(tmp_path, text):
    path = tmp_path / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return hub_settings.read_settings(path)


def codes_of(refused):
    return [fault.code for fault in getattr(refused.value, "exceptions", [refused.value])]


def test_read_settings_takes_levels_and_figures_published_elsewhere(tmp_path):
    text = MAJORITY + (
        '[[levels]]\nfield = "vic_LocationOfExploitation"\nname = "border"\ngroups = { North = ["MEX", "USA"] }\n'
        '[[invariants]]\nby = []\ncodes = []\nvalue = 900\nsource = "Office"\npublished = 2026-03-01\n'
    )

    settings = settings_of(tmp_path, text)

    assert settings.invariants == (Invariant((), (), 900, "Office", date(2026, 3, 1)),)
    wider = hub_levels.wider_of(settings.levels, PACK, year=2026)
    assert wider["age_code@1"][1]["Y0T17_U"] == "Y0T17"
    assert wider["vic_LocationOfExploitation@border"] == (
        "vic_LocationOfExploitation",
        {"MEX": "North", "USA": "North"},
    )


@pytest.mark.parametrize(
    ("level", "code"),
    [
        ('field = "vic_TypeOfExploitation"', "store.bad_level"),  # a person may have several
        ('field = "prs_FirstName"', "store.bad_level"),
        ('field = "prs_Gender"', "store.bad_level"),  # its codelist has no parents
        ('field = "age_code"\nname = "odd"\ngroups = { Y0T14 = ["Y0T8", "Y9T17"] }', "store.split_band"),
        ('field = "age_code"\nname = "odd"\ngroups = { A = ["Y0T8"], B = ["Y0T8", "Y9T17"] }', "store.ungrouped_code"),
        ('field = "age_code"\nname = "odd"\ngroups = { A = ["Y0T3"] }', "store.ungrouped_code"),
        ('field = "age_code"\nname = "odd"\ngroups = { Y9T17 = ["Y18T20"] }', "store.unnamed_level"),
        ('field = "age_code"\nname = "odd"\ngroups = { _U = ["Y18T20"] }', "store.unnamed_level"),
        ('field = "age_code"\nname = "odd"\ngroups = { _X = ["Y18T20"] }', "store.unnamed_level"),
        ('field = "age_code"\ngroups = { A = ["Y0T8"] }', "store.unnamed_level"),
        ('field = "age_code"\n[[levels]]\nfield = "age_code"', "store.doubled_level"),
    ],
)
def test_read_settings_refuses_levels_that_are_none(tmp_path, level, code):
    with pytest.raises((Refusal, ExceptionGroup)) as refused:
        settings_of(tmp_path, "[[levels]]\n" + level + "\n")

    assert code in codes_of(refused)


@pytest.mark.parametrize("gone", ["value = 900", 'source = "Office"', "published = 2026-03-01", "codes = []"])
def test_read_settings_refuses_a_published_figure_without_its_source(tmp_path, gone):
    text = '[[invariants]]\nby = []\ncodes = []\nvalue = 900\nsource = "Office"\npublished = 2026-03-01\n'

    with pytest.raises((Refusal, ExceptionGroup)) as refused:
        settings_of(tmp_path, text.replace(gone, ""))

    assert set(codes_of(refused)) == {"store.missing_key"}
