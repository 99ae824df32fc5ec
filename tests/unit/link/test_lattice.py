"""On which families of tokens do two records of one person still meet when name or date was miswritten?"""

import pytest

from cauce.link.birth_dates import read_birth_date
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
