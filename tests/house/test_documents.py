"""Does every block of the documentation run, and is every page reached, plain and linked to pages that exist?"""

import re
import tomllib

import pytest

from tests.house.documents import blocks_of, documents, run_console, run_python
from tests.house.source import ROOT, short

RUN = {"console", "python"}
SHOWN = {"text", "toml", "json", "csv", "html", "xml", "sql", "jinja", "r"}
FILLERS = re.compile(r"\b(simply|just|robust|seamless(ly)?|easily|obviously)\b", re.IGNORECASE)
WITH_BLOCKS = [path for path in documents() if any(block.kind in RUN for block in blocks_of(path))]


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=short)
def test_blocks_of_a_page_run_and_print_what_the_page_says(path, tmp_path):
    faults, earlier = [], ""
    for block in blocks_of(path):
        if block.kind == "console":
            faults += run_console(block, tmp_path)
        elif block.kind == "python":
            faults += run_python(block, tmp_path, earlier)
            earlier += "" if block.text.lstrip().startswith(">>>") else block.text

    assert faults == []


@pytest.mark.parametrize("path", documents(), ids=short)
def test_blocks_of_a_page_are_run_or_are_of_a_kind_that_only_shows(path):
    kinds = {block.kind for block in blocks_of(path)}

    assert kinds - RUN - SHOWN == set()


@pytest.mark.parametrize("path", documents(), ids=short)
def test_settings_shown_in_a_page_are_toml(path):
    shown = [block.text for block in blocks_of(path) if block.kind == "toml"]

    read = [tomllib.loads(text) for text in shown]

    assert len(read) == len(shown)


@pytest.mark.parametrize("path", documents(), ids=short)
def test_links_of_a_page_lead_to_files_that_exist(path):
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))

    missing = [one for one in targets if ":" not in one and not (path.parent / one).exists()]

    assert missing == []


@pytest.mark.parametrize("path", documents(), ids=short)
def test_pages_use_plain_words_only(path):
    prose = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [match.group() for match in FILLERS.finditer(prose)] == []


def test_runner_of_blocks_notices_wrong_output_and_wrong_exit_codes(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo one\ntwo\n$ false\n$ exit 3  # exit 3\n```\n", encoding="utf-8")

    faults = [fault for block in blocks_of(page) for fault in run_console(block, tmp_path)]

    assert [fault.splitlines()[0] for fault in faults] == ["$ echo one", "$ false"]


def test_readme_fits_one_screen_with_the_two_commands_and_a_picture():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    pictures = [ROOT / name for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)]

    assert len(text.splitlines()) <= 70
    assert "$ make demo" in text and "$ make test" in text
    assert [picture.stat().st_size < 200_000 for picture in pictures] == [True]
