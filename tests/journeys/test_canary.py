"""Does anything of one person leave? A canary with values that nobody else has, looked for in all that goes out."""

import csv
import io
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.journeys.conftest import TODAY
from tests.journeys.hubs import cauce

CANARY = {
    "Expediente": "CANARIO-77341",
    "Nombres": "Zyxquila",
    "Apellidos": "Brontavek Umquist",
    "Fecha de nacimiento": "19/03/1907",
    "Edad": "treintaizyx",
    "Sexo": "Femenino-zyx",
    "Nacionalidad": "Zyxlandesa",
    "Fecha de registro": "77/03/2024",
}
FORBIDDEN = ["CANARIO", "77341", "Zyxquil", "zyxquil", "Brontavek", "brontavek", "Umquist", "19/03/1907", "1907-03-19",
             "treintaizyx", "Femenino-zyx", "Zyxland", "77/03/2024"]  # fmt: skip


def partner_file(folder):
    path = folder / "policia.csv"
    names = ["Ana", "Luz", "Rosa", "Eva", "Inés", "Pilar", "Julia", "Berta"]
    rows = [
        [f"P-{place}", names[place % 8], "Gómez Ruiz", f"{1 + place % 28:02}/{1 + place % 12:02}/{1970 + place % 30}",
         20 + place % 30, "F" if place % 3 else "M", "colombiana", f"{1 + place % 28:02}/06/2024"]
        for place in range(400)
    ]  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=";").writerows([list(CANARY), *rows, list(CANARY.values())])
    return path


def texts_of(path: Path):
    """The text of a file, however it is packed."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pylist())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return path.read_bytes().decode("utf-8", "replace")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(hub, all that the commands said) after the whole job on a file with the canary in it."""
    folder = tmp_path_factory.mktemp("canary")
    hub, file = folder / "mesa", partner_file(folder)
    said = [cauce("new", hub, "--json")]
    said.append(cauce("add", hub, file, "--partner", "policia", "--yes", "--today", TODAY))
    said.append(cauce("agree", hub, "--partner", "policia", "--from", TODAY, "--until", "2027-11-22", "--today", TODAY))
    said += [cauce("check", hub, "--lang", language) for language in ("es", "en", "fr")]
    said += [cauce("check", hub, "--json"), cauce("run", hub, "--today", TODAY, "--lang", "es")]
    said.append(cauce("run", hub, "--json", "--today", TODAY))
    said.append(cauce("explain", hub, f"{TODAY}.1/prs_Gender/Feminine", "--json"))
    said.append(cauce("ask", hub, "--by", "prs_Gender,age_code", "--json", "--today", TODAY))
    said.append(cauce("ask", hub, "--by", "prs_FirstName", "--json", "--today", TODAY))
    assert said[-4].code == 0, said[-4].err
    return hub, said


def test_canary_is_in_no_file_of_a_release(told):
    hub, _ = told
    files = [path for path in (hub / "releases").rglob("*") if path.is_file()]

    leaks = [f"{path.name}: {word}" for path in files for word in FORBIDDEN if word in texts_of(path)]

    assert len(files) > 50
    assert leaks == []


def test_canary_is_in_no_message(told):
    _, said = told

    leaks = [(one.out + one.err)[:0] + word for one in said for word in FORBIDDEN if word in one.out + one.err]

    assert leaks == []


def test_canary_is_in_no_list_of_findings_or_rejects(told):
    hub, _ = told
    rejects = io.StringIO("".join(path.read_text("utf-8-sig") for path in (hub / "vault" / "rejects").iterdir()))

    assert [word for word in FORBIDDEN if word in rejects.getvalue()] == []


def test_canary_is_read_inside_so_that_the_search_means_something(told):
    hub, _ = told

    assert "Zyxquila" in (hub / "partners" / "policia" / "policia.csv").read_text()
    records = [path for path in (hub / "partners").rglob("records.parquet")]
    assert any("Zyxquila" in texts_of(path) for path in records) or len(records) == 1
