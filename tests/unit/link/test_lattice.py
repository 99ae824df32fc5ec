"""On which families of tokens do two records of one person still meet when name or date was miswritten?"""

import pytest

from cauce.link.birth_dates import read_birth_date, read_birth_dates
from cauce.link.lattice import FAMILIES, Person, write_texts
from cauce.link.names import describe_name


def families_met(one, other):
    """The families in which two records, each (given, surname, born), share a text."""
    first, second = (
        write_texts(
            Person(describe_name(given, is_given=True), describe_name(last, is_given=False), read_birth_date(born))
        )
        for given, last, born in (one, other)
    )
    return {family.name for family, a, b in zip(FAMILIES, first, second, strict=True) if set(a) & set(b)}


@pytest.mark.parametrize("born", ["1987-03-15", "1978-03-05", "1987-08-05", "1907-03-05", "1987-05-03"])
def test_dates_one_digit_or_one_order_apart_meet_on_their_digits(born):
    met = families_met(("Ana", "Paz", "1987-03-05"), ("Ana", "Paz", born))

    assert "digit.both" in met
    assert not {name for name in met if name.startswith("full.")}


def test_dates_two_digits_apart_do_not_meet_on_their_digits():
    met = families_met(("Ana", "Paz", "1987-03-05"), ("Ana", "Paz", "1987-03-16"))

    assert "digit.both" not in met
    assert "ym.both" in met


def test_a_date_that_cannot_be_still_meets_on_its_other_parts():
    met = families_met(("Ana", "Paz", "1987-14-25"), ("Ana", "Paz", "1987-12-25"))

    assert {"digit.both", "yd.both", "y.both"} <= met


def test_names_one_letter_apart_meet_without_any_date():
    met = families_met(("Casey", "Flatman", "1993-10-02"), ("Casey", "Flatan", ""))

    assert met == {"name.surname_near"}


def test_given_names_one_letter_apart_meet_without_any_date():
    met = families_met(("Amalia", "Lowe", "1949-05-07"), ("Amaila", "Lowe", ""))

    assert "name.given_near" in met


@pytest.mark.parametrize("born", ["1987", "hacia 1987", "1987-00-00", "marzo de 1987", "مارس 1987"])
def test_dates_known_in_part_meet_whole_ones_in_their_year(born):
    assert "y.both" in families_met(("Ana", "Paz", "1987-03-15"), ("Ana", "Paz", born))


@pytest.mark.parametrize("figures", ["32874", "19870", "1985-1987"])
def test_figures_that_are_no_date_are_not_cut_into_one(figures):
    assert not any(read_birth_date(figures))


@pytest.mark.parametrize("day", ["01-01", "12-31", "07-01"])
def test_a_day_that_an_office_writes_for_those_who_know_only_their_year_counts_as_the_year(day):
    others = [f"{1960 + place % 40}-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(600)]

    guessed = read_birth_dates([f"{1970 + place}-{day}" for place in range(30)] + others)[:30]

    assert [(date.year, date.month, date.day) for date in guessed] == [(1970 + place, 0, 0) for place in range(30)]


def test_a_day_written_no_oftener_than_chance_keeps_its_month():
    dates = read_birth_dates([f"{1960 + place % 40}-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(600)])

    assert all(date.month and date.day for date in dates)


@pytest.mark.parametrize("nobody", ["N.N.", "DESCONOCIDO", "sin nombre", "Inconnue", "مجهول", "FNU"])
def test_words_in_the_place_of_a_name_are_no_name(nobody):
    assert describe_name(nobody, is_given=True).words == ()
