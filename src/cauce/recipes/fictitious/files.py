"""How does each partner's spreadsheet look? Four languages of headings, four file formats, and a few wrong rows.

The bytes are returned; `store` writes them.
"""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape

import xlsxwriter

from cauce.recipes.fictitious.records import Record

__all__ = ["as_files"]

_NAMES_ES = {"VEN": "venezolana|venezolano", "COL": "colombiana|colombiano", "HTI": "haitiana|haitiano",
             "NIC": "nicaragüense|nicaragüense", "DOM": "República Dominicana|República Dominicana",
             "NGA": "nigeriana|nigeriano", "JAM": "jamaiquina|jamaiquino", "CUB": "cubana|cubano"}  # fmt: skip
_NAMES_FR = {"VEN": "Venezuela", "COL": "Colombie", "HTI": "Haïti", "NIC": "Nicaragua", "DOM": "République dominicaine",
             "NGA": "Nigéria", "JAM": "Jamaïque", "CUB": "Cuba"}  # fmt: skip
_ISO2 = {"VEN": "VE", "COL": "CO", "HTI": "HT", "NIC": "NI", "DOM": "DO", "NGA": "NG", "JAM": "JM", "CUB": "CU"}
_FORMS_ES = {"Sexual exploitation": "Explotación sexual", "Forced labour": "Trabajo forzoso",
             "Domestic servitude": "Servidumbre doméstica"}  # fmt: skip
_FORMS_EN = {"Sexual exploitation": "Sexual exploitation", "Forced labour": "Forced labour",
             "Domestic servitude": "Domestic servitude"}  # fmt: skip

Row = Sequence[object]


def as_files(registers: Mapping[str, Sequence[Record]]) -> dict[str, tuple[str, bytes]]:
    """Each partner's spreadsheet, as it would send it.

    In
        registers   partner -> its records
    Out
        partner -> (file name, content)
    """
    return {
        "policia": ("victimas_2023-2025.csv", _police(registers["policia"])),
        "casa": ("Registro Casa Abierta.xlsx", _shelter(registers["casa"])),
        "accueil": ("accueil_personnes.ods", _reception(registers["accueil"])),
        "inspection": ("labour_inspectorate.tsv", _inspectorate(registers["inspection"])),
    }


def _police(records: Sequence[Record]) -> bytes:
    heading = ("Expediente", "Nombres", "Apellidos", "Fecha de nacimiento", "Edad", "Sexo", "Nacionalidad",
               "Tipo de explotación", "Fecha de registro")  # fmt: skip
    rows: list[Row] = [
        (
            record.record_id,
            record.given_name,
            record.surname,
            _day(record.birth_date, "{d:02}/{m:02}/{y}"),
            record.age_years,
            "F" if record.is_woman else "M",
            _NAMES_ES[record.citizenship].split("|")[0 if record.is_woman else 1],
            "; ".join(_FORMS_ES[form] for form in record.forms),
            _day(record.registered.isoformat(), "{d:02}/{m:02}/{y}"),
        )
        for record in records
    ]
    wrong = ("POL-99998", "", "", "31/02/1999", "veinte", "F", "desconocida de allá", "Trabajo forzoso", "14/03/2024")
    total = ("TOTAL", "", "", "", "", "", "", "", str(len(rows)))
    return _delimited([heading, *rows, wrong, total], ";").encode("cp1252", errors="replace")


def _shelter(records: Sequence[Record]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Registro")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, 7, "Casa Abierta: registro de personas acompañadas")
        heading = ("Número de caso", "Nombre", "Apellidos", "F. nacimiento", "Edad al ingreso", "Género",
                   "País de nacionalidad", "Forma de explotación", "Fecha de ingreso")  # fmt: skip
        sheet.write_row(3, 0, heading)
        for place, record in enumerate(records, start=4):
            sheet.write_row(place, 0, (record.record_id, record.given_name, record.surname))
            if record.birth_date:
                sheet.write_datetime(place, 3, date.fromisoformat(record.birth_date), day)
            gender = "Mujer" if record.is_woman else "Hombre"
            forms = " | ".join(_FORMS_ES[form] for form in record.forms)
            sheet.write_row(place, 4, (record.age_years, gender, _ISO2[record.citizenship], forms))
            sheet.write_datetime(place, 8, record.registered, day)
        book.add_worksheet("Notas").write(0, 0, "Los nombres se escriben como los dice la persona.")
    return stream.getvalue()


def _reception(records: Sequence[Record]) -> bytes:
    heading = ("Dossier", "Prénom", "Nom", "Date de naissance", "Âge", "Sexe", "Pays de nationalité",
               "Exploitation sexuelle", "Travail forcé", "Servitude domestique", "Date d'enregistrement")  # fmt: skip
    rows: list[Row] = [
        (
            record.record_id,
            record.given_name,
            record.surname,
            _day(record.birth_date, "{d:02}-{m:02}-{y}"),
            record.age_years,
            "Féminin" if record.is_woman else "Masculin",
            _NAMES_FR[record.citizenship],
            *("oui" if form in record.forms else "non" for form in _FORMS_EN),
            _day(record.registered.isoformat(), "{d:02}-{m:02}-{y}"),
        )
        for record in records
    ]
    wrong = ("ACC-99999", "", "", "00-00-0000", -4, "Féminin", "Haïti", "oui", "non", "non", "45-13-2024")
    return _open_document([heading, *rows, wrong])


def _inspectorate(records: Sequence[Record]) -> bytes:
    heading = ("Case number", "First name", "Last name", "Date of birth", "Age", "Sex", "Citizenship",
               "Type of exploitation", "Registration date")  # fmt: skip
    rows: list[Row] = [
        (
            record.record_id,
            record.given_name,
            record.surname,
            record.birth_date,
            record.age_years,
            "Female" if record.is_woman else "Male",
            record.citizenship,
            ", ".join(_FORMS_EN[form] for form in record.forms),
            record.registered.isoformat(),
        )
        for record in records
    ]
    return _delimited([heading, *rows], "\t").encode("utf-16")


def _delimited(rows: Sequence[Row], delimiter: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def _day(iso: str, pattern: str) -> str:
    if not iso:
        return ""
    year, month, day = (int(part) for part in iso.split("-"))
    return pattern.format(y=year, m=month, d=day)


def _open_document(rows: Sequence[Row]) -> bytes:
    """A minimal OpenDocument spreadsheet (ISO/IEC 26300) of one sheet."""
    table = "".join(
        "<table:table-row>" + "".join(_open_cell(cell) for cell in row) + "</table:table-row>" for row in rows
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Personnes">{table}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind, compress_type=zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return stream.getvalue()


def _open_cell(cell: object) -> str:
    kind = f'"float" office:value="{cell}"' if isinstance(cell, int) else '"string"'
    return f"<table:table-cell office:value-type={kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>"
