"""Does the pack of trafficking hold the standard's fields, and tables that can be made of them?"""

import pytest

from cauce.standards import codelists, packs
from cauce.standards.errors import Refusal
from cauce.standards.messages import LANGUAGES

PACK = packs.load("trafficking")
DERIVED = {"record_id", "partner_code", "registered_date", "registered_year", "age_code"}


def test_pack_holds_the_83_fields_of_the_standard_and_five_of_ours():
    standard = {name: field for name, field in PACK.fields.items() if name not in DERIVED}

    assert len(standard) == 83
    assert sum(field.is_core for field in standard.values()) == 40
    assert set(PACK.fields) - set(standard) == DERIVED


@pytest.mark.parametrize("name", list(PACK.fields))
def test_field_is_labelled_in_four_languages_and_has_codes_where_its_kind_says_so(name):
    field = PACK.fields[name]

    assert all(field.label_of(language) for language in LANGUAGES)
    assert (field.kind in ("code", "codes")) == (field.codelist is not None)
    assert field.codelist is None or field.codelist in codelists.names()
    assert field.at_most >= 1


def test_fields_that_tell_who_a_person_is_are_identifying():
    roles = {field.role: field for field in PACK.fields.values() if field.role}

    assert set(roles) == {"given_name", "surname", "birth_date", "sex"}
    assert {roles[role].sensitivity for role in ("given_name", "surname", "birth_date")} == {"identifying"}


@pytest.mark.parametrize("name", [name for name, field in PACK.fields.items() if field.kind == "text"])
def test_free_text_about_a_case_is_never_open(name):
    assert PACK.fields[name].sensitivity != "open" or name.startswith("org_Shipping") or name == "partner_code"


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
        ("vic_Methods_of_Control", "vic_MethodsOfControl"),
        ("prs_First_Name", "prs_FirstName"),
        ("prs_Second_Name", "prs_SecondName"),
        ("prs_Gender", "prs_Gender"),
    ],
)
def test_field_of_accepts_the_spellings_of_iom_workbooks(spelling, name):
    found = PACK.field_of(spelling)

    assert found is not None
    assert found.name == name


def test_field_of_gives_nothing_for_a_heading_that_is_only_alike():
    assert PACK.field_of("prs_gender") is None


@pytest.mark.parametrize("table", PACK.tables, ids="+".join)
def test_published_table_is_one_or_two_way_over_fields_with_a_public_domain(table):
    domains = [PACK.domain_of(name, year=2024) for name in table]

    assert 1 <= len(table) <= 2
    assert all(domains)
    assert all("_U" not in domain for domain in domains)
    assert all(PACK.fields[name].sensitivity != "identifying" for name in table)


def test_domain_of_areas_is_that_of_the_year():
    assert "SSD" in PACK.domain_of("prs_Citizenship", year=2024)
    assert "SSD" not in PACK.domain_of("prs_Citizenship", year=2009)
    assert "SCG" not in PACK.domain_of("prs_Citizenship", year=2024)


@pytest.mark.parametrize("name", ["prs_FirstName", "prs_Birthdate", "absent"])
def test_domain_of_refuses_a_field_without_codes(name):
    with pytest.raises(Refusal) as refusal:
        PACK.domain_of(name, year=2024)

    assert refusal.value.code == "standards.no_domain"


def test_load_refuses_a_pack_that_does_not_exist():
    with pytest.raises(Refusal) as refusal:
        packs.load("weather")

    assert refusal.value.code == "standards.unknown_pack"


def test_aliases_of_fields_name_one_field_each():
    named = [(alias.casefold(), name) for name, field in PACK.fields.items() for alias in field.aliases]

    twice = {alias for alias, name in named if sum(alias == other for other, _ in named) > 1}

    assert twice == set()


def test_indicators_belong_to_a_target_and_to_tables_of_the_pack():
    for indicator in PACK.indicators:
        assert codelists.load("sdg_target").is_valid(indicator.target)
        assert set(indicator.tables) <= set(PACK.tables)
        assert set(indicator.title) == set(LANGUAGES)
