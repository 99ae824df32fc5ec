"""Are ages, sexes and the fields of HTCDS those that their issuers publish?"""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from python_calamine import CalamineWorkbook
from tests.shared_data import shared_data

from cauce.standards import ages, areas, codelists, packs

STRUCTURE = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure}"


@pytest.fixture(name="standard")
def standard_fields():
    book = CalamineWorkbook.from_path(str(shared_data("htcds/HTCDS_Field_Standards_2.0.ods")))
    rows = book.get_sheet_by_index(0).to_python()[1:]
    return {str(row[6]).strip(): row for row in rows if row[6] and row[6] != "N/A"}


def test_fields_of_the_pack_are_those_of_the_standard_in_its_order(standard):
    pack = packs.load("trafficking")

    assert [name for name in pack.fields if name in standard] == list(standard)
    assert {name: pack.fields[name].labels["en"] for name in standard} == {
        name: row[5] for name, row in standard.items()
    }
    assert {name for name in standard if pack.fields[name].is_core} == {
        n for n, row in standard.items() if row[2] == "Core"
    }


def test_picklists_hold_the_codes_and_english_labels_of_the_standard(standard):
    pack = packs.load("trafficking")
    listed = {
        name: pack.fields[name].codelist for name in standard if str(pack.fields[name].codelist).startswith("htcds")
    }

    ours = {name: _pairs(codelists.load(codelist)) for name, codelist in listed.items()}

    assert ours == {
        name: list(zip(_lines(standard[name][9]), _lines(standard[name][10]), strict=True)) for name in listed
    }


def test_fields_of_several_values_are_those_that_the_standard_or_its_form_calls_multiple(standard):
    pack = packs.load("trafficking")
    form = (
        CalamineWorkbook.from_path(str(shared_data("htcds/htcds_xlsform.xlsx"))).get_sheet_by_name("survey").to_python()
    )
    multiple = {name for name, row in standard.items() if str(row[7]).startswith("Multiselect")}
    multiple |= {pack.field_of(str(row[1])).name for row in form if str(row[0]).startswith("select_multiple")}

    assert {name for name in standard if pack.fields[name].kind == "codes"} == multiple


@pytest.mark.parametrize(
    "path", ["htcds/HTCDS_Excel_v2.0.xlsx", "htcds/HTCDS_Excel_single_select_v2.0.xlsx", "htcds/htcds_xlsform.xlsx"]
)
def test_headings_of_iom_workbooks_name_fields_of_the_pack(path):
    rows = CalamineWorkbook.from_path(str(shared_data(path))).get_sheet_by_index(0).to_python()
    headings = [str(row[1]) for row in rows[1:]] if "xlsform" in path else [str(cell) for cell in rows[0]]
    coded = [heading for heading in headings if re.match(r"^(prs|vic|cas|con)_", heading)]

    unread = [heading for heading in coded if packs.load("trafficking").field_of(heading) is None]

    assert len(coded) > 25
    assert unread == []


@pytest.mark.parametrize(
    ("heading", "codelist"),
    [
        ("Gender", "htcds_gender"),
        ("Method of Recruitment", "htcds_method_of_recruitment"),
        ("Methods of Control", "htcds_methods_of_control"),
        ("Type of Exploitation", "htcds_type_of_exploitation"),
        ("Forced Labour Industry", "htcds_forced_labour_industry"),
        ("Type of Sex Exploitation", "htcds_type_of_sex_exploitation"),
        ("Vulnerabilities", "htcds_vulnerabilities"),
        ("Status", "htcds_case_status"),
        ("Reason for Incoming Referral", "htcds_reason_for_referral"),
        ("Trafficking Status", "htcds_trafficking_status"),
        ("Trafficking Status Decision Making Organization", "htcds_decision_making_org"),
    ],
)
def test_choices_of_the_iom_workbook_are_the_whole_of_each_picklist(heading, codelist):
    chosen = _workbook_choices()[heading]

    read = [codelists.load(codelist).resolve(choice) for choice in chosen]

    assert [match.status for match in read] == ["exact"] * len(chosen)
    assert [match.codes[0] for match in read] == list(codelists.load(codelist).codes)


def test_countries_of_the_iom_workbook_are_read_as_their_codes_beside_them():
    choices = _workbook_choices()

    read = [areas.resolve(name, scheme="official").codes for name in choices["Country"]]

    assert len(read) == 249
    assert [areas.iso2_of(codes[0]) for codes in read] == choices["Country Code"]


def test_age_codes_of_the_ilo_are_read_as_the_ages_that_its_names_say():
    listed = {code: names for code, names in _ilo_list("CL_AGE").items() if re.search(r"_Y", code) and names}
    bands = {code: (ages.band_of(code), ages.parse(names[0])) for code, names in listed.items() if ages.band_of(code)}

    assert len(bands) > 50
    assert {code for code, (by_code, by_name) in bands.items() if by_code != by_name} == set()
    assert {by_code.code for by_code, _ in bands.values()} <= set(codelists.load("age").codes)


def test_sex_codes_of_the_ilo_are_among_ours():
    listed = {code.removeprefix("SEX_") for code in _ilo_list("CL_SEX") if code.startswith("SEX_")}

    assert {"_T" if code == "T" else code for code in listed} <= set(codelists.load("sex").codes)


def test_age_bands_of_ctdc_are_published_as_they_are():
    path = shared_data("cases/ctdc_global_2020.csv")
    with path.open(encoding="utf-8") as lines:
        found = {line.split(",")[2] for line in lines} - {"", "ageBroad"}

    placed = {text: ages.place(ages.parse(text), _published()).how for text in found}

    assert len(placed) == 9
    assert set(placed.values()) == {"exact"}


def _workbook_choices():
    book = CalamineWorkbook.from_path(str(shared_data("htcds/HTCDS_Excel_single_select_v2.0.xlsx")))
    columns = list(zip(*book.get_sheet_by_name("validation").to_python(), strict=True))
    filled = [[str(cell).strip() for cell in column if cell not in ("", None)] for column in columns]
    headed = [column[1:] if column[0] == "Validation Lookups" else column for column in filled if column]
    return {column[0]: column[1:] for column in headed if column}


def _published():
    return packs.load("trafficking").domain_of("age_code", year=2024)


def _lines(cell):
    return [line.strip() for line in str(cell).split("\n") if line.strip()]


def _pairs(codelist):
    return [(code, codelist.name_of(code, "en")) for code in codelist.codes]


def _ilo_list(name):
    tree = ElementTree.parse(shared_data("sdmx/ILO_codelists_recorded.xml"))
    found = next(one for one in tree.iter(f"{STRUCTURE}Codelist") if one.get("id") == name)
    texts = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}Name"
    return {code.get("id"): [one.text for one in code.findall(texts)] for code in found.findall(f"{STRUCTURE}Code")}
