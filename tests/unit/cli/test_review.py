"""How are the doubtful pairs of lists, and of one list, put before a steward?"""

from cauce.cli import review
from cauce.recipes.review_links import Reviewed
from cauce.standards.messages import Speaker

COLUMNS = ("list_a", "record_id_a", "list_b", "record_id_b", "probability", "given_name", "surname", "birth_date")


def shown(*rows):
    found = Reviewed(tuple(dict(zip(COLUMNS, (*row, "same", "alike", "missing"), strict=True)) for row in rows), 0)
    return review._shown(found, out=None)


def test_review_names_the_partner_of_two_records_of_one_list_once_and_counts_such_pairs():
    answer = shown(("casa", "7", "casa", "9", 0.5), ("casa", "7", "ong", "2", 0.4))

    counted, table, within = answer.lines
    assert [row[:2] for row in table.rows] == [["casa 7", "9"], ["casa 7", "ong 2"]]
    assert [Speaker(language).say(within) for language in ("en", "es", "fr")] == [
        "1 of them are within one list, whose partner is named once",
        "De ellos, dentro de una sola lista: 1; su socio se nombra una vez",
        "Dont 1 dans une seule liste : son partenaire est nommé une fois",
    ]
    assert [row["list_b"] for row in answer.facts["doubts"]] == ["casa", "ong"], "JSON names it in each"


def test_review_says_nothing_of_one_list_where_all_pairs_are_of_two():
    assert len(shown(("casa", "7", "ong", "2", 0.4)).lines) == 2
