"""Are files and functions short, named for what they do, and do they say what they answer?"""

import ast
import re
import tomllib

import pytest

from tests.house.source import (
    ROOT,
    code_lines,
    dotted_name,
    exceptions_of,
    functions,
    modules,
    public_functions,
    short,
    tree_of,
)

FILE_WALL, FUNCTION_WALL = 400, 40
FORBIDDEN_NAMES = re.compile(r"^(utils?|helpers?|commons?|misc|core|bases?|managers?|.*_v\d+|.*_new)$")

SHAPED = re.compile(r"\b(Table|NDArray|ArrayLike)\b")
FLOORS_WITH_SHAPES = {"agree", "gather", "harmonise", "link", "estimate", "protect", "publish", "store", "recipes"}
OURS = [*modules(), *modules("house"), *modules("docs"), *modules("bench"), *modules("tests")]


def test_files_stay_below_the_wall_of_four_hundred_lines():
    longest = {short(path) for path in OURS if len(path.read_text(encoding="utf-8").splitlines()) > FILE_WALL}

    assert longest == exceptions_of("file_length")


def test_functions_stay_below_the_wall_of_forty_lines_of_code():
    longest = {one.place for path in OURS for one in functions(path) if code_lines(one) > FUNCTION_WALL}

    assert longest == exceptions_of("function_length")


def test_exceptions_of_the_house_only_shrink():
    listed = tomllib.loads((ROOT / "tests/house/exceptions.toml").read_text(encoding="utf-8"))

    most = listed.pop("most")

    assert {rule: len(places) for rule, places in listed.items()} == most


def test_no_file_or_folder_has_a_name_that_says_nothing():
    names = {path: path.stem for path in OURS} | {path.parent: path.parent.name for path in OURS}

    nameless = [short(path) for path, name in names.items() if FORBIDDEN_NAMES.match(name)]

    assert sorted(set(nameless)) == []


def test_every_module_says_which_question_it_answers():
    silent = [short(path) for path in OURS if not (ast.get_docstring(tree_of(path)) or "").strip()]

    assert [name for name in silent if not name.startswith(("src/cauce/web/", "tests/"))] == []


def test_no_two_modules_of_a_room_share_a_docstring():
    said: dict[tuple[str, str], list[str]] = {}
    for path in modules():
        said.setdefault((path.parent.as_posix(), ast.get_docstring(tree_of(path)) or short(path)), []).append(
            short(path)
        )

    assert [paths for paths in said.values() if len(paths) > 1] == []


@pytest.mark.parametrize("path", modules(), ids=short)
def test_module_lists_its_public_names_and_defines_them(path):
    if path.name in ("__init__.py", "__main__.py") or "migrations" in path.parts:
        pytest.skip("a shelf without names of its own")

    listed = _listed_names(path)

    assert listed is not None, "no __all__"
    assert sorted(set(listed) - _defined_names(path)) == []


@pytest.mark.parametrize("path", modules(), ids=short)
def test_public_names_have_a_docstring(path):
    listed = set(_listed_names(path) or ())

    undescribed = [
        node.name
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in listed and not ast.get_docstring(node)
    ]

    assert undescribed == []


@pytest.mark.parametrize("path", modules(), ids=short)
def test_public_functions_of_rooms_and_recipes_state_what_goes_in_and_out(path):
    if dotted_name(path).split(".")[1:2] not in [[floor] for floor in FLOORS_WITH_SHAPES]:
        pytest.skip("not a room nor a recipe")
    listed = set(_listed_names(path) or ())

    unstated = {one.place for one in public_functions(path) if one.name in listed and not _states_shapes(one.node)}

    assert unstated - exceptions_of("docstring_sections") == set()


def test_excuses_for_docstrings_are_still_needed():
    needed = {
        one.place
        for path in modules()
        for one in public_functions(path)
        if one.name in set(_listed_names(path) or ()) and not _states_shapes(one.node)
    }

    assert exceptions_of("docstring_sections") - needed == set()


def _listed_names(path):
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return ast.literal_eval(node.value)
    return None


def _defined_names(path):
    names = set()
    for node in ast.walk(ast.Module(body=tree_of(path).body, type_ignores=[])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def _states_shapes(node):
    """In where it takes something, Out where it gives something back; a small function of plain values may say less."""
    text = ast.get_docstring(node) or ""
    takes = [one for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if one.arg != "self"]
    gives = not (isinstance(node.returns, ast.Constant) and node.returns.value is None)
    signature = " ".join(ast.unparse(one) for one in [*(arg.annotation for arg in takes), node.returns] if one)
    if len(takes) < 3 and not SHAPED.search(signature):
        return True
    has = {line.strip() for line in text.splitlines()}
    return (not takes or "In" in has) and (not gives or "Out" in has)
