"""Do a sex and a place tell namesakes apart, and does a list that lacks them lose nothing?"""

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding
from cauce.link.sexes_and_places import find_unread_places, find_unread_sexes, read_places, read_sexes
from cauce.recipes.join_lists import join_lists

KEY = bytes(range(32))
PEOPLE, BOTH = 1_600, 800
PLACES = [f"San {name} {number}" for number in range(6) for name in ("Pedro", "Juan", "Lucas", "Mateo", "José")]


def test_a_letter_m_is_read_by_the_other_letters_of_its_column():
    assert read_sexes(["M", "f", None]) == ["M", "F", ""]
    assert read_sexes(["M", "H"]) == ["F", "M"]


@pytest.mark.parametrize(
    "woman",
    ["F.", "Fem", "MUJER ", "femme", "♀", "Niña", "girl", "أنثى", "بنت", "F - Femenino", "2. Mujer", "M (mujer)",
     "женский", "Ж", "fanm"],
)  # fmt: skip
def test_a_sex_is_read_as_it_is_written_on_forms(woman):
    assert read_sexes([woman]) == ["F"]


@pytest.mark.parametrize("numbers", [["1", "2", "9"], ["1.0", "2.0", "9.0"], ["01", "02", "09"], ["١", "٢", "٩"]])
def test_a_sex_in_the_numbers_of_the_standard_is_read_where_the_column_holds_no_others(numbers):
    assert read_sexes(numbers) == ["M", "F", ""]
    assert find_unread_sexes(numbers) == []
    assert find_unread_sexes([*numbers, "3"]) == [0, 1, 2, 3]


def test_a_column_of_ones_alone_is_not_read_for_it_may_say_yes_as_well_as_man():
    assert read_sexes(["1", "1", None]) == ["", "", ""]
    assert find_unread_sexes(["1", "1", None]) == [0, 1]


@pytest.mark.parametrize("unread", ["M", "quizás", "H/M", "F/M", "niño/niña", "no mujer", "F - Masculino", "-2"])
def test_a_sex_that_cannot_be_read_is_missing_and_found(unread):
    assert read_sexes([unread, None]) == ["", ""]
    assert find_unread_sexes([unread, None, ""]) == [0]


@pytest.mark.parametrize("neither", ["Otro", "autre", "unknown", "no binaria", "X", "trans", "غير معروف"])
def test_a_sex_that_is_neither_is_understood_although_it_tells_nobody_apart(neither):
    assert read_sexes([neither]) == [""]
    assert find_unread_sexes([neither]) == []


def test_a_place_is_the_same_in_two_languages_scripts_and_orders():
    assert read_places(["Honduras", "hondureña", "هندوراس"]) == ["HND"] * 3
    assert read_places(["Santa Cruz de la Sierra", "SIERRA, Santa Cruz"]) == ["cruz santa sierra"] * 2
    assert read_places(["2086", "-", None]) == ["2086", "", ""]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("00012", "12"),
        ("00012", "12.0"),
        ("12,00", "١٢"),
        ("01-002", "1-2"),
        ("EC-0901", "ec 901"),
        ("Pto. Cortés", "PUERTO CORTES"),
        ("Sta. Ana", "Santa Ana"),
        ("الحسـكة", "الحسكة"),
    ],
)
def test_a_place_meets_itself_as_a_spreadsheet_or_a_short_hand_leaves_it(left, right):
    plain = read_places([left, right])

    assert plain[0] == plain[1] != ""


def test_a_place_of_numbers_keeps_their_order_and_is_no_country():
    assert len(set(read_places(["01-002", "02-001", "1", "12", "12.000", "504", "Marruecos"]))) == 7


def test_a_place_written_in_a_code_of_nothing_known_is_missing():
    assert read_places(["0", "000", "-99", "99.0", "9999"]) == [""] * 5


@pytest.mark.parametrize(
    "nothing",
    ["No consta", "S/I", "s/d", "N/D", "N/A", "No aplica", "ninguno", "DESCONOCIDO", "sin información", "Inconnu",
     "non renseigné", "NR", "unknown", "not stated", "غير معروف", "-", " ? ", "99"],
)  # fmt: skip
def test_a_place_that_says_that_nothing_is_known_is_missing_and_not_unread(nothing):
    assert read_places([nothing, "Ocoa"]) == ["", "ocoa"]
    assert find_unread_places([nothing, "Ocoa"]) == []


@pytest.mark.parametrize("place", ["北京", "አዲስ አበባ", "თბილისი", "काठमांडू", "ירושלים"])
def test_a_place_in_a_script_that_is_not_written_in_latin_letters_meets_itself_alone(place):
    places = [place, f" {place}.", f"{place} 2", "上海"]

    plain = read_places(places)

    assert plain[0] == plain[1] != ""
    assert len(set(plain)) == 3
    assert find_unread_places([*places, "///", None, ""]) == [4]


@pytest.mark.parametrize(
    "names",
    [
        ("Corea", "Korea", "Corée", "كوريا"),
        ("Congo", "El Congo", "الكونغو"),
        ("Micronesia", "Micronésie"),
        ("Islas Vírgenes", "Virgin Islands", "Îles Vierges", "جزر فرجن"),
    ],
)
def test_a_country_name_that_may_be_one_of_several_is_the_same_in_all_languages(names):
    plain = set(read_places(names))

    assert len(plain) == 1
    assert not plain & set(read_places(["Corea del Sur", "Congo-Brazzaville", "Kinshasa", "FSM", "COG", "COD"]))


@pytest.fixture(scope="module")
def undated():
    """Two lists of people of few names, hardly any with a date, and the place and sex of each record."""
    rng = np.random.default_rng(8)
    population = invent_population(PEOPLE + BOTH, languages=("es", "fr"), rng=rng)
    given = [person[1].split()[0] for person in population[:60]]
    surnames = [person[2].split()[0] for person in population[:300]]
    population = [
        (language, str(rng.choice(given)), str(rng.choice(surnames)), born) for language, _, _, born in population
    ]
    lists = invent_lists(population, [np.arange(PEOPLE), np.arange(BOTH, PEOPLE + BOTH)], errors=0.04, rng=rng)
    place = rng.choice(PLACES, len(population))
    sex = np.where([person[1][-1] in "aeh" for person in population], "mujer", "hombre")
    described = []
    for one in lists:
        born = [day if rng.random() < 0.3 else None for day in one.born]
        moved = rng.random(PEOPLE)
        living = [
            None if m < 0.1 else "otra parte" if m < 0.15 else str(place[p])
            for m, p in zip(moved, one.person, strict=True)
        ]
        described.append((one, born, living, sex[one.person].tolist()))
    return described


def link(described, *, with_place=(True, True)):
    lists = [
        encoding.encode_people(
            encoding.describe_people(
                one.given, one.surname, born, sex=sex if has else None, place=living if has else None
            ),
            one.record_ids,
            list_code=code,
            key=KEY,
            rng=np.random.default_rng(1),
        )
        for (one, born, living, sex), has, code in zip(described, with_place, "ab", strict=True)
    ]
    joined = join_lists(lists, rng=np.random.default_rng(2))
    first, second = (joined.cluster[one.persons + start] for one, start in zip(lists, joined.starts, strict=False))
    here = dict(zip(first.tolist(), described[0][0].person.tolist(), strict=True))
    pairs = [(here[c], p) for c, p in zip(second.tolist(), described[1][0].person.tolist(), strict=True) if c in here]
    true = sum(one == other for one, other in pairs)
    return joined, true / max(len(pairs), 1), true / BOTH


def test_a_place_finds_people_without_dates_and_the_linkage_knows_it(undated):
    _, _, recall_without = link(undated, with_place=(False, False))
    joined, precision, recall = link(undated)

    assert recall > recall_without + 0.2
    assert precision > 0.97
    assert abs(joined.recall.value - recall) < 0.08
    assert joined.precision.lower <= precision


def test_a_list_without_places_is_linked_to_one_with_places_as_if_neither_had_any(undated):
    neither, _, recall = link(undated, with_place=(False, False))
    mixed, _, recall_mixed = link(undated, with_place=(True, False))

    assert recall_mixed == pytest.approx(recall, abs=0.02)
    assert mixed.recall.value == pytest.approx(neither.recall.value, abs=0.05)
