"""Can partners link without names from the command line, and what happens when something is wrong with a file?"""

import csv
import json
import time

import pytest

from cauce.cli.main import main
from cauce.link.names import split_words
from cauce.recipes.read_names import read_named_records, read_roles
from tests.journeys.two_partners import ON, call, encode, write_rows
from tests.partner_sheets import write_xlsx

_FAULTS = ("repeated_role", "unknown_role", "repeated_column", "empty_column")


def test_partners_link_their_lists_without_names_and_leave_none_behind(partners, capsys, tmp_path):
    folder, lists = partners

    encoded = [encode(capsys, folder, name) for name in ("policia", "ong")]
    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert code == 0
    rows = list(csv.DictReader((folder / "pairs.csv").open(encoding="utf-8")))
    person = [dict(zip(one.record_ids, one.person.tolist(), strict=True)) for one in lists]
    hits = [person[0][row["record_id_a"]] == person[1][row["record_id_b"]] for row in rows]
    assert said["pairs"] == len(rows) and rows[0]["list_a"] == "policia" and rows[0]["list_b"] == "ong"
    assert sum(hits) / len(hits) >= 0.98 and sum(hits) >= 0.85 * 300
    outside = [path for path in tmp_path.iterdir() if path.is_file()]
    words = {word.encode() for one in lists for text in one.surname if text for word in text.split() if len(word) > 4}
    for path in outside:
        content = path.read_bytes()
        assert not any(word in content or word.lower() in content for word in words)


def test_encode_reads_workbooks_as_it_reads_csv(partners, capsys):
    folder, _ = partners
    rows = list(csv.reader((folder / "ong/ong.csv").open(encoding="utf-8")))
    write_xlsx(folder / "ong/libro.xlsx", rows)

    code, said, _ = call(
        capsys, "encode", folder / "ong/libro.xlsx", "--on", ON, "--key", folder / "ong/key", "--out", folder / "l.enc"
    )

    assert (code, said["records"]) == (0, 600)


def test_link_refuses_lists_encoded_with_different_keys(partners, capsys):
    folder, _ = partners
    (folder / "ong/other").write_bytes(bytes(range(33, 99)))
    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong", key="other")]

    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert (code, [one["code"] for one in said["refusals"]]) == (2, ["link.different_key"])
    assert not (folder / "pairs.csv").exists()


def test_encode_tells_its_owner_which_records_lack_what_linking_needs_and_shows_none_of_it(partners, capsys):
    folder, _ = partners
    people = [["1", "Xiomara", "Quiroga", "5-mar-87"], ["2", "N.N.", "", ""], ["3", "Zoraida", "Ibarra", "los noventa"]]
    write_rows(folder / "ong/ong.csv", people)
    words = ("encode", folder / "ong/ong.csv", "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc")

    code, said, err = call(capsys, *words)
    with pytest.raises(SystemExit):
        main([*map(str, words), "--lang", "es"])
    told = " ".join(capsys.readouterr().out.split())

    assert (code, said["nameless"], said["undated"], said["unread_dates"]) == (0, 1, 2, 1)
    assert "1 registros no tienen nombre" in told and "registros 3 del archivo" in told
    assert not any(word in json.dumps(said) + err + told for word in ("Quiroga", "Ibarra", "noventa"))


@pytest.mark.parametrize("written", ["5 de marzo de 1987", "31841", "05/03/87", "le 5 mars 1987", "March 5, 1987"])
def test_day_in_words_as_a_serial_or_of_two_digits_is_read_as_if_written_in_full(tmp_path, written):
    write_rows(tmp_path / "ong.csv", [["1", "Xiomara", "Quiroga", written]])

    born = read_named_records(tmp_path / "ong.csv", read_roles(ON)).born

    assert born == ["1987-03-05"]


@pytest.mark.parametrize("number", ["{surname}-{n}", "XQ{n:02}05.03.87", "1987 03 05/{n}"])
def test_encode_refuses_numbers_that_hold_a_name_or_a_birth_date(partners, capsys, number):
    folder, _ = partners
    surnames = ["Quiroga", "Ibarra", "Núñez"]
    people = [[number.format(n=n, surname=one), "Zoé", one, "1987-03-05"] for n, one in enumerate(surnames)]
    write_rows(folder / "ong/ong.csv", people)

    code, said, err = call(
        capsys, "encode", folder / "ong/ong.csv", "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc"
    )

    assert (code, [one["code"] for one in said["refusals"]]) == (2, ["link.telling_number"])
    assert not any(one in json.dumps(said) + err for one in surnames) and not (folder / "x.enc").exists()


@pytest.mark.parametrize("is_sorted", [True, False])
def test_encode_tells_its_owner_that_numbers_run_as_the_alphabet(partners, capsys, is_sorted):
    folder, lists = partners
    surnames = [one for one in lists[1].surname if one]
    listed = sorted(surnames, key=split_words) if is_sorted else surnames
    write_rows(folder / "ong/ong.csv", [[f"e{n}", "Ana", one, ""] for n, one in enumerate(listed)])

    _, said, _ = call(
        capsys, "encode", folder / "ong/ong.csv", "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc"
    )

    assert said["numbers_in_order"] is is_sorted


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_encode_tells_nobody_s_name_where_a_file_has_no_headings(partners, capsys, kind):
    folder, _ = partners
    rows = [[f"E-{n}", "Xiomara", "Quiroga", "1987-03-05"] for n in range(9)]
    path = folder / f"ong/sin.{kind}"
    if kind == "xlsx":
        write_xlsx(path, rows)
    else:
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")

    code, said, err = call(capsys, "encode", path, "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc")

    assert (code, said["refusals"][0]["code"]) in ((2, "gather.sample_heading"), (2, "gather.no_heading"))
    assert not any(word in json.dumps(said) + err for word in ("Xiomara", "Quiroga", "1987"))


def test_encode_refuses_a_short_key(partners, capsys):
    folder, _ = partners
    (folder / "ong/key").write_bytes(b"secret\n")

    code, said, _ = call(
        capsys, "encode", folder / "ong/ong.csv", "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc"
    )

    assert (code, said["refusals"][0]["code"]) == (2, "link.short_key")
    assert not (folder / "x.enc").exists()


def test_encode_refuses_records_numbered_alike_without_showing_a_name(partners, capsys):
    folder, _ = partners
    write_rows(folder / "ong/ong.csv", [["1", "Xiomara", "Quiroga", "1990-01-02"]] * 2)

    code, said, err = call(
        capsys, "encode", folder / "ong/ong.csv", "--on", ON, "--key", folder / "ong/key", "--out", folder / "x.enc"
    )

    assert (code, said["refusals"][0]["code"]) == (2, "link.repeated_record")
    assert "Quiroga" not in json.dumps(said) + err


def test_lists_without_dates_without_anything_or_with_one_name_for_all_are_linked_without_false_pairs(partners, capsys):
    folder, _ = partners
    one_name = [[str(place), "Maria", "Lopez", ""] for place in range(5_000)]
    write_rows(folder / "policia/policia.csv", one_name)
    write_rows(folder / "ong/ong.csv", [*one_name[:2_000], *[[f"e{place}", "", "", ""] for place in range(50)]])

    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong")]
    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert (code, said["pairs"]) == (0, 0)


def test_clear_files_are_linked_by_their_columns(partners, capsys):
    folder, _ = partners

    code, said, _ = call(
        capsys,
        *("link", folder / "policia/policia.csv", folder / "ong/ong.csv"),
        *("--clear", "--on", ON, "--out", folder / "pairs.csv"),
    )

    assert code == 0 and said["pairs"] >= 255


def test_encode_reads_a_workbook_with_titles_above_untidy_headings(partners, capsys):
    folder, _ = partners
    rows = list(csv.reader((folder / "ong/ong.csv").open(encoding="utf-8")))[1:]
    headings = ["record_id", " Nombre ", "Apellidos\nde la persona", "Fecha de nac.", "Observación"]
    titles = [["Registro de personas 2025", "", "", "", ""], [""] * 5]
    write_xlsx(folder / "ong/libro.xlsx", [*titles, headings, *([*row, "nota"] for row in rows)])

    on = "given_name=Nombre,surname=Apellidos de la persona,birth_date=Fecha de nac."
    arguments = ("--on", on, "--key", folder / "ong/key", "--out", folder / "libro.enc")
    code, said, _ = call(capsys, "encode", folder / "ong/libro.xlsx", *arguments)
    code_of_link, linked, _ = call(
        capsys, "link", encode(capsys, folder, "policia"), folder / "libro.enc", "--out", folder / "pairs.csv"
    )

    assert (code, said["records"], code_of_link) == (0, 600, 0)
    assert linked["pairs"] >= 0.8 * 300


def test_one_name_borne_by_thousands_takes_no_longer_than_many_names(partners, capsys):
    folder, _ = partners
    dates = [f"{1950 + place % 60}-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(5_000)]
    write_rows(folder / "policia/policia.csv", [[f"a{n}", "Maria", "Lopez", date] for n, date in enumerate(dates)])
    write_rows(folder / "ong/ong.csv", [[f"b{n}", "Maria", "Lopez", "1990-05-05"] for n in range(5_000)])

    begun = time.process_time()
    encoded = [encode(capsys, folder, name) for name in ("policia", "ong")]
    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert code == 0 and said["pairs"] <= 5
    assert time.process_time() - begun < 30


@pytest.mark.parametrize(
    ("roles", "codes"),
    [
        ("sex=a,sex=b", ["link.repeated_role"]),
        ("sex=a,place=a", ["link.repeated_column"]),
        ("place=nombre", ["link.repeated_column"]),
        ("place=a+a", ["link.repeated_column"]),
        ("place=", ["link.empty_column"]),
        ("place= + a", ["link.empty_column"]),
        ("sex=a+", ["link.empty_column"]),
        ("sex=a,sex=b,gender=b,place=", ["link." + one for one in _FAULTS]),
    ],
)
def test_encode_refuses_roles_and_columns_that_are_repeated_unknown_or_empty_all_at_once(
    partners, capsys, roles, codes
):
    folder, _ = partners
    words = ("encode", folder / "ong/ong.csv", "--on", f"{ON},{roles}", "--key", folder / "ong/key")

    code, said, _ = call(capsys, *words, "--out", folder / "x.enc")

    assert (code, [one["code"] for one in said["refusals"]]) == (2, codes)
    assert not (folder / "x.enc").exists()


def test_encode_tells_its_owner_which_sexes_and_places_cannot_be_read_and_shows_none_of_them(partners, capsys):
    folder, _ = partners
    people = [["F", "Ocoa"], ["quizás", "S/D"], ["Otro", "***"], ["", "北京"], ["hembrita", "///"]]
    rows = [[f"{n}", f"Ana{n}", "Gil", "1990-01-02", *one] for n, one in enumerate(people)]
    (folder / "l.csv").write_text(
        "\n".join(",".join(row) for row in [["record_id", "n", "s", "b", "Sexo", "Lugar"], *rows]), encoding="utf-8"
    )
    on = "given_name=n,surname=s,birth_date=b,sex=Sexo,place=Lugar"
    words = ("encode", folder / "l.csv", "--on", on, "--key", folder / "ong/key", "--out", folder / "x.enc")

    code, said, err = call(capsys, *words)
    with pytest.raises(SystemExit):
        main([*map(str, words), "--lang", "fr"])
    told = " ".join(capsys.readouterr().out.split())

    assert (code, said["unread_sexes"], said["unread_places"]) == (0, 2, 2)
    assert "2 enregistrements ont un sexe illisible (enregistrements 2, 5 du fichier" in told
    assert "2 enregistrements ont un lieu illisible (enregistrements 3, 5 du fichier" in told
    assert not any(word in json.dumps(said) + err + told for word in ("quizás", "hembrita", "***", "Ocoa"))


@pytest.mark.parametrize("column", ["M", "1"])
def test_encode_tells_that_a_column_of_one_letter_or_figure_alone_cannot_be_read(partners, capsys, column):
    folder, _ = partners
    write_rows(folder / "ong/ong.csv", [[f"{n}", f"Ana{n}", column, "1990-01-02"] for n in range(12)])
    on = "given_name=nombre,birth_date=nacimiento,sex=apellidos"

    code, said, _ = call(
        capsys, "encode", folder / "ong/ong.csv", "--on", on, "--key", folder / "ong/key", "--out", folder / "x.enc"
    )

    assert (code, said["unread_sexes"]) == (0, 12)
