"""Does ruff refuse what STYLE.md bans? Each ban is proved by a planted fault, and doors are let through where they may."""

import subprocess

import pytest

from tests.house.source import ROOT

RUFF = ROOT / ".venv" / "bin" / "ruff"
HEAD = '"""A planted fault."""\n\n'
BRANCHES = "def tell(x):\n" + "".join(f"    if x == {n}:\n        x += {n}\n" for n in range(9)) + "    return x\n"
FAULTS = {
    "reads the environment": ('import os\n\nHOME = os.environ["HOME"]\n', "TID251"),
    "asks for an environment variable": ('import os\n\nHOME = os.getenv("HOME")\n', "TID251"),
    "reads the clock": ("import time\n\nNOW = time.time()\n", "TID251"),
    "reads the day": ("import datetime\n\nTODAY = datetime.date.today()\n", "TID251"),
    "reads the hour": ("import datetime\n\nNOW = datetime.datetime.now(datetime.UTC)\n", "TID251"),
    "uses pandas": ("import pandas\n\nTABLE = pandas.DataFrame()\n", "TID251"),
    "sets the seed of everybody": ("import numpy\n\nnumpy.random.seed(1)\n", "TID251"),
    "imports relatively": ("from . import neighbours\n\nNAMES = neighbours\n", "TID252"),
    "catches everything": ("try:\n    A = 1\nexcept Exception:\n    A = 2\n", "BLE001"),
    "asserts its input": ("def f(x):\n    assert x > 0\n    return x\n", "S101"),
    "runs a text": ('eval("1 + 1")\n', "S307"),
    "executes a text": ('exec("A = 1")\n', "S102"),
    "writes SQL by concatenation": ('def f(name):\n    return f"SELECT * FROM people WHERE name = {name}"\n', "S608"),
    "prints": ('print("here")\n', "T201"),
    "keeps commented-out code": ("# total = count + 1\nTOTAL = 1\n", "ERA001"),
    "takes four arguments by position": ("def f(a, b, c, d):\n    return a + b + c + d\n", "PLR0917"),
    "branches nine times": (BRANCHES, "C901"),
    "joins paths as text": ('import os\n\nPLACE = os.path.join("a", "b")\n', "PTH118"),
    "leaves a day without its zone": ("import datetime\n\nDAY = datetime.datetime(2025, 1, 1)\n", "DTZ001"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_ruff_refuses_a_planted_fault_in_a_room(fault):
    text, code = FAULTS[fault]

    refused = _codes(HEAD + text, as_file="src/cauce/estimate/planted.py")

    assert code in refused


@pytest.mark.parametrize("door", ["cli", "web"])
def test_ruff_lets_a_door_read_the_environment(door):
    text = 'import os\n\nHOME = os.environ["HOME"]\n'

    refused = _codes(HEAD + text, as_file=f"src/cauce/{door}/planted.py")

    assert refused == set()


def test_ruff_finds_nothing_in_a_plain_file():
    text = "__all__ = ['ONE']\n\nONE = 1\n"

    refused = _codes(HEAD + text, as_file="src/cauce/estimate/planted.py")

    assert refused == set()


def _codes(text, *, as_file):
    command = [RUFF, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", ROOT / as_file, "-"]
    found = subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True, check=False)
    return {line.split(": ")[1].split()[0] for line in found.stdout.splitlines() if line.count(": ") >= 1}
