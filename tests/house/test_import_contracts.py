"""Do the import contracts hold, and would each of them notice a fault? Every kind of fault is planted in a copy."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT

LINT_IMPORTS = ROOT / ".venv" / "bin" / "lint-imports"
LAYERS = "The house: standards below"
FAULTS = {
    "a standard imports a room": ("standards/planted.py", "from cauce import estimate", LAYERS),
    "a room imports its neighbour": ("gather/planted.py", "from cauce import link", LAYERS),
    "a room imports a recipe": ("store/planted.py", "from cauce import recipes", LAYERS),
    "a recipe imports a door": ("recipes/planted.py", "from cauce import cli", LAYERS),
    "a door imports the other door": ("cli/planted.py", "from cauce import web", LAYERS),
    "a package stands on no floor": ("extra/__init__.py", '"""Nowhere."""', LAYERS),
    "an import hides in a function": ("link/planted.py", "def hidden():\n    from cauce import publish", LAYERS),
    "the web walks past the recipes": ("web/planted.py", "from cauce import estimate", "through recipes"),
    "the command line walks past the recipes": ("cli/planted.py", "from cauce import protect", "through recipes"),
    "the web computes": ("web/planted.py", "import numpy", "A web app computes nothing"),
    "the web queries": ("web/planted.py", "import duckdb", "A web app computes nothing"),
    "a room knows the web framework": ("agree/planted.py", "import django", "knows no web framework"),
    "the command line knows the web framework": ("cli/planted.py", "import django", "knows no web framework"),
    "the store clears a table": ("store/planted.py", "from cauce.standards import clearance", "Only protect may clear"),
    "a recipe clears a table": (
        "recipes/planted.py",
        "from cauce.standards import clearance",
        "Only protect may clear",
    ),
    "two files of a room form a ring": (
        "estimate/planted.py",
        "from cauce.estimate import planted_too",
        "in a ring",
    ),
}


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_import_contracts_are_kept_by_the_house_as_it_stands(copied_house):
    verdict = _lint(copied_house)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_import_contracts_notice_a_planted_fault(copied_house, fault):
    name, text, contract = FAULTS[fault]

    with _planted(copied_house / "src" / "cauce", name, text):
        verdict = _lint(copied_house)

    assert verdict.returncode == 1
    broken = [line for line in verdict.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), verdict.stdout + verdict.stderr


class _planted:
    """One file more in the copy, for as long as the block lasts; its partner in the ring too."""

    def __init__(self, house: Path, name: str, text: str) -> None:
        self.files = {house / name: text + "\n"}
        if "planted_too" in text:
            self.files[house / name.replace("planted", "planted_too")] = "from cauce.estimate import planted\n"

    def __enter__(self) -> None:
        for path, text in self.files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        for path in self.files:
            path.unlink()
            if path.name == "__init__.py":
                shutil.rmtree(path.parent)


def _lint(folder):
    settings = os.environ | {"PYTHONPATH": str(folder / "src")}
    return subprocess.run([LINT_IMPORTS], cwd=folder, env=settings, capture_output=True, text=True, check=False)
