"""Does a column of dates or numbers say how it is to be read, and is it left alone where it does not?"""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.harmonise import dates, numbers

LATEST = datetime.date(2026, 1, 1)
DAYS = st.dates(datetime.date(1905, 1, 1), datetime.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2018", "dmy", (2018, 4, 3)),
        ("03/04/2018", "mdy", (2018, 3, 4)),
        ("2018-04-03", None, (2018, 4, 3)),
        ("2018-04-03T10:00:00Z", None, (2018, 4, 3)),
        ("2018/04/03", "dmy", (2018, 4, 3)),
        ("20180403", None, (2018, 4, 3)),
        ("3.4.18", "dmy", (2018, 4, 3)),
        ("3-4-68", "dmy", (1968, 4, 3)),
        ("25/12/1990", None, (1990, 12, 25)),
        ("03/04/2018 14:30", "dmy", (2018, 4, 3)),
        ("3 de abril de 2018", None, (2018, 4, 3)),
        ("1er août 2008", None, (2008, 8, 1)),
        ("12 févr. 2008", None, (2008, 2, 12)),
        ("April 3, 2018", None, (2018, 4, 3)),
        ("03-sept-2018", None, (2018, 9, 3)),
        ("43193", None, (2018, 4, 3)),
    ],
)
def test_read_date_reads_what_people_write(text, order, day):
    assert dates.read_date(text, order) == datetime.date(*day)


@pytest.mark.parametrize("text", ["31/02/2018", "13/13/2018", "hoy", "", "2018", "3/4", "00/01/2018", "1/1/1066"])
def test_read_date_reads_nothing_into_what_is_no_date(text):
    assert dates.read_date(text, "dmy") is None


def test_read_date_does_not_choose_between_two_orders():
    assert dates.read_date("03/04/2018", None) is None


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ({"03/04/2018": 90, "25/04/2018": 1}, "dmy"),
        ({"03/04/2018": 90, "04/25/2018": 1}, "mdy"),
        ({"2018-04-03": 5}, "dmy"),
        ({"03/04/2018": 9, "04/05/2017": 9}, None),
        ({"25/04/2018": 5, "04/25/2018": 4}, None),
        ({"05/05/2018": 5}, "dmy"),
        ({"03/04/2018": 9, "nunca": 1, "25/04/2018": 2}, "dmy"),
    ],
)
def test_find_order_infers_only_what_the_column_shows(values, order):
    assert dates.find_order(values, latest=LATEST).order == order


def test_find_order_rejects_an_order_that_puts_dates_into_the_future():
    found = dates.find_order({"12/01/2025": 3, "11/02/2025": 2}, latest=datetime.date(2025, 10, 1))

    assert found.order == "dmy"


@given(days=st.lists(DAYS, min_size=1, max_size=20), order=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d"]))
def test_find_order_never_infers_an_order_that_misreads_the_column(days, order):
    written = {day.strftime(order): 1 for day in days}

    found = dates.find_order(written, latest=LATEST)

    if found.order is not None:
        assert all(dates.read_date(day.strftime(order), found.order) == day for day in days)


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,5", ",", 1234.5),
        ("1.234,5", ".", None),
        ("350.000", ",", 350_000),
        ("350.000", ".", 350),
        ("1 234", ".", 1234),
        ("1\u202f234,5", ",", 1234.5),
        ("1'234.5", ".", 1234.5),
        ("-12", ",", -12),
        ("12 34", ".", None),
        ("1.23.4", ",", None),
        ("doce", ".", None),
        ("", ".", None),
    ],
)
def test_read_number_follows_its_mark(text, decimal, number):
    assert numbers.read_number(text, decimal) == number


@pytest.mark.parametrize(
    ("values", "decimal"),
    [
        ({"1.234,5": 1, "350.000": 9}, ","),
        ({"1,234.5": 1, "350,000": 9}, "."),
        ({"350.000": 9}, None),
        ({"350,000": 9}, None),
        ({"12": 3, "1 234": 1}, "."),
        ({"0.5": 1, "12": 4}, "."),
        ({"0.5": 1, "0,5": 1}, None),
    ],
)
def test_find_decimal_infers_only_what_the_column_shows(values, decimal):
    assert numbers.find_decimal(values).decimal == decimal


@given(st.integers(-(10**9), 10**9))
def test_read_number_reads_thousands_in_every_manner(whole):
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):,}"

    manners = [(digits, "."), (digits.replace(",", "."), ","), (digits.replace(",", "\u00a0"), ",")]

    assert {numbers.read_number(sign + text, mark) for text, mark in manners} == {whole}
