"""Does `make new` write the file, its test and its page, do all of them fail, and does it never write over anything?"""

import subprocess
import sys

import pytest
from house.new import KINDS, begin

from tests.house.documents import blocks_of, run_console, run_python
from tests.house.source import ROOT


@pytest.mark.parametrize("kind", KINDS)
def test_new_writes_a_file_its_test_and_its_page(tmp_path, kind):
    written = [path.relative_to(tmp_path).as_posix() for path in begin(kind, "planted_name", root=tmp_path)]

    assert {place.split("/")[0] for place in written} == {"src", "tests", "docs"}


@pytest.mark.parametrize("kind", KINDS)
def test_new_test_fails_until_it_is_filled_in(tmp_path, kind):
    written = begin(kind, "planted_name", root=tmp_path)
    tests = [path for path in written if path.name.startswith("test_")]

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode in (1, 2), run.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_new_page_fails_until_it_is_filled_in(tmp_path, kind):
    pages = [path for path in begin(kind, "planted_name", root=tmp_path) if path.suffix == ".md"]

    faults = [
        fault
        for page in pages
        for block in blocks_of(page)
        for fault in (run_console(block, tmp_path) if block.kind == "console" else run_python(block, tmp_path, ""))
    ]

    assert faults != []


def test_new_never_writes_over_a_file(tmp_path):
    begin("recipe", "planted_name", root=tmp_path)

    with pytest.raises(SystemExit, match="Nothing was written"):
        begin("recipe", "planted_name", root=tmp_path)


@pytest.mark.parametrize("name", ["utils", "Planted", "two words", "flows_v2", "stocks_new", ""])
def test_new_refuses_a_name_that_says_nothing(tmp_path, name):
    with pytest.raises(SystemExit, match="NAME says what it does"):
        begin("recipe", name, root=tmp_path)


def test_new_tells_its_kinds_when_the_kind_is_unknown(tmp_path):
    with pytest.raises(SystemExit, match="codelist, command, estimator, recipe, source"):
        begin("gadget", "planted_name", root=tmp_path)
