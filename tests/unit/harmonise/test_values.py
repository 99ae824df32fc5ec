"""Does each value of a column become the code that its whole column gives it, and is doubt left to a person?"""

import datetime

import pytest

from cauce.harmonise import decisions, values
from cauce.standards import packs
from cauce.standards.mappings import ColumnMapping

FIELDS = packs.load("trafficking").fields
DAY = datetime.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        (["F", "M"], {"F": "Feminine", "M": "Masculine"}),
        (["H", "M"], {"H": "Masculine", "M": "Feminine"}),
        (["H", "F"], {"H": "Masculine", "F": "Feminine"}),
        (["V", "M"], {"V": "Masculine", "M": "Feminine"}),
        (["f", "m", "Mujer"], {"f": "Feminine", "m": "Masculine", "Mujer": "Feminine"}),
        (["Femme", "Homme"], {"Femme": "Feminine", "Homme": "Masculine"}),
    ],
)
def test_read_codes_reads_letters_for_sex_by_the_company_they_keep(written, codes):
    assert dict(values.read_codes(written, FIELDS["prs_Gender"]).codes) == codes


@pytest.mark.parametrize("written", [["M"], ["F", "H", "M"]])
def test_read_codes_asks_where_the_letters_do_not_settle_it(written):
    assert "M" in values.read_codes(written, FIELDS["prs_Gender"]).ambiguous


def test_read_codes_keeps_namibia_among_two_letter_codes_and_nothing_among_names():
    coded = values.read_codes(["CO", "PH", "NA", "HT"], FIELDS["prs_Citizenship"])
    named = values.read_codes(["Colombia", "Filipinas", "NA", "Haití"], FIELDS["prs_Citizenship"])

    assert coded.codes["NA"] == "NAM"
    assert (named.codes["NA"], named.assumed) == ("", ("NA",))


def test_read_codes_never_takes_a_country_by_likeness():
    read = values.read_codes(["Guinea", "Nigeria", "Niger", "Dominica", "Colonbia"], FIELDS["prs_Citizenship"])

    assert read.codes == {"Guinea": "GIN", "Nigeria": "NGA", "Niger": "NER", "Dominica": "DMA"}
    assert read.unknown == ("Colonbia",)


def test_read_codes_asks_which_congo():
    assert set(values.read_codes(["Congo"], FIELDS["prs_Citizenship"]).ambiguous["Congo"]) == {"COD", "COG"}


@pytest.mark.parametrize("word", ["S/D", "sin dato", "Desconocido", "non renseigné", "Unknown", "N/A", "-99", "0", "?"])
def test_is_missing_word_knows_how_people_say_that_nothing_is_known(word):
    assert values.is_missing_word(word)


@pytest.mark.parametrize("word", ["Haití", "12", "no", "ninguna forma", "x"])
def test_is_missing_word_takes_no_answer_for_silence(word):
    assert not values.is_missing_word(word)


def decide(cells, field, domain=None, **column):
    table = decisions.decide_values(
        cells,
        ColumnMapping("x", field, 1.0, "", **column),
        FIELDS[field],
        missing=("", "ND"),
        latest=DAY,
        domain=domain,
    )
    return {row["value"]: (row["code"], row["problem"]) for row in table.to_pylist()}


def test_decide_values_divides_cells_and_keeps_what_it_knows_of_them():
    found = decide(["Trabajo forzoso; otra cosa", "Trabajo forzoso", "ND", ""], "vic_TypeOfExploitation", separator=";")

    assert found == {
        "Trabajo forzoso; otra cosa": (["ForcedLabour"], "harmonise.unknown_value"),
        "Trabajo forzoso": (["ForcedLabour"], None),
        "ND": (None, None),
        "": (None, None),
    }


def test_decide_values_puts_a_person_s_word_above_the_codelist():
    assert decide(["F", "Q"], "prs_Gender", values={"F": "Masculine", "Q": ""}) == {
        "F": ("Masculine", None),
        "Q": (None, None),
    }


def test_decide_values_takes_a_lone_figure_for_missing_only_where_a_person_said_so():
    assert decide(["0", "CO"], "vic_LocationOfExploitation")["0"] == (None, "harmonise.unknown_value")
    assert decide(["0", "CO"], "vic_LocationOfExploitation", values={"0": ""})["0"] == (None, None)


def test_decide_values_refuses_days_after_the_arrival_of_the_file():
    found = decide(["31/12/2025", "02/01/2026", "31/02/2020", "s/d"], "prs_Birthdate", order="dmy")

    assert found == {
        "31/12/2025": ("2025-12-31", None),
        "02/01/2026": (None, "harmonise.future_date"),
        "31/02/2020": (None, "harmonise.unreadable_date"),
        "s/d": (None, None),
    }


def test_decide_values_keeps_the_year_or_month_of_a_birth_whose_day_nobody_knows():
    found = decide(["1987", "hacia 1987", "03/1987", "mars 1987", "2031", "1985-1987"], "prs_Birthdate", order="dmy")

    assert found == {
        "1987": ("1987", None),
        "hacia 1987": ("1987", None),
        "03/1987": ("1987-03", None),
        "mars 1987": ("1987-03", None),
        "2031": (None, "harmonise.future_date"),
        "1985-1987": (None, "harmonise.unreadable_date"),
    }


def test_decide_values_wants_the_day_of_a_date_that_is_no_birth():
    assert decide(["2019", "03/2019"], "registered_date", order="dmy") == {
        "2019": (None, "harmonise.unreadable_date"),
        "03/2019": (None, "harmonise.unreadable_date"),
    }


def test_decide_values_never_splits_an_age_band():
    domain = ("Y0T8", "Y9T17", "Y0T17_U", "Y18T20", "Y_GE48", "Y_GE18_U")

    found = decide(["15-24", "3", "0 a 14", "50+", "adulto"], "age_code", domain=domain)

    assert found["15-24"] == (None, "harmonise.age_between_bands")
    assert [found[text][0] for text in ("3", "0 a 14", "50+", "adulto")] == ["Y0T8", "Y0T17_U", "Y_GE48", "Y_GE18_U"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Sí", True), ("VRAI", True), ("verdadero", True), ("o", True), ("Afirmativo", True), ("نعم", True), ("1.0", True),
        ("0", False), ("0.0", False), ("Negativo", False), ("FAUX", False), ("لا", False), ("quizás", None), ("", None),
    ],
)  # fmt: skip
def test_read_flag_reads_yes_and_no_as_forms_of_four_languages_write_them(written, said):
    assert values.read_flag(written) is said
