"""What happens to a steward who adds a file that is no table, or a dangerous one? One clear refusal, nothing written."""

import datetime
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cauce.cli import door
from cauce.cli.main import main
from cauce.recipes.add_file import add_file
from cauce.store import workspace
from tests.partner_sheets import write_csv, write_sheet, write_xlsx

DAY = datetime.date(2026, 1, 1)
HEADINGS = ["Expediente", "Nombre", "Sexo"]
ROWS = [HEADINGS, ["A-1", "Ana", "F"], ["A-2", "Luis", "M"]]


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "hub", names={"en": "test"}, area="")


def add(hub, path, capsys, *options):
    """The exit code and the JSON of `cauce add`; a traceback fails the test."""
    with pytest.raises(SystemExit) as left:
        main(["add", str(hub.root), str(path), "--partner", "p", "--json", "--today", "2026-01-01", *options])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return left.value.code, json.loads(said.out)


def files_of(hub):
    return sorted(
        str(one.relative_to(hub.root)) for one in hub.root.rglob("*") if one.is_file() and one.name != ".lock"
    )


def assert_refused(hub, path, capsys, *codes):
    before = files_of(hub)

    exit_code, said = add(hub, path, capsys, "--yes")

    assert exit_code == 2, said
    assert [one["code"] for one in said["refusals"]] == list(codes)
    assert all(one["found"] and one["wanted"] and one["remedy"] for one in said["refusals"])
    assert files_of(hub) == before


def _compound(stream_name):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream_name.encode("utf-16-le") + bytes(2048)


BAD_BYTES = {
    "empty.csv": (b"", "gather.empty_file"),
    "only-mark.csv": (b"\xef\xbb\xbf", "gather.no_heading"),
    "only-blank.csv": (b"\n\n\n", "gather.no_heading"),
    "only-headings.csv": (b"Nombre,Sexo\n", "gather.no_rows"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "gather.unknown_format"),
    "program.csv": (b"\x7fELF" + bytes(500), "gather.unknown_format"),
    "noise.csv": (bytes(range(256)) * 40, "gather.binary"),
    "zeros.csv": (bytes(5000), "gather.binary"),
    "page.xls": (b"<html><table><tr><td>a</td></tr></table></html>", "gather.unknown_format"),
    "text.xlsx": (b"Nombre,Sexo\nAna,F\n", "gather.wrong_name"),
    "packed.csv": (b"\x1f\x8b\x08" + bytes(100), "gather.unknown_format"),
    "twice.csv": (b"Nombre,Sexo,sexo\nAna,F,F\n", "gather.duplicate_headings"),
    "mixed.csv": ("Nombre,País\nÁngel,Haití\n".encode() + "Núñez,Perú\n".encode("cp1252"), "gather.mixed_encodings"),
    "half-utf-16.csv": ("Nombre,Sexo\nAna,F\n".encode("utf-16") + b"\x00", "gather.wrong_encoding"),
    "wide.csv": (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n", "gather.too_many_columns"),
    "open-quote.csv": (b'Nombre,Sexo\nAna,F\n"Luis,M\n' + b"x,y\n" * 50, "gather.malformed_csv"),
    "locked.xlsx": (_compound("EncryptedPackage"), "gather.encrypted"),
    "letter.xls": (_compound("WordDocument"), "gather.unknown_format"),
    "broken.xls": (_compound("Workbook"), "gather.damaged_workbook"),
    "figures.csv": (b"1,2,3\n4,5,6\n7,8,9\n", "gather.no_heading"),
    "headless.csv": (b"".join(b"E-%d,Ana,Quiroga,F\n" % n for n in range(9)), "gather.no_heading"),
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_add_refuses_what_is_no_table_with_one_code_and_writes_nothing(name, hub, tmp_path, capsys):
    content, code = BAD_BYTES[name]
    path = tmp_path / name
    path.write_bytes(content)

    assert_refused(hub, path, capsys, code)


def test_add_refuses_a_workbook_cut_short_at_any_place(hub, tmp_path, capsys):
    whole = write_xlsx(tmp_path / "whole.xlsx", ROWS).read_bytes()
    for share in (0.02, 0.3, 0.6, 0.95, 0.999):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[: int(len(whole) * share)])

        assert_refused(hub, path, capsys, "gather.damaged_workbook")


def _bomb(path, member, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(member, "w", force_zip64=True) as stream:
            for block in content:
                stream.write(block)
    return path


def test_add_refuses_a_bomb_without_unpacking_it_to_disk(hub, tmp_path, capsys):
    path = _bomb(tmp_path / "bomb.xlsx", "xl/worksheets/sheet1.xml", (bytes(2**20) for _ in range(400)))

    assert path.stat().st_size < 2**20
    assert_refused(hub, path, capsys, "gather.too_large_unpacked")


def test_add_refuses_a_bomb_that_lies_about_its_size(hub, tmp_path, capsys):
    path = _bomb(tmp_path / "lie.xlsx", "xl/worksheets/sheet1.xml", (bytes(2**20) for _ in range(60)))
    content = bytearray(path.read_bytes())
    true_size = (60 * 2**20).to_bytes(4, "little")
    assert content.count(true_size) >= 1
    path.write_bytes(bytes(content).replace(true_size, (1000).to_bytes(4, "little")))

    assert_refused(hub, path, capsys, "gather.damaged_workbook")


def test_add_refuses_a_sheet_of_two_cells_that_reaches_to_the_last_one(hub, tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active["A1"] = "Nombre"
    book.active["XFD1048576"] = "fin"
    book.save(tmp_path / "far.xlsx")

    assert_refused(hub, tmp_path / "far.xlsx", capsys, "gather.too_many_columns")


def test_add_refuses_a_line_without_end_before_reading_it_whole(hub, tmp_path, capsys):
    path = tmp_path / "endless.csv"
    with path.open("wb") as stream:
        stream.write(b"Nombre,Sexo\n")
        stream.truncate(2 * 2**30)
    with path.open("r+b") as stream:
        stream.seek(12)
        stream.write(b"a" * (8 * 2**20))
    started = time.perf_counter()

    assert_refused(hub, path, capsys, "gather.endless_line")

    assert time.perf_counter() - started < 20


def test_add_refuses_links_and_places_outside_the_hub(hub, tmp_path, capsys):
    real = write_csv(tmp_path / "real.csv", ROWS)
    (tmp_path / "link.csv").symlink_to(real)

    assert_refused(hub, tmp_path / "link.csv", capsys, "gather.link")
    assert_refused(hub, tmp_path / "nowhere.csv", capsys, "gather.no_file")
    assert_refused(hub, tmp_path, capsys, "gather.no_file")
    assert_refused(hub, write_csv(tmp_path / "a\nb.csv", ROWS), capsys, "gather.bad_name")
    (tmp_path / "elsewhere").mkdir()
    (hub.partners_dir / "p").symlink_to(tmp_path / "elsewhere")
    assert_refused(hub, real, capsys, "store.link_outside")
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("partner", ["../p", "a/b", "..", "Á", "", "p" * 41, "P"])
def test_add_refuses_codes_of_partners_that_are_paths(partner, hub, tmp_path, capsys):
    path = write_csv(tmp_path / "a.csv", ROWS)
    before = files_of(hub)

    with pytest.raises(SystemExit) as left:
        main(["add", str(hub.root), str(path), "--partner", partner, "--yes", "--json"])

    assert left.value.code == 2
    assert [one["code"] for one in json.loads(capsys.readouterr().out)["refusals"]] == ["store.bad_partner_code"]
    assert files_of(hub) == before
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("kind", ["comma", "xlsx", "ods", "xls"])
def test_formulas_stay_text_and_are_never_exported_live(kind, hub, tmp_path, capsys):
    formula = '=cmd|" /C calc"!A0'
    rows = [["=1+1", "Nombre", "Sexo"], ["A-1", formula, "F"], ["A-2", "@SUM(A1)", "quizás"]]
    path = write_sheet(tmp_path, kind, rows)

    exit_code, _ = add(hub, path, capsys, "--yes")
    with pytest.raises(SystemExit):
        main(["check", str(hub.root), "--rejects", str(tmp_path / "rejects.csv")])

    assert exit_code == 0
    written = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "cmd" not in written
    assert not [
        cell for line in written.splitlines() for cell in line.split(",") if cell.strip('"')[:1] in "=+-@" and cell
    ]


def test_a_row_with_more_cells_than_headings_is_rejected_and_the_others_stay(hub, tmp_path, capsys):
    path = tmp_path / "long.csv"
    path.write_text("Expediente,Nombre,Sexo\nA-1,Ana,F\nA-2,Luis,M,extra\nA-3,Zoé,F\n", encoding="utf-8")

    add(hub, path, capsys, "--yes")
    with pytest.raises(SystemExit) as left:
        main(["check", str(hub.root), "--json"])
    said = json.loads(capsys.readouterr().out)

    assert left.value.code == 1
    assert [(one["code"], one["row"]) for one in said["findings"]] == [("gather.extra_cells", 3)]
    assert said["read"] == {"rows": 3, "rejected": 1}


def test_check_tells_no_value_of_a_person(hub, tmp_path, capsys):
    path = write_csv(
        tmp_path / "a.csv",
        [
            ["Expediente", "Nombre", "Sexo", "Fecha de nacimiento", "Nacionalidad"],
            ["A-1", "Canaria", "F", "25/12/1990", "Haití"],
            ["A-2", "Canaria", "Canaria", "31/02/1990", "Canaria"],
            ["A-3", "Canaria", "M", "13/01/1990", "Perú"],
        ],
    )

    add(hub, path, capsys, "--yes")
    with pytest.raises(SystemExit):
        main(["check", str(hub.root), "--json", "--lang", "es", "--rejects", str(tmp_path / "r.csv")])
    said = capsys.readouterr()

    assert {one["row"] for one in json.loads(said.out)["findings"]} == {3}
    assert "Canaria" not in said.out + said.err + (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert "31/02" not in said.out


def test_disk_full_leaves_neither_copy_nor_mapping(hub, tmp_path, monkeypatch, capsys):
    path = write_csv(tmp_path / "a.csv", ROWS)
    before = files_of(hub)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    exit_code, said = add(hub, path, capsys, "--yes")

    assert (exit_code, [one["code"] for one in said["refusals"]]) == (2, ["cli.disk"])
    assert files_of(hub) == before


def test_interrupting_add_leaves_nothing_half_written(hub, tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADINGS, *([f"A-{n}", "Ana", "F"] for n in range(40_000))])
    words = [sys.executable, "-m", "cauce", "add", str(hub.root), str(path), "--partner", "p", "--yes"]
    kept = {"hub.secret", "hub.toml", "population"}
    whole = kept | {"mappings/p.toml", "partners/p/a.csv", "partners/p/received.toml"}
    for wait in (0.4, 1.2, 2.0):
        running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(wait)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=120)

        assert running.returncode in (0, 130, -signal.SIGINT), said  # the last: before Python itself had started
        assert b"Traceback" not in said
        assert set(files_of(hub)) in (kept, whole)


@pytest.fixture(scope="module")
def one_hub(tmp_path_factory):
    return workspace.found_hub(tmp_path_factory.mktemp("fuzz") / "hub", names={"en": "test"}, area="")


def _quiet_add(one_hub, name, content):
    """`cauce add`, in this process: the exit code and what was said."""
    path = one_hub.root / "sources" / name
    path.write_bytes(content)
    out, err, sys.stdout, sys.stderr = sys.stdout, sys.stderr, io.StringIO(), io.StringIO()
    try:
        main(["add", str(one_hub.root), str(path), "--partner", "fuzz", "--yes", "--json"])
    except SystemExit as left:
        return left.code, sys.stdout.getvalue(), sys.stderr.getvalue()
    finally:
        sys.stdout, sys.stderr = out, err
    raise AssertionError("the command did not end")


def _assert_answered(code, out, err):
    said = json.loads(out)
    assert code in (0, 1, 2)
    assert "Traceback" not in out + err
    if code == 2:
        assert all(one["code"] not in ("cli.fault", "cli.disk") for one in said["refusals"]), said


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(content=st.binary(min_size=1, max_size=400))
def test_add_answers_any_bytes_named_csv(one_hub, content):
    _assert_answered(*_quiet_add(one_hub, "any.csv", content))


@FUZZ
@given(text=st.text("Nombre,;\t|\"'\n\r Sexo=1234567890-/.áñ\ufeff\u2028\x00", min_size=1, max_size=200))
def test_add_answers_any_text_of_marks_and_quotes(one_hub, text):
    _assert_answered(*_quiet_add(one_hub, "marks.csv", text.encode("utf-8")))


@FUZZ
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_add_answers_any_table_of_any_characters(one_hub, rows, encoding):
    text = "\n".join(";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)

    _assert_answered(*_quiet_add(one_hub, "table.csv", text.encode(encoding)))


WHOLE_BOOKS = {}


@FUZZ
@given(
    kind=st.sampled_from(["xlsx", "ods", "xls"]),
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=30),
)
def test_add_answers_a_workbook_damaged_at_random(one_hub, tmp_path_factory, kind, damage):
    if kind not in WHOLE_BOOKS:
        WHOLE_BOOKS[kind] = write_sheet(tmp_path_factory.mktemp(kind), kind, ROWS).read_bytes()
    content = bytearray(WHOLE_BOOKS[kind])
    for place, value in damage:
        content[place % len(content)] = value

    _assert_answered(*_quiet_add(one_hub, f"damaged.{kind}", bytes(content)))


def test_same_file_twice_adds_nothing_and_a_correction_tells_its_difference(hub, tmp_path):
    day = DAY
    path = write_csv(tmp_path / "a.csv", [HEADINGS, ["A-1", "Ana", "F"], ["A-2", "Luis", "M"], ["A-3", "Zoé", "F"]])
    first = add_file(hub, path, partner="p", accept=True, answers=None, today=day)
    before = {name: (hub.root / name).stat().st_mtime_ns for name in files_of(hub) if name.startswith("partners")}

    second = add_file(hub, path, partner="p", accept=True, answers=None, today=day)
    after = {name: (hub.root / name).stat().st_mtime_ns for name in files_of(hub) if name.startswith("partners")}
    write_csv(path, [HEADINGS, ["A-2", "Luis", "M"], ["A-1", "Ana", "M"], ["A-4", "Rosa", "F"], ["A-5", "Eva", "F"]])
    third = add_file(hub, path, partner="p", accept=True, answers=None, today=day)

    assert (first.status, second.status, third.status) == ("added", "same", "corrected")
    assert after == before
    assert third.difference is not None
    found = third.difference
    assert (found.by, found.added, found.removed, found.changed) == ("record_id", 2, 1, 1)
    assert found.changed_rows == (3,)


def test_what_a_killed_process_left_is_gone_after_the_next(hub, tmp_path):
    left = hub.partners_dir / ".work-4194305-abc"
    left.mkdir()
    (left / "rows.parquet").write_bytes(b"names")

    add_file(hub, write_csv(tmp_path / "a.csv", ROWS), partner="p", accept=True, answers=None, today=DAY)

    assert not left.exists()


def test_add_on_a_terminal_asks_the_doubts_and_keeps_the_answers(hub, tmp_path, monkeypatch, capsys):
    path = write_csv(
        tmp_path / "a.csv", [["Expediente", "Fecha de nacimiento"], ["1", "03/04/2018"], ["2", "1/2/2017"]]
    )
    monkeypatch.setattr("cauce.cli.door.sys.stdin", io.StringIO("2\n"))
    monkeypatch.setattr("cauce.cli.door.open_door", _terminal(door.open_door))

    with pytest.raises(SystemExit) as left:
        main(["add", str(hub.root), str(path), "--partner", "p", "--lang", "es"])

    assert left.value.code == 0
    assert "orden" in capsys.readouterr().out
    assert 'order = "mdy"' in (hub.root / "mappings" / "p.toml").read_text(encoding="utf-8")


def _terminal(open_door):
    """The door as it opens on a terminal."""
    return lambda caller, **options: replace(open_door(caller, **options), is_terminal=True)
