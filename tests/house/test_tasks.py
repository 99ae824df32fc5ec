"""Do the targets of make, the pins and continuous integration say what the house promises?"""

import re
import subprocess
import tomllib

import pytest

from tests.house.source import ROOT

TARGETS = ["demo", "test", "check", "slow", "bench", "new", "lint"]
PIN = re.compile(r"^[a-z0-9-]+==[0-9][\w.+!]*$")


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert [target for target in TARGETS if f"make {target} " not in listed] == []


@pytest.mark.parametrize("target", TARGETS)
def test_targets_prepare_the_virtual_environment_themselves(target):
    rules = subprocess.run(["make", "-pn"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    needs = re.search(rf"^{target}: (.*)$", rules, re.MULTILINE)[1]

    assert ".venv/bin/." in needs or needs.split()[0] in TARGETS


def test_continuous_integration_runs_make_check_and_nothing_else():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    made = [line for line in script.splitlines() if re.match(r"^(make|.*pytest|.*pip )", line)]

    assert "set -euo pipefail" in script
    assert made == ["make check"]


@pytest.mark.parametrize("name", ["run", "test", "bench", "build"])
def test_requirements_are_pinned_without_addresses_or_hashes(name):
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#") and not PIN.match(line)] == []


@pytest.mark.parametrize("name", ["run", "test", "bench"])
def test_pins_hold_every_requirement_that_a_person_wrote(name):
    wanted = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").split()
    pinned = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").split()

    assert [one for one in wanted if re.sub(r"\[.*\]", "", one) not in pinned] == []


def test_package_names_its_licence_and_carries_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")[:200]


@pytest.mark.parametrize(
    "name",
    [
        "README", "GLOSSARY", "CONTRIBUTING", "CHANGELOG", "SECURITY", "THREAT-MODEL", "LIMITS",
    ],
)  # fmt: skip
def test_house_has_its_pages_at_the_door(name):
    page = ROOT / f"{name}.md"

    assert page.exists() and page.read_text(encoding="utf-8").startswith("# ")


def test_security_page_names_guards_that_exist():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    guards = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)

    missing = [path for path, name in guards if not (ROOT / path).exists() or name not in (ROOT / path).read_text()]
    assert len(guards) >= 8
    assert missing == []
