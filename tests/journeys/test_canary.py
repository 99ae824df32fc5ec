"""Does anything of one person leave? A canary with values that nobody else has, looked for in all that goes out."""

import csv
import io
import os
import zipfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cauce.web.settings")

import django
import pyarrow.parquet as pq
import pytest
from django.test import Client, override_settings

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
    inside = cauce("explain", hub, f"{TODAY}.1/prs_Gender/Feminine", "--vault", "--json")
    said += [inside, cauce("explain", hub, f"{TODAY}.1/prs_Gender/nobody", "--json")]
    said.append(
        cauce("ask", hub, "--by", "age_code", "--where", "prs_Gender=Feminine", "--lang", "es", "--today", TODAY)
    )
    assert inside.code == 0, inside.err
    return hub, said


@pytest.fixture(scope="module")
def client(told):
    """The web door over the canary's hub."""
    django.setup()
    with override_settings(CAUCE_RELEASES=told[0] / "releases", ALLOWED_HOSTS=["testserver"]):
        yield Client()


def leaks_in(folder):
    """(files looked at, what of the canary they hold)."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return files, [f"{path.name}: {word}" for path in files for word in FORBIDDEN if word in texts_of(path)]


def test_canary_is_in_no_file_of_a_release(told):
    hub, _ = told

    files, leaks = leaks_in(hub / "releases")

    assert len(files) > 50
    assert leaks == []


def test_canary_is_in_no_message(told):
    _, said = told

    leaks = [word for one in said for word in FORBIDDEN if word in one.out + one.err]

    assert leaks == []


def test_canary_is_in_no_list_of_findings_or_rejects(told):
    hub, _ = told
    rejects = io.StringIO("".join(path.read_text("utf-8-sig") for path in (hub / "vault" / "rejects").iterdir()))

    assert [word for word in FORBIDDEN if word in rejects.getvalue()] == []


def test_canary_is_not_in_the_ledger_nor_in_anything_beside_the_vault(told):
    hub, _ = told
    beside = [path for path in hub.iterdir() if path.is_file()]

    leaks = [f"{path.name}: {word}" for path in beside for word in FORBIDDEN if word in texts_of(path)]

    assert "ledger.sqlite" in [path.name for path in beside]
    assert leaks == []


def test_canary_is_in_no_page_that_the_server_gives_nor_in_what_it_logs(told, client, caplog):
    hub, _ = told
    *older, release = sorted((hub / "releases").iterdir())
    pages = [f"/{path.relative_to(release / 'site')}" for path in (release / "site").rglob("*.html")]
    for one in (*older, release):
        pages += [f"/releases/{one.name}/{path.relative_to(one)}" for path in one.rglob("*") if path.is_file()]

    answers = {page: client.get(page) for page in [*pages, "/", "/es/", "/healthz", "/metrics"]}
    refused = client.get("/es/areas/Zyxquila/", {"name": "Brontavek"})

    given = {page: b"".join(answer).decode("utf-8", "replace") for page, answer in answers.items()}
    assert len(pages) > 50 and all(answer.status_code in (200, 302) for answer in answers.values())
    assert [page for page, text in given.items() for word in FORBIDDEN if word in text] == []
    assert refused.status_code == 404 and not any(word in refused.content.decode() for word in FORBIDDEN)
    assert not any("Brontavek" in message for message in caplog.messages)


def test_canary_is_in_no_file_of_a_protected_table_nor_in_what_the_command_says(tmp_path):
    codes = [["F", str(place % 4), "1"] for place in range(400)]
    told = {
        "coded": [*codes, ["Zyxquila", "treintaizyx", "1"]],
        "written": [["F", f"Zyxquila {place}", "1"] for place in range(400)],
    }
    (tmp_path / "domain.toml").write_text('sex = ["F", "M"]\nage = ["0", "1", "2", "3"]\ndebt = ["0", "1"]\n')
    said = {}
    for name, rows in told.items():
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([["sex", "age", "debt"], *rows])
        words = (
            "--epsilon",
            4,
            "--delta",
            1e-7,
            "--domain",
            tmp_path / "domain.toml",
            "--out",
            tmp_path / "out" / name,
        )
        (tmp_path / "out").mkdir(exist_ok=True)
        said[name] = cauce("protect", tmp_path / f"{name}.csv", *words, "--json")

    files, leaks = leaks_in(tmp_path / "out")

    assert (said["coded"].code, said["written"].code) == (0, 2), said["coded"].out
    assert {path.name for path in files} >= {"records.csv", "report.html", "report.json"} and leaks == []
    assert not any(word in one.out + one.err for one in said.values() for word in FORBIDDEN)


def test_canary_is_in_no_encoding_nor_in_the_pairs(tmp_path):
    out, said = tmp_path / "out", []
    out.mkdir()
    (tmp_path / "key").write_bytes(bytes(range(40)))
    on = "given_name=Nombres,surname=Apellidos,birth_date=Fecha de nacimiento"
    for name in ("policia", "ong"):
        (tmp_path / name).mkdir()
        file = partner_file(tmp_path / name)
        text = file.read_text(encoding="utf-8").replace("Expediente", "record_id")
        file.write_text(
            text.replace("19/03/1907", "1907-03-19").replace("CANARIO-77341", f"{name}-last"), encoding="utf-8"
        )
        said.append(
            cauce("encode", file, "--on", on, "--key", tmp_path / "key", "--out", out / f"{name}.enc", "--json")
        )
    said.append(cauce("link", out / "policia.enc", out / "ong.enc", "--out", out / "pairs.csv", "--json"))

    files, leaks = leaks_in(out)

    assert [one.code for one in said] == [0, 0, 0], [one.err for one in said]
    assert len(files) >= 3 and leaks == []
    assert not any(word in one.out + one.err for one in said for word in FORBIDDEN)


def test_canary_is_read_inside_so_that_the_search_means_something(told):
    hub, _ = told

    assert "Zyxquila" in (hub / "partners" / "policia" / "policia.csv").read_text()
    records = [path for path in (hub / "partners").rglob("records.parquet")]
    assert any("Zyxquila" in texts_of(path) for path in records) or len(records) == 1
