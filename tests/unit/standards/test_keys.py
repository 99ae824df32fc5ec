"""Does a fault in a file of settings say what stands there, where it belongs, and what may stand there?"""

from datetime import date

import pytest

from cauce.standards import keys
from cauce.standards.messages import Speaker

KEYS = {
    "policy": {"threshold": keys.Key(keys.is_whole, "10 (>= 1)"), "purposes": keys.Key(keys.is_texts, '["ask"]')},
    "tables": {"by": keys.Key(keys.is_texts, '["prs_Gender"]')},
}


def faults_of(raw, *, required=()):
    found = keys.check_keys(raw, file="hub.toml", keys=KEYS, repeated=("tables",), required=required)
    return [
        (one.code.removeprefix("store."), Speaker("es").say(one.found), Speaker("es").say(one.wanted)) for one in found
    ]


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("diez", '"diez"'),
        (True, "true"),
        (0.5, "0.5"),
        (date(2026, 1, 2), "2026-01-02"),
        ([1, "a"], '[1, "a"]'),
        ({"Ana": "F"}, "{ ... }"),
        ("x" * 500, '"' + "x" * 59 + "..."),
    ],
)
def test_value_that_a_key_cannot_take_is_quoted_as_the_file_has_it(value, quoted):
    assert faults_of({"policy": {"threshold": value}}) == [
        ("bad_setting", f"hub.toml: policy.threshold no puede ser {quoted}", "10 (>= 1)")
    ]


def test_key_that_is_absent_is_said_to_be_absent_with_its_heading():
    assert faults_of({"tables": [{}]}, required=("tables.by",)) == [
        ("missing_key", "hub.toml: a la parte [[tables]] le falta la clave by", 'by = ["prs_Gender"]')
    ]


@pytest.mark.parametrize(
    ("raw", "written", "heading"),
    [
        ({"tables": {"by": []}}, "tables se escribió [tables]", "[[tables]]"),
        ({"policy": [{"threshold": 3}]}, "policy se escribió [[policy]]", "[policy]"),
        ({"policy": 3}, "policy se escribió policy = 3", "[policy]"),
        ({"tables": ["prs_Gender"]}, 'tables se escribió tables = ["prs_Gender"]', "[[tables]]"),
    ],
)
def test_heading_of_the_other_kind_is_told_with_the_one_that_belongs(raw, written, heading):
    ((code, found, wanted),) = faults_of(raw)

    assert (code, found) == ("bad_heading", f"hub.toml: {written}")
    assert f"el encabezado {heading} " in wanted


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ({"tables": [{"threshold": 3, "by": []}]}, "tables.threshold"),
        ({"threshold": 3}, "threshold"),
        ({"purposes": {"ask": 1.0}}, "[purposes]"),
    ],
)
def test_key_under_the_wrong_heading_is_sent_to_its_own(raw, written):
    ((code, found, wanted),) = faults_of(raw)

    assert (code, found) == ("misplaced_key", f"hub.toml tiene {written} donde no va")
    assert wanted.endswith("debajo de [policy]")


def test_key_that_no_heading_has_is_unknown_beside_those_there_are():
    assert faults_of({"tables": [{"bi": [], "by": []}], "gate": {}}) == [
        ("unknown_key", "hub.toml tiene la clave tables.bi, que no se conoce", "una de by"),
        ("unknown_key", "hub.toml tiene la clave [gate], que no se conoce", "una de [policy], [[tables]]"),
    ]
