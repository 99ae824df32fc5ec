"""Are ages read from texts and dates, and never split over the limits of published bands?"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.standards import ages, codelists, packs
from cauce.standards.ages import Band

PUBLISHED = packs.load("trafficking").domain_of("age_code", year=2024)
BANDS = st.tuples(st.integers(0, 120), st.integers(0, 120)).map(lambda pair: Band(min(pair), max(pair)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0--8", "Y0T8"), ("9--17", "Y9T17"), ("18-20", "Y18T20"), ("21–23", "Y21T23"), ("48+", "Y_GE48"),
        ("0 a 14 años", "Y0T14"), ("entre 15 y 24 años", "Y15T24"), ("15 à 24 ans", "Y15T24"), ("65 and over", "Y_GE65"),
        ("65 ans et plus", "Y_GE65"), ("60 años o más", "Y_GE60"), ("mayor de 18", "Y_GE18"), ("menores de 18 años", "Y0T17"),
        ("moins de 5 ans", "Y0T4"), ("<18", "Y0T17"), (">17", "Y_GE18"), ("≥ 18", "Y_GE18"), ("<= 17", "Y0T17"),
        ("Minor", "Y0T17"), ("Adult", "Y_GE18"), ("menor de edad", "Y0T17"), ("mineure", "Y0T17"), ("قاصر", "Y0T17"),
        ("34", "Y34"), ("34.0", "Y34"), ("12,5", "Y12"), ("8 meses", "Y0"), ("18 months", "Y1"), ("1 an", "Y1"),
        ("Y0T14", "Y0T14"), ("Y_GE65", "Y_GE65"), ("Y_LT15", "Y0T14"), ("AGE_5YRBANDS_Y05-09", "Y5T9"), ("YGE15", "Y_GE15"),
        ("من 9 إلى 17 سنة", "Y9T17"), ("0--29", "Y0T29"),
    ],
)  # fmt: skip
def test_parse_reads_an_age_or_a_band_as_people_write_it(text, code):
    band = ages.parse(text)

    assert band is not None
    assert band.code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "adolescente",
        "over 65",
        "más de 60",
        "03/04/2018",
        "2018",
        "2018-2019",
        "18-9",
        "130",
        "-4",
        "1e3",
        "n/a",
        "_U",
    ],
)
def test_parse_reads_nothing_where_nothing_is_certain(text):
    assert ages.parse(text) is None


@given(st.text(max_size=25))
def test_parse_never_fails_whatever_the_text(text):
    band = ages.parse(text)

    assert band is None or 0 <= band.lower <= 120


@given(BANDS)
def test_parse_reads_back_the_code_of_any_band(band):
    assert ages.parse(band.code) == band


@pytest.mark.parametrize("code", [code for code in codelists.load("age").codes if not code.startswith("_")])
def test_parse_reads_the_names_that_pages_show_for_ages(code):
    name = {language: codelists.load("age").name_of(code, language) for language in ("es", "en", "fr", "ar")}

    read = {ages.parse(name[language]) for language in ("es", "en", "fr")}

    assert read == {ages.band_of(code)} or code.endswith("_U")


@pytest.mark.parametrize(
    ("band", "how", "code"),
    [
        (Band(0, 8), "exact", "Y0T8"),
        (Band(10, 14), "nested", "Y9T17"),
        (Band(34, 34), "nested", "Y30T38"),
        (Band(0, 14), "wider", "Y0T17_U"),
        (Band(0, 17), "wider", "Y0T17_U"),
        (Band(18, None), "wider", "Y_GE18_U"),
        (Band(18, 24), "wider", "Y_GE18_U"),
        (Band(65, None), "nested", "Y_GE48"),
    ],
)
def test_place_finds_the_narrowest_published_code(band, how, code):
    placement = ages.place(band, PUBLISHED)

    assert (placement.how, placement.code) == (how, code)


@pytest.mark.parametrize("band", [Band(15, 24), Band(0, 29), Band(17, 18), Band(15, None)])
def test_place_never_splits_a_band_that_reaches_over_eighteen(band):
    placement = ages.place(band, PUBLISHED)

    assert (placement.how, placement.code) == ("straddles", None)
    assert len(placement.across) >= 2


def test_place_leaves_0_14_and_15_24_apart_from_0_17_where_no_wider_code_is_kept():
    assert ages.place(Band(0, 14), ("Y0T17", "Y_GE18")).how == "nested"
    assert ages.place(Band(15, 24), ("Y0T17", "Y_GE18")).across == ("Y0T17", "Y_GE18")
    assert ages.place(Band(0, 17), ("Y0T14", "Y15T24", "Y_GE25")).how == "straddles"


@given(BANDS)
def test_place_gives_a_code_whose_ages_hold_the_whole_band(band):
    placement = ages.place(band, PUBLISHED)

    if placement.code is None:
        assert band.lower < 18 <= (band.upper or 120)
    else:
        assert band.is_within(ages.band_of(placement.code))


def test_published_bands_hold_every_age_once():
    leaves = [ages.band_of(code) for code in PUBLISHED if not code.endswith("_U")]

    held = [sum(Band(years, years).is_within(leaf) for leaf in leaves) for years in range(121)]

    assert held == [1] * 121


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.dates(date(1900, 1, 1), date(2030, 1, 1)))
def test_age_at_counts_birthdays_passed(birth, day):
    years = ages.age_at(birth, day)

    if years is None:
        assert day < birth or day.year - birth.year > 120
    else:
        assert 0 <= day.year - birth.year - years <= 1


@pytest.mark.parametrize(
    ("birth", "day", "code"),
    [
        (date(2006, 6, 15), date(2024, 6, 14), "Y9T17"),
        (date(2006, 6, 15), date(2024, 6, 15), "Y18T20"),
        (date(2024, 6, 15), date(2024, 6, 14), None),
        (date(1890, 1, 1), date(2024, 1, 1), None),
    ],
)
def test_code_at_turns_on_the_birthday_and_refuses_impossible_dates(birth, day, code):
    assert ages.code_at(birth, day, PUBLISHED) == code


def test_code_table_holds_each_age_with_the_code_that_code_of_age_gives():
    table = dict(ages.code_table(PUBLISHED))

    assert table == {years: ages.code_of_age(years, PUBLISHED) for years in range(121)}
