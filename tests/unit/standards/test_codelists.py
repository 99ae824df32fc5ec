"""Do codelists name, nest and date their codes, and say where they come from?"""

import pytest

from cauce.standards import codelists
from cauce.standards.errors import Refusal
from cauce.standards.messages import LANGUAGES


@pytest.mark.parametrize("name", codelists.names())
def test_codelist_names_every_code_in_four_languages(name):
    codelist = codelists.load(name)

    nameless = [code for code in codelist.codes for language in LANGUAGES if not codelist.name_of(code, language)]

    assert codelist.codes
    assert nameless == []


@pytest.mark.parametrize("name", codelists.names())
def test_codelist_says_who_issued_it_under_which_licence(name):
    source = codelists.load(name).source

    assert source.title
    assert source.issuer
    assert source.edition
    assert source.licence
    assert source.date


@pytest.mark.parametrize("name", codelists.names())
def test_codelist_has_parents_that_exist_and_no_rings(name):
    codelist = codelists.load(name)
    owner = codelists.load("region") if name == "area" else codelist
    owner = codelists.load("isic_section") if name == "htcds_forced_labour_industry" else owner

    for code in codelist.codes:
        seen, parent = [code], codelist.parent_of(code)
        while parent is not None:
            assert parent in owner.entries
            assert parent not in seen
            seen.append(parent)
            parent = owner.parent_of(parent)


@pytest.mark.parametrize("name", [name for name in codelists.names() if name not in ("area", "age")])
def test_codelist_resolves_each_of_its_codes_and_names_to_that_code(name):
    codelist = codelists.load(name)

    lost = {
        (code, text)
        for code, entry in codelist.entries.items()
        for text in (code, *entry.labels.values())
        if code not in codelist.resolve(text).codes
    }

    assert lost == set()


def test_codelist_names_missing_values_even_where_the_list_has_none():
    assert codelists.load("htcds_gender").name_of("_U", "es") == "Sin dato"
    assert codelists.load("age").name_of("_U", "en") == "Unknown"


def test_codelist_refuses_a_code_that_it_lacks():
    with pytest.raises(Refusal) as refusal:
        codelists.load("sex").name_of("Ana Pérez", "es")

    assert refusal.value.code == "standards.unknown_code"
    assert "Ana" not in str(refusal.value)


def test_load_refuses_a_codelist_that_does_not_exist():
    with pytest.raises(Refusal) as refusal:
        codelists.load("../area")

    assert refusal.value.code == "standards.unknown_codelist"


def test_codelist_reads_other_words_in_three_languages():
    exploitation = codelists.load("htcds_type_of_exploitation")

    read = [exploitation.resolve(text).codes for text in ("forced labor", "Mendicidad", "TRAFIC D'ORGANES")]

    assert read == [("ForcedLabour",), ("ForcedBegging",), ("OrganRemoval",)]


@pytest.mark.parametrize("text", ["", "-", "?", "forced", "labour sexual"])
def test_codelist_matches_nothing_by_likeness_or_by_part(text):
    assert codelists.load("htcds_type_of_exploitation").resolve(text).status == "unknown"


def test_codelist_asks_where_a_word_stands_for_several_codes():
    match = codelists.load("htcds_gender").resolve("M")

    assert match.status == "ambiguous"
    assert set(match.codes) == {"Feminine", "Masculine"}


@pytest.mark.parametrize("table", ["gazetteer/aliases.csv", "gazetteer/demonyms.csv", "gazetteer/regions.csv"])
def test_spellings_of_the_gazetteer_lead_to_codes_that_exist(table):
    known = codelists.load("area").codes + codelists.load("region").codes

    assert {row["code"] for row in codelists.read_table(table)} - set(known) == set()


@pytest.mark.parametrize(
    "name", ["age", "flag", "htcds_gender", "htcds_type_of_exploitation", "htcds_methods_of_control", "language", "sex"]
)
def test_synonyms_lead_to_codes_of_their_codelist(name):
    rows = list(codelists.read_table(f"synonyms/{name}.csv"))

    assert rows
    assert {row["code"] for row in rows} - set(codelists.load(name).codes) == set()


def test_sdg_targets_are_all_169_under_their_17_goals():
    targets = codelists.load("sdg_target")

    assert len([code for code in targets.codes if targets.parent_of(code)]) == 169
    assert len([code for code in targets.codes if targets.parent_of(code) is None]) == 17
    assert targets.parent_of("10.7") == "10"


def test_global_compact_has_its_23_objectives_and_isic_its_21_sections():
    assert codelists.load("gcm_objective").codes == tuple(str(number) for number in range(1, 24))
    assert "".join(codelists.load("isic_section").codes) == "ABCDEFGHIJKLMNOPQRSTU"


@pytest.mark.parametrize(
    ("text", "code"), [("es", "spa"), ("fre", "fra"), ("Créole haïtien", "hat"), ("العربية", "ara")]
)
def test_languages_are_read_by_either_code_or_by_name(text, code):
    assert codelists.load("language").resolve(text).codes == (code,)
