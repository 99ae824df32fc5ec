"""Do the rooms keep to their trade: no disk, no network, no engine run, no import that a contract cannot see?"""

import ast

import pytest

from tests.house.source import ROOT, exceptions_of, modules, short, tree_of

ROOMS = {"agree", "gather", "harmonise", "link", "estimate", "protect", "publish", "store"}
CLOSED = [path for path in modules() if short(path).split("/")[2] in ROOMS - {"gather", "store"}]
WRITES = {
    "mkdir", "mkdtemp", "NamedTemporaryFile", "open", "rmdir", "rmtree", "symlink_to", "TemporaryDirectory", "touch",
    "unlink", "write_bytes", "write_text",
}  # fmt: skip
OUTSIDE = {"ftplib", "http", "requests", "shutil", "smtplib", "socket", "sqlite3", "subprocess", "tempfile", "urllib"}
RUNS = {"execute", "to_csv", "to_pandas", "to_parquet", "to_polars", "to_pyarrow", "to_pyarrow_batches"}


@pytest.mark.parametrize("path", CLOSED, ids=short)
def test_rooms_other_than_gather_and_store_touch_no_disk_and_no_network(path):
    called = {name for name in _called(path) if name in WRITES}
    imported = {name.split(".")[0] for name in _imported(path)}

    assert (called, imported & OUTSIDE) == (set(), set())


@pytest.mark.parametrize("path", CLOSED, ids=short)
def test_lazy_tables_are_run_by_recipes_and_the_store_alone(path):
    runs = {name for name in _called(path) if name in RUNS}

    assert runs == set() or short(path) in exceptions_of("lazy_tables")


@pytest.mark.parametrize("path", modules(), ids=short)
def test_nothing_is_imported_by_a_name_made_at_run_time(path):
    dynamic = {name for name in _called(path) if name in ("import_module", "__import__", "exec_module")}

    assert dynamic == set() or short(path) in exceptions_of("dynamic_imports")


@pytest.mark.parametrize("path", modules("src/cauce/recipes"), ids=short)
def test_recipes_import_whole_modules_of_the_rooms_and_their_types(path):
    functions = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and _is_module_of_a_room(node.module or "")
        for alias in node.names
        if alias.name[0].islower()
    ]

    assert functions == []


def test_only_the_exceptions_that_are_needed_are_kept():
    rules = {"lazy_tables": RUNS, "dynamic_imports": {"import_module"}}

    idle = [
        (rule, place)
        for rule, calls in rules.items()
        for place in exceptions_of(rule)
        if not calls & set(_called(ROOT / place))
    ]

    assert idle == []


def _called(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _imported(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _is_module_of_a_room(name):
    parts = name.split(".")
    return len(parts) > 2 and parts[0] == "cauce" and parts[1] in ROOMS
