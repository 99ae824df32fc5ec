import pytest

from cauce.protect import code_checks, coding, domains
from cauce.protect.code_checks import Strays


@pytest.mark.parametrize(("values", "codes"), [(20, []), (21, ["protect.free_text"])])
def test_check_strays_takes_more_than_twenty_different_values_for_free_text(values, codes):
    found = code_checks.check_strays({"story": Strays(rows=900, values=values)})

    assert [refusal.code for refusal in found] == codes
    assert all(f"{values} different values or more outside its domain, in 900 rows" in str(one.found) for one in found)


def test_check_headings_passes_a_table_whose_columns_are_those_of_its_domain():
    assert code_checks.check_headings(["sex", "age"], domain={"age": ("1",), "sex": ("F",)}) == []


def test_check_tables_refuses_each_column_once_that_people_do_not_have_or_that_has_no_codes():
    tables = [("sex", "name"), ("town",), ("name", "town")]

    found = domains.check_tables(tables, columns=["sex", "name"], domain={"sex": ("F",), "town": ("A",)})

    assert [refusal.code for refusal in found] == ["protect.no_domain", "protect.unknown_column"]
    assert "name" in str(found[0].found) and "town" in str(found[1].found)
    assert domains.check_tables([("sex",), ()], columns=["sex"], domain={"sex": ("F",)}) == []


@pytest.mark.parametrize(
    ("codes", "place"), [(["F", "_X", "_U"], 1), (["F", "_U", "_X"], 2), (["_U", "F"], 0), (["F"], coding.NOBODY)]
)
def test_place_strangers_counts_them_as_outside_then_as_missing_then_as_nobody(codes, place):
    assert coding.place_strangers(codes) == place
