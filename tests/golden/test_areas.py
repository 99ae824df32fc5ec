"""Are the names that others publish for countries and areas read without one error?"""

import xml.etree.ElementTree as ElementTree

import pyarrow.parquet as parquet
import pytest
from babel import Locale
from python_calamine import CalamineWorkbook
from tests.shared_data import shared_data

from cauce.standards import areas, codelists

AREA = codelists.load("area")
ISO = [code for code, entry in AREA.entries.items() if entry.valid_to is None and code != "XKX"]
ASKED = {"COG", "WSM", "MAF", "SXM", "FSM"}  # Congo, Samoa, San Martín and Micronesia name more than one place
STRUCTURE = {
    "s": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure",
    "c": "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common",
}
# Two names that ILO's file gives to South Sudan are those of Sudan.
ILO_SLIPS = {("Sudán", "SSD"), ("Soudan", "SSD")}


def test_codelist_holds_the_249_areas_of_iso_3166():
    assert len(ISO) == 249
    assert len({areas.iso2_of(code) for code in ISO}) == 249
    assert len({areas.m49_of(code) for code in ISO}) == 249


@pytest.mark.parametrize("language", ["es", "en", "fr", "ar"])
def test_names_of_all_249_areas_in_the_cldr_are_read_without_error(language):
    names = Locale.parse(language).territories

    wrong, asked, missed = _read((str(names[areas.iso2_of(code)]), code) for code in ISO)

    assert (wrong, missed) == ([], [])
    assert {code for _, code in asked} <= ASKED


@pytest.mark.parametrize("language", ["es", "en", "fr", "ar"])
def test_official_names_of_all_249_areas_are_read_without_error(language):
    rows = list(codelists.read_table("gazetteer/official_names.csv"))

    wrong, asked, missed = _read((row[f"name_{language}"], row["code"]) for row in rows)

    assert len(rows) == 249
    assert (wrong, missed) == ([], [])
    assert {code for _, code in asked} <= ASKED


def test_names_of_the_ilo_in_three_languages_are_read_without_error():
    listed = _ilo_list("CL_AREA")
    pairs = [(name, code) for code, names in listed.items() if code in AREA.entries for name in names]

    wrong, asked, missed = _read(pairs)

    assert len(pairs) > 650
    assert set(wrong) == ILO_SLIPS
    assert missed == []
    assert {code for _, code in asked} == {"COG", "WSM"}


def test_countries_of_the_htcds_form_are_read_without_error():
    book = CalamineWorkbook.from_path(str(shared_data("htcds/htcds_xlsform.xlsx")))
    rows = [row for row in book.get_sheet_by_name("choices").to_python() if row[0] == "citizenship"]
    iso3 = {areas.iso2_of(code): code for code in ISO}

    wrong, asked, missed = _read((str(row[2]), iso3[str(row[1])]) for row in rows)

    assert len(rows) == 249
    assert (wrong, missed) == ([], [])
    assert {code for _, code in asked} == {"COG", "WSM"}


def test_names_of_world_population_prospects_lead_to_their_m49_numbers():
    path = shared_data("public/wpp2024_demographic_components_1950_2023.parquet")
    rows = parquet.read_table(path, columns=["country_code", "name", "location_type"]).to_pylist()
    named = {(row["name"], f"{row['country_code']:03d}") for row in rows if row["location_type"] == 4}

    read = {(name, number): areas.resolve(name) for name, number in named}

    assert len(named) > 230
    assert {
        pair
        for pair, match in read.items()
        if match.status == "unknown" or pair[1] not in {areas.m49_of(code) for code in match.codes}
    } == set()


def test_names_of_unhcr_lead_to_their_iso_codes():
    path = shared_data("public/unhcr_population.parquet")
    rows = parquet.read_table(path, columns=["coo_name", "coo_iso"]).to_pylist()
    pairs = {(row["coo_name"], row["coo_iso"]) for row in rows if row["coo_iso"] in AREA.entries}

    wrong, asked, missed = _read(pairs)

    assert len(pairs) > 200
    assert (wrong, missed) == ([], [])
    assert {code for _, code in asked} == {"COG", "WSM", "SRB"}


def test_codes_of_the_ilo_for_areas_are_in_the_codelist():
    listed = {code for code in _ilo_list("CL_AREA") if len(code) == 3 and not code.startswith("X")}

    # CHA: Channel Islands, no area of ISO 3166; KOS: Kosovo, here XKX.
    assert listed - set(AREA.codes) == {"CHA", "KOS"}
    assert areas.resolve("KOS").codes == ("XKX",)


def _read(pairs):
    wrong, asked, missed = [], [], []
    for name, code in pairs:
        match = areas.resolve(name)
        if match.status == "unknown":
            missed.append((name, code))
        elif code not in match.codes or (match.status == "exact" and match.codes != (code,)):
            wrong.append((name, code))
        elif match.status == "ambiguous":
            asked.append((name, code))
    return wrong, asked, missed


def _ilo_list(name):
    tree = ElementTree.parse(shared_data("sdmx/ILO_codelists_recorded.xml"))
    found = next(one for one in tree.iter(f"{{{STRUCTURE['s']}}}Codelist") if one.get("id") == name)
    return {
        code.get("id"): [name.text for name in code.findall("c:Name", STRUCTURE)]
        for code in found.findall("s:Code", STRUCTURE)
    }
