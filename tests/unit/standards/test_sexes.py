"""Is the letter M read only where the rest of its column says what it means?"""

import pytest

from cauce.standards import codelists, sexes


@pytest.mark.parametrize(
    ("column", "m"),
    [
        (["H", "M"], ("Feminine",)),
        (["h", "m"], ("Feminine",)),
        (["V", "M", ""], ("Feminine",)),
        (["F", "M"], ("Masculine",)),
        (["f", "m", "X"], ("Masculine",)),
    ],
)
def test_read_takes_m_from_the_letters_beside_it(column, m):
    found = sexes.read(column)

    assert next(match.codes for value, match in found.items() if value.lower() == "m") == m


@pytest.mark.parametrize("column", [["M"], ["H", "F", "M"], ["M", "mujer"], ["M", "hombre"]])
def test_read_asks_about_m_where_the_column_does_not_settle_it(column):
    assert sexes.read(column)["M"].status == "ambiguous"


@pytest.mark.parametrize(
    ("word", "code"),
    [("Mujer", "Feminine"), ("FEMALE", "Feminine"), ("garçon", "Masculine"), ("Varón", "Masculine"), ("H", "Masculine"),
     ("F", "Feminine"), ("mujer trans", "TransgenderFeminine"), ("no binaria", "NonConforming"), ("أنثى", "Feminine")],
)  # fmt: skip
def test_read_knows_the_words_of_four_languages(word, code):
    assert sexes.read([word])[word].codes == (code,)


def test_sex_of_gives_an_sdmx_sex_to_every_gender():
    genders = codelists.load("htcds_gender").codes

    assert {sexes.sex_of(gender) for gender in genders} == {"F", "M", "O", "_U"}
