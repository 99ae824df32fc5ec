"""Does the same command go on where encoding or linking was interrupted, and where does it keep what is done?"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cauce.recipes import encode_file, link_files
from cauce.recipes.read_names import read_roles
from tests.journeys.two_partners import ON, write_rows


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


def test_linking_goes_on_where_it_was_interrupted(encoded, tmp_path):
    lists = [*encoded, shutil.copy(encoded[0], tmp_path / "juzgado.enc")]
    out = tmp_path / "pairs.csv"
    arguments = {"clear": None, "everything": False, "out": out}

    with pytest.raises(KeyboardInterrupt):
        stopping = Interrupter("Linking", at=2)
        link_files.link_files(lists, **arguments, rng=np.random.default_rng(1), progress=stopping)
    interrupted = out.exists(), (tmp_path / ".pairs.csv.parts").exists()
    resumed = Interrupter("Linking")
    linked = link_files.link_files(lists, **arguments, rng=np.random.default_rng(1), progress=resumed)

    assert interrupted == (False, True) and resumed.heard == [2, 3]
    assert linked.pairs >= 600 + 2 * 0.8 * 300
    assert not (tmp_path / ".pairs.csv.parts").exists()


def start(*arguments):
    """A command of ours in a process of its own."""
    command = [str(Path(sys.executable).with_name("cauce")), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_when_there(path, *arguments):
    """Kills a command with -9 as soon as this file exists; the file's number on the disk."""
    running = start(*arguments)
    while not path.exists():
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    running.kill()
    running.wait()
    return path.stat().st_ino


def write_long_lists(folder):
    """Two partners' lists of 120,000 persons, a third of whom are in both, each with the key beside it."""
    rng = np.random.default_rng(2)
    letters = np.array(list("abcdefghijklmnoprstuvz"))
    words = ["".join(rng.choice(letters, 6)) for _ in range(3_000)]
    dates = np.datetime64("1960-01-01") + rng.integers(0, 18_000, 200_000)
    names = rng.choice(words, (200_000, 3))
    people = [(first, f"{last} {second}", str(date)) for (first, last, second), date in zip(names, dates, strict=True)]
    for name, stretch in (("policia", slice(0, 120_000)), ("ong", slice(80_000, 200_000))):
        (folder / name).mkdir()
        write_rows(folder / name / f"{name}.csv", [(n, *one) for n, one in enumerate(people[stretch])])
        (folder / name / "key").write_bytes(bytes(range(40)))


@pytest.mark.slow
def test_commands_killed_again_and_again_come_to_the_same_end(tmp_path):
    write_long_lists(tmp_path)
    source, out = tmp_path / "policia/policia.csv", tmp_path / "policia.enc"
    encoding = ("encode", source, "--on", ON, "--key", tmp_path / "policia/key", "--out", out)
    parts = tmp_path / "policia/.policia.csv.encoding"

    first = kill_when_there(parts / "from-0", *encoding)
    kill_when_there(parts / "from-50000", *encoding)
    is_kept = (parts / "from-0").stat().st_ino == first
    assert start(*encoding).wait() == 0
    other = tmp_path / "ong"
    assert (
        start(*encoding[:1], other / "ong.csv", "--on", ON, "--key", other / "key", "--out", f"{other}.enc").wait() == 0
    )
    linking = ("link", out, tmp_path / "ong.enc", "--out")
    kill_when_there(tmp_path / ".pairs.csv.parts/0-1-0", *linking, tmp_path / "pairs.csv")
    half = (tmp_path / "pairs.csv").exists()
    assert start(*linking, tmp_path / "pairs.csv").wait() == 0
    assert start(*linking, tmp_path / "whole.csv").wait() == 0

    assert is_kept and not half
    assert (tmp_path / "pairs.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert len((tmp_path / "pairs.csv").read_text(encoding="utf-8").splitlines()) >= 39_000
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {"policia", "ong", "policia.enc", "ong.enc", "pairs.csv", "whole.csv"}
    assert {path.name for path in source.parent.iterdir()} == {"policia.csv", "key"}
