"""Can partners link without names from the command line, and what happens when something is wrong with a file?"""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cauce.cli.main import main
from cauce.recipes import encode_file, link_files
from cauce.recipes.read_names import read_roles
from tests.invented_people import invent_lists, invent_population
from tests.partner_sheets import write_xlsx

ON = "given_name=nombre,surname=apellidos,birth_date=nacimiento"
HEADINGS = ["record_id", "nombre", "apellidos", "nacimiento"]


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments), "--json"])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return left.value.code, json.loads(said.out), said.err


def write_rows(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])


@pytest.fixture
def partners(tmp_path):
    """Two partners' folders, with a list and the same key in each."""
    rng = np.random.default_rng(8)
    population = invent_population(900, languages=("es", "fr", "ar"), rng=rng)
    people = rng.permutation(900)
    lists = invent_lists(population, [people[:600], people[300:]], errors=0.04, rng=rng)
    for name, one in zip(("policia", "ong"), lists, strict=True):
        folder = tmp_path / name
        folder.mkdir()
        columns = (one.record_ids, *([cell or "" for cell in column] for column in (one.given, one.surname, one.born)))
        write_rows(folder / f"{name}.csv", list(zip(*columns, strict=True)))
        (folder / "key").write_bytes(bytes(range(50, 90)))
    return tmp_path, lists


def encode(capsys, folder, name, *, key="key"):
    out = folder / f"{name}.enc"
    call(capsys, "encode", folder / name / f"{name}.csv", "--on", ON, "--key", folder / name / key, "--out", out)
    return out


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


def test_link_says_which_parameters_of_two_encodings_differ(partners, capsys):
    folder, _ = partners
    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong")]
    tampered = change_heading(encoded[1], lambda heading: heading["parameters"].update(normalisation="older"))

    code, said, _ = call(capsys, "link", encoded[0], tampered, "--out", folder / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.different_parameters")
    assert "normalisation" in said["refusals"][0]["found"]


def change_heading(path, change):
    """The same encoding with another heading, its checksum made to fit: what a careful forger would send."""
    from cauce.link import encoding_format

    table = pq.read_table(path)
    heading = json.loads(table.schema.metadata[b"cauce.encoding"])
    change(heading)
    encoding = encoding_format.read_encoding(table, list_code=path.stem)
    heading["checksum"] = encoding_format._sum_up(encoding, heading)
    pq.write_table(table.replace_schema_metadata({b"cauce.encoding": json.dumps(heading)}), path)
    return path


def test_link_refuses_an_encoding_cut_short(partners, capsys):
    folder, _ = partners
    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong")]
    encoded[1].write_bytes(encoded[1].read_bytes()[:-5_000])

    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "store.not_parquet")


def test_link_refuses_an_encoding_from_which_rows_were_taken(partners, capsys):
    folder, _ = partners
    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong")]
    pq.write_table(pq.read_table(encoded[1]).slice(0, 500), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.damaged_encoding")


def test_link_refuses_a_table_that_is_no_encoding(partners, capsys):
    folder, _ = partners
    encoded = encode(capsys, folder, "policia")
    pq.write_table(pa.table({"name": ["x"]}), folder / "other.enc")

    code, said, _ = call(capsys, "link", encoded, folder / "other.enc", "--out", folder / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.not_encoding")


def test_link_refuses_a_forged_encoding_that_repeats_a_token(partners, capsys):
    from cauce.link import encoding_format

    folder, _ = partners
    encoded = [encode(capsys, folder, "policia"), encode(capsys, folder, "ong")]
    honest = encoding_format.read_encoding(pq.read_table(encoded[1]), list_code="ong")
    tokens = honest.tokens.copy()
    tokens[:, 0] = tokens[0, 0]
    pq.write_table(encoding_format.write_encoding(replace(honest, tokens=tokens)), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", folder / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.forged_encoding")


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


class Interrupter:
    """Presses Ctrl-C when so much of a step is done, and remembers what it heard of it."""

    def __init__(self, step, *, at=None):
        self.step, self.at, self.heard = step, at, []

    def __call__(self, message, /, done, total):
        if self.step in str(message):
            self.heard.append(done)
            if done == self.at:
                raise KeyboardInterrupt


def test_encoding_goes_on_where_it_was_interrupted_and_keeps_its_parts_in_the_partners_folder(
    partners, tmp_path, monkeypatch
):
    monkeypatch.setattr(encode_file, "STRETCH", 100)
    folder, _ = partners
    out = folder / "policia.enc"
    source = folder / "policia/policia.csv"
    arguments = {"roles": read_roles(ON), "key_path": folder / "policia/key", "out": out}

    with pytest.raises(KeyboardInterrupt):
        encode_file.encode_file(
            source, **arguments, rng=np.random.default_rng(1), progress=Interrupter("Encoding", at=300)
        )
    outside = [path.name for path in tmp_path.iterdir() if path.is_file()]
    kept = folder / "policia/.policia.csv.encoding"
    modes = {path.stat().st_mode & 0o077 for path in [kept, *kept.iterdir()]}
    resumed = Interrupter("Encoding")
    done = encode_file.encode_file(source, **arguments, rng=np.random.default_rng(1), progress=resumed)

    assert outside == [] and modes == {0}
    assert resumed.heard == [300, 400, 500, 600] and done.records == 600
    assert out.exists() and not kept.exists()


def test_encoding_begins_anew_when_the_file_changed_after_an_interruption(partners, monkeypatch):
    monkeypatch.setattr(encode_file, "STRETCH", 100)
    folder, _ = partners
    source = folder / "policia/policia.csv"
    arguments = {"roles": read_roles(ON), "key_path": folder / "policia/key", "out": folder / "policia.enc"}

    with pytest.raises(KeyboardInterrupt):
        encode_file.encode_file(
            source, **arguments, rng=np.random.default_rng(1), progress=Interrupter("Encoding", at=300)
        )
    source.write_text(source.read_text(encoding="utf-8") + "one,More,Person,1990-01-01\n", encoding="utf-8")
    anew = Interrupter("Encoding")
    encode_file.encode_file(source, **arguments, rng=np.random.default_rng(1), progress=anew)

    assert anew.heard[0] == 0


def test_linking_goes_on_where_it_was_interrupted(partners, capsys):
    folder, _ = partners
    encoded = [encode(capsys, folder, name) for name in ("policia", "ong")]
    shutil.copy(encoded[0], folder / "juzgado.enc")
    lists = [*encoded, folder / "juzgado.enc"]
    arguments = {"clear": None, "everything": False}

    with pytest.raises(KeyboardInterrupt):
        link_files.link_files(
            lists,
            **arguments,
            out=folder / "pairs.csv",
            rng=np.random.default_rng(1),
            progress=Interrupter("Linking", at=2),
        )
    interrupted = (folder / "pairs.csv").exists(), (folder / ".pairs.csv.parts").exists()
    resumed = Interrupter("Linking")
    link_files.link_files(lists, **arguments, out=folder / "pairs.csv", rng=np.random.default_rng(1), progress=resumed)
    link_files.link_files(lists, **arguments, out=folder / "whole.csv", rng=np.random.default_rng(1))

    assert interrupted == (False, True) and resumed.heard == [2, 3]
    assert (folder / "pairs.csv").read_bytes() == (folder / "whole.csv").read_bytes()
    assert not (folder / ".pairs.csv.parts").exists()
