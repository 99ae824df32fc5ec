"""Can a reader learn the behaviour from the names of the tests alone?"""

import ast
import re

import pytest

from tests.house.source import modules, short, tree_of

TESTS = [path for path in modules("tests") if path.name.startswith("test_")]
NAME = re.compile(r"^test_[a-z0-9]+(_[a-z0-9]+){2,}$")
FOLDERS = {"unit", "contracts", "golden", "journeys", "house"}


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_names_of_tests_tell_subject_behaviour_and_circumstance(path):
    defined = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]

    vague = [node.name for node in defined if node.name.startswith("test") and not NAME.match(node.name)]

    assert vague == []


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_tests_check_something_in_every_test(path):
    defined = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]

    idle = [node.name for node in defined if node.name.startswith("test_") and not _checks(node)]

    assert idle == []


@pytest.mark.parametrize("path", TESTS, ids=short)
def test_tests_never_mock_our_own_code(path):
    imported = {alias.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)}

    assert [name for name in imported if "mock" in name] == []


def test_tests_live_in_one_of_five_folders():
    strays = [
        short(path) for path in TESTS if path.relative_to(path.parents[-3]).parts and _folder(path) not in FOLDERS
    ]

    assert strays == []


def _folder(path):
    return short(path).split("/")[1]


def _checks(node):
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return True
        if isinstance(part, ast.Call):
            called = part.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in ("raises", "fail") or name.startswith(("assert_", "_assert", "check_", "_check", "expect")):
                return True
    return False
