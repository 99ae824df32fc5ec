"""What do our own files say of themselves, read as text and as syntax trees, without importing them?"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = [
    "ROOT",
    "Function",
    "code_lines",
    "dotted_name",
    "exceptions_of",
    "functions",
    "modules",
    "public_functions",
    "short",
    "tree_of",
]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Function:
    """One function or method and where it stands."""

    path: Path
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    is_public: bool

    @property
    def place(self) -> str:
        return f"{short(self.path)}:{self.name}"


@cache
def modules(folder: str = "src/cauce") -> tuple[Path, ...]:
    """Every Python file under a folder of the repository."""
    return tuple(sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """A path as seen from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def dotted_name(path: Path) -> str:
    """The name under which a module of ours is imported.

    >>> dotted_name(ROOT / "src" / "cauce" / "store" / "__init__.py")
    'cauce.store'
    """
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, methods and nested ones too."""
    yield from _functions_in(tree_of(path), path, prefix="", is_public=True)


def public_functions(path: Path) -> Iterator[Function]:
    """Functions of a module, and methods of its classes, that a stranger may call."""
    return (function for function in functions(path) if function.is_public)


def _functions_in(node: ast.AST, path: Path, *, prefix: str, is_public: bool) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, prefix + child.name, child, is_public and not child.name.startswith("_"))
            yield from _functions_in(child, path, prefix=prefix + child.name + ".", is_public=False)
        elif isinstance(child, ast.ClassDef):
            open_class = is_public and not child.name.startswith("_")
            yield from _functions_in(child, path, prefix=prefix + child.name + ".", is_public=open_class)
        else:
            yield from _functions_in(child, path, prefix=prefix, is_public=is_public)


def code_lines(function: Function) -> int:
    """Lines of code of a function: its signature, docstring, comments and blank lines left out."""
    lines = function.path.read_text(encoding="utf-8").splitlines()
    body = function.node.body
    if ast.get_docstring(function.node, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    written = [lines[number - 1].strip() for number in range(body[0].lineno, (body[-1].end_lineno or 0) + 1)]
    return sum(1 for line in written if line and not line.startswith("#"))


@cache
def exceptions_of(rule: str) -> frozenset[str]:
    """Places excused from one rule by tests/house/exceptions.toml."""
    listed = tomllib.loads((ROOT / "tests" / "house" / "exceptions.toml").read_text(encoding="utf-8"))
    return frozenset(listed[rule])
