"""Does a name of anybody reach the disk outside her partner's folder, while lists are linked, after, or after a kill?

Every given name and surname of the input is looked for, in any case and in UTF-8 and UTF-16, in every file of the hub
outside `partners/`, of the temporary folder, of the home and of what `encode` and `link` wrote; inside Parquet, ZIP
and gzip too. Files are looked at as they appear, so that those count that are gone at the end.
"""

import csv
import gzip
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.journeys.conftest import TODAY

HEADINGS = ["Expediente", "Nombres", "Apellidos", "Fecha de nacimiento", "Edad", "Sexo", "Fecha de registro"]
MARK = "xq"  # every invented name holds it, and no word of a language does
ON = "given_name=Nombres,surname=Apellidos,birth_date=Fecha de nacimiento"


def invent_words(count, rng):
    letters = list("abdefgilmnoprstuvz")
    return ["".join(rng.choice(letters, 3)).title() + MARK + "".join(rng.choice(letters, 4)) for _ in range(count)]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """(folder, names) of a hub with two encoded partners, and folders for what programs leave elsewhere."""
    folder, rng = tmp_path_factory.mktemp("nameless"), np.random.default_rng(2)
    given, surnames = invent_words(40, rng), invent_words(160, rng)
    people = [
        [str(rng.choice(given)), " ".join(rng.choice(surnames, 2)), f"{1 + n % 28:02}/{1 + n % 12:02}/{1970 + n % 30}"]
        for n in range(240)
    ]
    for name in ("sent", "tmp", "home", "out"):
        (folder / name).mkdir()
    assert say(folder, "new", folder / "mesa")[0] == 0
    for partner, some in (("policia", people[:160]), ("casa", people[80:])):
        file = folder / "sent" / f"{partner}.csv"
        rows = [[f"{partner}-{n}", *one, 20 + n % 30, "F", f"{1 + n % 28:02}/06/2024"] for n, one in enumerate(some)]
        with file.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, delimiter=";").writerows([HEADINGS, *rows])
        assert say(folder, "add", folder / "mesa", file, "--partner", partner, "--yes", "--today", TODAY)[0] == 0
        days = ("--from", TODAY, "--until", "2027-11-22", "--today", TODAY)
        assert say(folder, "agree", folder / "mesa", "--partner", partner, "--linkage", "encoded", *days)[0] == 0
    return folder, sorted({word.casefold() for one in people for cell in one[:2] for word in cell.split()})


def start(folder, *words):
    settings = os.environ | {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
    line = [sys.executable, "-m", "cauce", *map(str, words)]
    output = {name: (folder / "out" / f"{time.time_ns()}.{name}").open("wb") for name in ("stdout", "stderr")}
    return subprocess.Popen(line, env=settings, cwd=folder / "out", **output)


def say(folder, *words):
    """(exit code, what the watch found) of a command that is watched from its start to its end."""
    running, watch = start(folder, *words), Watch(folder)
    while running.poll() is None:
        watch.look()
        time.sleep(0.05)
    watch.look()
    return running.returncode, watch


class Watch:
    """Looks at each file outside the partners' folders, again whenever it has changed."""

    def __init__(self, folder):
        self.folder, self.seen, self.contents = folder, {}, []

    def look(self):
        for path in outside(self.folder):
            try:
                state = path.stat()
                if self.seen.get(path) != (state.st_mtime_ns, state.st_size):
                    self.contents.append((path.name, texts_of(path.name, path.read_bytes())))
                    self.seen[path] = (state.st_mtime_ns, state.st_size)
            except FileNotFoundError:
                continue  # gone between the list and the look

    def leaks(self, names):
        return {(file, name) for file, texts in self.contents for name in names if any(name in text for text in texts)}


def outside(folder):
    """Every file but those in the partners' folders; what vanishes meanwhile is passed over."""
    for root in (folder / name for name in ("mesa", "tmp", "home", "out")):
        for place, _, files in os.walk(root):
            if folder / "mesa" / "partners" not in (Path(place), *Path(place).parents):
                yield from (Path(place) / file for file in files)


def texts_of(name, content):
    """What a file may say, folded, where the mark of our names is in it at all."""
    parts = [content]
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [archive.read(one) for one in archive.namelist()]
    if content[:2] == b"\x1f\x8b":
        parts.append(gzip.decompress(content))
    if content[:4] == content[-4:] == b"PAR1":
        parts.append(str(pq.read_table(pa.BufferReader(content)).to_pylist()).encode())
    texts = [part.decode(kind, "ignore").casefold() for part in parts for kind in ("utf-8", "utf-16-le", "utf-16-be")]
    texts += [part[1:].decode("utf-16-le", "ignore").casefold() for part in parts]
    return [text for text in texts if MARK in text]


def test_search_finds_names_however_they_are_packed(tmp_path, places):
    _, names = places
    packed, table = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", names[0].upper() * 3)
    pq.write_table(pa.table({"name": [names[0].title()] * 9}), table, compression="zstd")
    ways = [packed.getvalue(), table.getvalue(), gzip.compress(names[0].encode()), f"x{names[0]}".encode("utf-16")]

    found = [any(names[0] in text for text in texts_of("file", way)) for way in [*ways, names[0].encode()]]

    assert found == [True] * 5


def test_run_killed_while_it_links_and_then_run_to_its_end_leaves_no_name_outside_the_partners_folders(places):
    folder, names = places
    hub, watch = folder / "mesa", Watch(folder)
    running = start(folder, "run", hub, "--today", TODAY)
    while running.poll() is None and len(list((hub / "partners").glob("*/.harmonised/*.done.json"))) < 2:
        watch.look()
        time.sleep(0.02)
    time.sleep(0.3)
    running.send_signal(signal.SIGKILL)
    killed = running.wait()
    watch.look()
    was_linked = (hub / "vault" / "links.parquet").exists()

    code, later = say(folder, "run", hub, "--today", TODAY)

    assert (killed, was_linked, code) == (-signal.SIGKILL, False, 0)
    assert watch.leaks(names) == set() and later.leaks(names) == set()
    assert {"links.parquet", "doubts.parquet", "people.parquet"} <= {path.name for path in later.seen}
    assert any(path.name.startswith("ledger.sqlite") for path in later.seen)
    inside = [texts_of(path.name, path.read_bytes()) for path in (hub / "partners").rglob("*.csv")]
    assert all(any(name in text for texts in inside for text in texts) for name in names)


@pytest.mark.slow
def test_encode_and_link_leave_no_name_outside_the_partners_folder(places):
    folder, names = places
    (folder / "key").write_bytes(bytes(range(40)))
    found, codes = set(), []
    for partner in ("policia", "casa"):
        file = folder / "sent" / f"{partner}.csv"
        file.write_text(file.read_text(encoding="utf-8").replace("Expediente", "record_id"), encoding="utf-8")
        words = ("--on", ON, "--key", folder / "key", "--out", folder / "out" / f"{partner}.enc")
        code, watch = say(folder, "encode", file, *words)
        found |= watch.leaks(names)
        codes.append(code)
    encodings = [folder / "out" / f"{partner}.enc" for partner in ("policia", "casa")]
    code, watch = say(folder, "link", *encodings, "--all", "--out", folder / "out" / "pairs.csv")

    assert [*codes, code] == [0, 0, 0] and "pairs.csv" in {path.name for path in watch.seen}
    assert found | watch.leaks(names) == set()
