"""Do files as partners send them become the records that they mean, unattended? Real files, IOM's workbooks, our own."""

import datetime
import random

import openpyxl
import pyarrow.parquet as pq
import pytest

from cauce.recipes.add_file import add_file
from cauce.recipes.harmonise_partner import harmonise_partner
from cauce.standards import codelists
from cauce.store import mappings, workspace
from tests.partner_sheets import write_csv, write_ods, write_xlsx
from tests.shared_data import shared_data

TODAY = datetime.date(2026, 1, 1)


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "hub", names={"en": "test"}, area="")


def add(hub, path, partner="p", answers=None):
    return add_file(hub, path, partner=partner, accept=answers is None, answers=answers, today=TODAY)


def records(hub, partner="p"):
    found = harmonise_partner(hub, partner, allowed_fields=None)
    return found, pq.read_table(found.path).to_pylist()


def fields(added):
    return {column.name: column.field for column in added.mapping.columns}


def test_ctdc_global_file_is_mapped_unattended_and_keeps_every_person(hub):
    added = add(hub, shared_data("cases/ctdc_global_2020.csv"))
    found, rows = records(hub)

    assert fields(added) == {
        "yearOfRegistration": "registered_year",
        "gender": "prs_Gender",
        "ageBroad": "age_code",
        "citizenship": "prs_Citizenship",
        "isForcedLabour": "vic_TypeOfExploitation",
        "isSexualExploit": "vic_TypeOfExploitation",
        "CountryOfExploitation": "vic_LocationOfExploitation",
    }
    assert (added.unmapped, found.rows_read, found.rows_rejected, found.findings) == ((), 48_773, 0, ())
    assert len(rows) == len({row["record_id"] for row in rows}) == 48_773
    women = sum(row["prs_Gender"] == "Feminine" for row in rows)
    assert round(100 * women / len(rows), 1) == 72.8
    citizenship = [row["prs_Citizenship"] for row in rows]
    assert citizenship.count(None) == 8_858 + 278  # suppressed, blank
    assert sum("ForcedLabour" in (row["vic_TypeOfExploitation"] or ()) for row in rows) == 9_772
    assert sum("SexualExploitation" in (row["vic_TypeOfExploitation"] or ()) for row in rows) == 16_039


def test_ctdc_zero_is_asked_about_and_na_stays_namibia(hub):
    path = shared_data("cases/ctdc_global_2020.csv")
    asked = []

    def answer(doubt):
        asked.append((doubt.column, doubt.value, doubt.proposed))
        return doubt.proposed

    added = add(hub, path, answers=answer)
    column = next(one for one in added.mapping.columns if one.name == "citizenship")

    assert asked == [("citizenship", "0", ""), ("CountryOfExploitation", "0", "")]
    assert column.values["0"] == ""
    assert column.values.get("NA", "NAM") == "NAM"


def test_ctdc_victim_perpetrator_file_maps_the_victim_and_not_the_perpetrator(hub):
    added = add(hub, shared_data("cases/ctdc_victim_perpetrator_synthetic.csv"))
    found, rows = records(hub)

    mapped = {name: field for name, field in fields(added).items() if field}
    assert mapped["gender"] == "prs_Gender"
    assert mapped["majorityStatus"] == "age_code"
    assert not [name for name in mapped if name.startswith("IP_")]
    assert (found.rows_read, found.rows_rejected) == (21_195, 0)
    assert sum(row["prs_Gender"] == "Feminine" for row in rows) == 9_589
    assert sum(row["prs_Gender"] == "Masculine" for row in rows) == 7_995
    assert sum("ForcedLabour" in (row["vic_TypeOfExploitation"] or ()) for row in rows) == 12_248
    assert sum("SexualExploitation" in (row["vic_TypeOfExploitation"] or ()) for row in rows) == 2_775


CODED = {
    "prs_Gender": "htcds_gender",
    "vic_TraffickingStatus": "htcds_trafficking_status",
    "vic_TraffickingStatusDecisionMakingOrg": "htcds_decision_making_org",
    "vic_MethodOfRecruitment": "htcds_method_of_recruitment",
    "vic_MethodsOfControl": "htcds_methods_of_control",
    "vic_TypeOfExploitation": "htcds_type_of_exploitation",
    "vic_TypeOfSexExploitation": "htcds_type_of_sex_exploitation",
    "cas_Status": "htcds_case_status",
    "cas_ReasonForIncomingReferral": "htcds_reason_for_referral",
    "cas_ReasonForOutgoingReferral": "htcds_reason_for_referral",
}
LISTS = {"vic_MethodOfRecruitment", "vic_MethodsOfControl", "vic_TypeOfExploitation", "vic_TypeOfSexExploitation"}
AREAS = {"prs_Citizenship": ["HT", "CO", "VE", "NA"], "vic_LocationOfExploitation": ["DO", "CL", "MX"]}
TEXTS = ["prs_FirstName", "prs_SecondName", "prs_MailingCity", "cas_CaseOwner", "cas_ReferringOrganisation"]
DATES = ["prs_Birthdate", "cas_IncomingReferralDate", "cas_OutgoingReferralDate"]


def invent_case(rng, number):
    """One invented case: field -> (what the workbook holds, what the record must hold)."""
    case = {field: (f"{field[4:8]} Invented {number}",) * 2 for field in TEXTS}
    for field, name in CODED.items():
        code = rng.choice(codelists.load(name).codes)
        said = codelists.load(name).name_of(code, "en")
        case[field] = (said, [code] if field in LISTS else code)
    for field, codes in AREAS.items():
        written = rng.choice(codes)
        area = next(code for code, one in codelists.load("area").entries.items() if one.more["iso2"] == written)
        case[field] = (written, [area] if field == "prs_Citizenship" else area)
    for field, start in zip(DATES, ((1970, 12_000), (2019, 1_000), (2022, 600)), strict=True):
        day = datetime.date(start[0], 1, 1) + datetime.timedelta(days=rng.randrange(start[1]))
        case[field] = (day, day.isoformat())
    return case


def fill(template, target, cases):
    """The invented cases in IOM's own workbook, under its headings."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    names = {cell.value: cell.column for cell in sheet[1] if cell.value}
    under = {cell.value: cell.column for cell in sheet[2] if cell.value}
    names["vic_TraffickingStatusDecisionMakingOrg"] = names["vic_TraffickinStatusDecisionMakingOrg"]
    names["cas_ReasonForOutgoingReferral"] = under["Reason for Outgoing Referral"]
    for place, case in enumerate(cases, start=3):
        for field, (written, _) in case.items():
            sheet.cell(place, names[field]).value = written
    book.save(target)


@pytest.mark.parametrize("name", ["HTCDS_Excel_v2.0.xlsx", "HTCDS_Excel_single_select_v2.0.xlsx"])
def test_htcds_workbook_loads_without_a_question_and_comes_back_equal(name, hub, tmp_path):
    rng = random.Random(5)
    cases = [invent_case(rng, number) for number in range(200)]
    fill(shared_data(f"htcds/{name}"), tmp_path / name, cases)

    added = add_file(hub, tmp_path / name, partner="p", accept=False, answers=None, today=TODAY)
    found, rows = records(hub)

    assert (added.status, added.doubts) == ("added", ())
    assert (found.rows_read, found.rows_rejected, found.findings) == (200, 0, ())
    assert [row["row"] for row in rows] == list(range(3, 203))
    for row, case in zip(rows, cases, strict=True):
        assert {field: row[field] for field in case} == {field: meant for field, (_, meant) in case.items()}
    assert all(row["age_code"] and row["registered_year"] for row in rows)


POLICE = [
    ["REGISTRO DE VÍCTIMAS 2018", "", "", "", "", "", "", ""],
    ["", "", "", "", "", "", "", ""],
    [
        "N° expediente",
        "Nombres",
        "Apellidos",
        "Fec. Nac.",
        "Sexo",
        "Nacionalidad",
        "Tipo de explotación",
        "Fecha ingreso",
    ],
    ["E-1", "Ana", "Núñez", "03/04/1990", "M", "hondureña", "Trabajo forzoso; Explotación sexual", "25/01/2018"],
    ["E-2", "Luis", "Peña", "17/12/2005", "H", "haitiano", "Mendicidad forzada", "07/02/2018"],
    ["E-3", "Zoé", "Ruiz", "s/d", "M", "Rep. Dominicana", "S/D", "31/03/2018"],
    ["TOTAL", "3", "", "", "", "", "", ""],
]


def test_spanish_register_in_windows_1252_is_read_as_a_spanish_speaker_would(hub, tmp_path):
    path = write_csv(tmp_path / "registro 2018.csv", POLICE, delimiter=";", encoding="cp1252")

    added = add(hub, path)
    found, rows = records(hub)

    assert added.mapping.layout.heading_row == 3
    assert [row["prs_Gender"] for row in rows] == ["Feminine", "Masculine", "Feminine"]
    assert [row["prs_Birthdate"] for row in rows] == ["1990-04-03", "2005-12-17", None]
    assert [row["registered_date"] for row in rows] == ["2018-01-25", "2018-02-07", "2018-03-31"]
    assert [row["prs_Citizenship"] for row in rows] == [["HND"], ["HTI"], ["DOM"]]
    assert rows[0]["vic_TypeOfExploitation"] == ["ForcedLabour", "SexualExploitation"]
    assert [row["age_code"] for row in rows] == ["Y27T29", "Y9T17", None]
    assert {one.code for one in found.findings} == {"gather.total_row"}


def test_birth_of_which_only_the_year_is_known_is_kept_for_linking_and_tells_no_age(hub, tmp_path):
    born = ["03/04/1990", "1985", "hacia 1985", "marzo de 1992", "17/12/2005"]
    people = [[f"E-{n}", "Ana", "Ruiz", day, "M", "25/01/2018"] for n, day in enumerate(born)]
    heading = ["N° de expediente", "Nombres", "Apellidos", "Fecha de nacimiento", "Sexo", "Fecha de registro"]

    add(hub, write_csv(tmp_path / "registro.csv", [heading, *people]))
    found, rows = records(hub)

    assert [row["prs_Birthdate"] for row in rows] == ["1990-04-03", "1985", "1985", "1992-03", "2005-12-17"]
    assert [row["age_code"] is None for row in rows] == [False, True, True, True, False]
    assert found.findings == ()


def test_french_workbook_of_several_sheets_takes_the_one_of_cases(hub, tmp_path):
    cases = [
        ["Dossier", "Prénom", "Nom", "Date de naissance", "Sexe", "Pays d'origine", "Travail forcé", "Mariage forcé"],
        ["D1", "Awa", "Diallo", "3 avril 1999", "Femme", "Guinée", "oui", "non"],
        ["D2", "Jean", "Pierre", "12 août 2008", "Homme", "Haïti", "non", "non"],
        ["D3", "Marie", "Joseph", "1er mai 2001", "Féminin", "Côte d'Ivoire", "", "oui"],
    ]
    lists = [[f"valeur {number}", "texte", "autre texte"] for number in range(40)]
    path = write_xlsx(tmp_path / "dossiers.xlsx", cases, sheet="Dossiers", others={"Listes": lists})

    added = add(hub, path)
    _, rows = records(hub)

    assert added.mapping.layout.sheet == "Dossiers"
    assert [row["prs_Birthdate"] for row in rows] == ["1999-04-03", "2008-08-12", "2001-05-01"]
    assert [row["prs_Citizenship"] for row in rows] == [["GIN"], ["HTI"], ["CIV"]]
    assert [row["vic_TypeOfExploitation"] for row in rows] == [["ForcedLabour"], None, ["ForcedMarriage"]]
    assert [row["prs_Gender"] for row in rows] == ["Feminine", "Masculine", "Feminine"]


def test_dates_that_two_orders_read_are_asked_about_and_left_out_unattended(hub, tmp_path):
    rows = [["Expediente", "Fecha de nacimiento", "Sexo"], ["1", "03/04/2018", "F"], ["2", "05/06/2017", "M"]]
    path = write_csv(tmp_path / "a.csv", rows)

    waiting = add_file(hub, path, partner="p", accept=False, answers=None, today=TODAY)
    kept = [str(one.relative_to(hub.root)) for one in hub.root.rglob("*") if one.is_file() and one.name != ".lock"]
    unattended = add(hub, path)
    asked = add(hub, write_csv(tmp_path / "b.csv", rows), partner="q", answers=lambda doubt: "mdy")
    _, read = records(hub, "q")

    assert (waiting.status, [(one.column, one.kind) for one in waiting.doubts]) == (
        "waiting",
        [("Fecha de nacimiento", "order")],
    )
    assert sorted(kept) == ["hub.secret", "hub.toml", "mappings/p.proposed.toml", "population"]
    assert unattended.unmapped == ("Fecha de nacimiento",)
    assert fields(asked)["Fecha de nacimiento"] == "prs_Birthdate"
    assert [row["prs_Birthdate"] for row in read] == ["2018-03-04", "2017-05-06"]


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["1.234,5", "350.000", "7"], ["1234.5", "350000", "7"]),
        (["1 234", "12", "1 000"], ["1234", "12", "1000"]),
        (["1,234.50", "2", "3"], ["1234.5", "2", "3"]),
    ],
)
def test_numbers_follow_the_mark_that_their_column_shows(cells, meant, hub, tmp_path):
    rows = [["Expediente", "Número de hijos"], *([str(place), cell] for place, cell in enumerate(cells))]

    add(hub, write_csv(tmp_path / "a.csv", rows, delimiter=";"))
    _, read = records(hub)

    assert [row["prs_NumberOfChildren"] for row in read] == meant


def test_numbers_that_two_marks_read_are_asked_about(hub, tmp_path):
    rows = [["Expediente", "Número de hijos"], ["1", "350.000"], ["2", "1.000"]]

    added = add(hub, write_csv(tmp_path / "a.csv", rows, delimiter=";"))

    assert [(one.column, one.kind) for one in added.doubts] == [("Número de hijos", "decimal")]
    assert added.unmapped == ("Número de hijos",)


def test_ods_of_a_shelter_with_ages_in_bands_that_do_not_nest_is_never_split(hub, tmp_path):
    rows = [["Código", "Edad"], ["1", "15-24"], ["2", "0-8"], ["3", "menor de edad"], ["4", "34"]]

    add(hub, write_ods(tmp_path / "a.ods", rows))
    found, read = records(hub)

    assert [row["age_code"] for row in read] == [None, "Y0T8", "Y0T17_U", "Y30T38"]
    assert [(one.code, one.row) for one in found.findings] == [("harmonise.age_between_bands", 2)]


def test_second_file_of_a_partner_uses_its_mapping_and_new_columns_are_proposed(hub, tmp_path):
    first = write_csv(tmp_path / "2024.csv", [["Expediente", "Sexo"], ["1", "F"], ["2", "M"]])
    second = write_xlsx(tmp_path / "2025.xlsx", [["Sexo", "Expediente", "Nacionalidad"], ["M", "3", "Perú"]])

    add(hub, first)
    added = add(hub, second)
    found, read = records(hub)

    assert fields(added) == {"Expediente": "record_id", "Sexo": "prs_Gender", "Nacionalidad": "prs_Citizenship"}
    assert [(row["record_id"], row["prs_Gender"], row["prs_Citizenship"]) for row in read] == [
        ("1", "Feminine", None),
        ("2", "Masculine", None),
        ("3", "Masculine", ["PER"]),
    ]
    assert [(one.code, one.file, one.column) for one in found.findings] == [
        ("harmonise.absent_column", "2024.csv", "Nacionalidad")
    ]


def test_a_person_s_word_in_the_mapping_stands_above_the_proposal(hub, tmp_path):
    rows = [[str(number), "F"] for number in range(1, 9)]
    add(hub, write_csv(tmp_path / "a.csv", [["Expediente", "Sexo"], *rows, ["9", "X"]]))
    file = mappings.mapping_path(hub, "p")
    text = file.read_text(encoding="utf-8")

    file.write_text(text.replace('F = "Feminine"', 'F = "Masculine", X = "NonConforming"'), encoding="utf-8")
    _, read = records(hub)

    assert 'F = "Feminine"' in text
    assert [row["prs_Gender"] for row in read] == ["Masculine"] * 8 + ["NonConforming"]


def test_fields_that_the_agreement_leaves_out_are_never_in_the_records(hub, tmp_path):
    add(hub, write_csv(tmp_path / "a.csv", [["Expediente", "Nombre", "Sexo"], ["1", "Ana", "F"]]))

    found = harmonise_partner(hub, "p", allowed_fields=["prs_Gender"])

    assert "prs_FirstName" not in pq.read_schema(found.path).names


def test_records_are_made_once_for_the_same_files_and_mapping(hub, tmp_path):
    add(hub, write_csv(tmp_path / "a.csv", [["Expediente", "Sexo"], ["1", "F"]]))

    first = harmonise_partner(hub, "p", allowed_fields=None)
    made = first.path.stat().st_mtime_ns
    second = harmonise_partner(hub, "p", allowed_fields=None)

    assert second == first
    assert second.path.stat().st_mtime_ns == made


def test_sheets_with_the_same_headings_are_one_table_and_rows_keep_their_sheet(hub, tmp_path):
    headings = ["Nombre", "Sexo", "Nacionalidad"]
    months = {
        "Enero": [headings, ["Ana", "F", "Perú"], ["Luis", "M", "??nada"]],
        "Febrero": [["Registro de febrero", "", ""], headings, ["Zoé", "F", "Haití"], ["TOTAL", "1", ""]],
    }
    path = write_xlsx(tmp_path / "a.xlsx", [["una nota", "aparte"], ["x", "y"]], sheet="Notas", others=months)

    added = add(hub, path)
    found, rows = records(hub)

    assert added.mapping.layout.sheet == "*"
    assert {row["prs_FirstName"]: row["row"] for row in rows} == {"Ana": 2, "Luis": 3, "Zoé": 3}
    assert len({row["record_id"] for row in rows}) == 3
    assert sorted((one.code, one.sheet, one.row) for one in found.findings) == [
        ("gather.total_row", "Febrero", 4),
        ("harmonise.unknown_value", "Enero", 3),
    ]


def test_columns_with_more_values_than_a_profile_tells_lose_none_of_them(hub, tmp_path):
    moments = [
        datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=n) for n in range(60_000)
    ]
    rows = [[str(number), f"{moment:%Y-%m-%d %H:%M:%S}"] for number, moment in enumerate(moments)]

    add(hub, write_csv(tmp_path / "a.csv", [["Expediente", "Fecha de registro"], *rows]))
    found, read = records(hub)

    assert (found.rows_read, found.findings) == (60_000, ())
    assert all(row["registered_date"] for row in read)


def test_xlsform_export_with_names_and_codes_of_its_own_is_read(hub, tmp_path):
    rows = [
        ["_id", "prs_First_Name", "prs_Second_Name", "prs_Gender", "prs_Citizenship", "vic_Methods_of_Control"],
        ["1", "Ana", "Ruiz", "TransgenderFeminine", "HT", "PhysicalThreats DebtBondage"],
        ["2", "Luis", "Paz", "NonSpecifiedUnknown", "NA", "FalsePromises"],
    ]

    added = add(hub, write_csv(tmp_path / "form.csv", rows))
    _, read = records(hub)

    assert fields(added)["vic_Methods_of_Control"] == "vic_MethodsOfControl"
    assert [row["prs_FirstName"] for row in read] == ["Ana", "Luis"]
    assert [row["prs_Gender"] for row in read] == ["TransgenderFeminine", "NonSpecifiedUnknown"]
    assert [sorted(row["vic_MethodsOfControl"]) for row in read] == [
        ["DebtBondage", "PhysicalThreats"],
        ["FalsePromises"],
    ]
    assert [row["prs_Citizenship"] for row in read] == [["HTI"], ["NAM"]]


def test_layout_that_a_person_wrote_before_the_file_came_is_obeyed(hub, tmp_path):
    path = tmp_path / "a.csv"
    text = "Exportado por sistema,,\nclave,valor,x\nExpediente,Nombre,Sexo\n1,Ángel,M\n2,Zoé,F\n"
    path.write_bytes(text.encode("cp850"))
    said = '[file]\npattern = "*.csv"\nencoding = "cp850"\nheading_row = 3\n'
    mappings.mapping_path(hub, "p").write_text(said, encoding="utf-8")

    added = add(hub, path)
    _, rows = records(hub)

    assert (added.mapping.layout.encoding, added.mapping.layout.heading_row) == ("cp850", 3)
    assert [row["prs_FirstName"] for row in rows] == ["Ángel", "Zoé"]
