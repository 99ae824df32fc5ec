"""Are spellings folded to the same word without ever making two words one?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cauce.standards.matches import fold, name_keys


@pytest.mark.parametrize("spelling", ["Côte d’Ivoire", "COTE D'IVOIRE", "  côte  d ivoire ", "Co\u0302te d'Ivoire"])
def test_fold_gives_one_word_for_every_spelling_of_it(spelling):
    assert fold(spelling) == "cote d ivoire"


def test_fold_joins_the_arabic_letters_that_people_write_either_way():
    assert fold("أفغانستان") == fold("افغانستان")
    assert fold("ليبيا") != fold("لبنان")


@given(st.text())
def test_fold_changes_nothing_the_second_time(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_reads_capitals_as_small_letters(text):
    assert fold(text.upper().lower()) == fold(text.upper())


def test_name_keys_turn_a_name_round_at_its_comma_or_bracket():
    assert "republic korea" in name_keys("Korea (Republic of)")
    assert name_keys("Republic of Korea") == ("republic korea",)


@pytest.mark.parametrize("text", ["", " ", "...", "-", "()", "de la"])
def test_name_keys_are_none_where_no_word_is_left(text):
    assert name_keys(text) == ()
