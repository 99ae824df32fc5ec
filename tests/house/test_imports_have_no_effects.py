"""Does importing a file do nothing: no network, no process, no file written, no registration?"""

import ast
import subprocess
import sys

import pytest

from tests.house.source import ROOT, dotted_name, exceptions_of, modules, short, tree_of

WATCH = """
import sys
from importlib import import_module

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        raise SystemExit(f"touched the network: {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        if "__pycache__" not in str(arguments[0]) and str(arguments[0]) != "/dev/null":
            raise SystemExit(f"wrote a file: {arguments[0]}")

sys.addaudithook(watch)
for name in sys.argv[1:]:
    try:
        import_module(name)
    except SystemExit as left:
        raise SystemExit(f"{name} {left}")
"""
ALLOWED_AT_THE_TOP = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.If,
    ast.TypeAlias if sys.version_info >= (3, 12) else ast.Pass,
)


@pytest.mark.parametrize("path", modules(), ids=short)
def test_top_of_a_module_only_imports_and_defines(path):
    done = [node for node in tree_of(path).body if not isinstance(node, ALLOWED_AT_THE_TOP) and not _is_text(node)]

    assert done == [] or short(path) in exceptions_of("import_effects")


def test_importing_every_module_touches_neither_network_nor_disk():
    names = [dotted_name(path) for path in modules() if _is_importable_alone(path)]

    result = subprocess.run(
        [sys.executable, "-c", WATCH, *names], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert result.returncode == 0, result.stderr[-2000:]


def test_watch_notices_a_module_that_writes_when_imported(tmp_path):
    (tmp_path / "planted.py").write_text(f"open({str(tmp_path / 'x')!r}, 'w').write('x')\n", encoding="utf-8")

    result = subprocess.run(
        [sys.executable, "-c", WATCH, "planted"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "planted wrote a file" in result.stderr


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_importable_alone(path):
    """Django's files need its settings: the routes' own tests import them."""
    return "web" not in path.parts and path.name != "__main__.py"
