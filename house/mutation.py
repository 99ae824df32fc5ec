"""Would the tests of the gate notice a fault in it? Faults are planted one at a time, and the tests run on each.

A random sample of the places in `protect/` and of the ledger that can be mutated gets one mutation each (another
operator or comparison, a number off by one, a condition turned round…), in a copy of the tree. It prints every mutant
that no test noticed, and the share noticed: `make mutation`, or
`python house/mutation.py --places 400 --seed 2 --only noise`.
"""

import argparse
import ast
import copy
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["interval_of_share", "main", "mutants_of"]

TREE = Path(__file__).resolve().parents[1]
MUTATED = ("src/cauce/protect/*.py", "src/cauce/store/ledger*.py")
TESTS = ("tests/unit/protect", "tests/unit/store", "tests/unit/recipes/test_clear_people.py")
TIMEOUT = 300  # seconds: a mutant that runs for ever is a mutant that was noticed

_Z = 1.959963984540054
_OTHER: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}


def main() -> int:
    """Plants the faults, tells what each test run found; fails below the share asked."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="cauce-mutation-") as folder:
        tree = _copy_tree(Path(folder))
        modules = [path for pattern in MUTATED for path in sorted(tree.glob(pattern)) if asked.only in path.stem]
        places = [(module, place) for module in modules for place in range(len(_places(_parsed(module))))]
        rng = random.Random(asked.seed)
        chosen = rng.sample(places, min(asked.places, len(places)))
        if not _passes(modules, tree=tree):
            sys.exit("The tests fail with nothing planted: nothing was measured")
        noticed = [_is_noticed(module, place, tree=tree, rng=rng) for module, place in _shown(chosen)]
    low, high = interval_of_share(sum(noticed), len(noticed))
    print(f"{sum(noticed)} of {len(noticed)} noticed: {sum(noticed) / len(noticed):.1%} ({low:.1%} to {high:.1%})")
    return 0 if sum(noticed) >= asked.least * len(noticed) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=200, help="places to mutate, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="fixes which")
    parser.add_argument("--only", default="", help="modules whose name holds this")
    parser.add_argument("--least", type=float, default=0.85, help="share to notice, or the command fails")
    return parser.parse_args()


def _copy_tree(folder: Path) -> Path:
    """The files that git knows, as they are now; the real data beside them where they are beside the tree."""
    named = subprocess.run(["git", "ls-files", "-z"], cwd=TREE, capture_output=True, check=True, text=True).stdout
    tree = folder / "main"
    for name in filter(None, named.split("\0")):
        if (TREE / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TREE / name, tree / name)
    if (TREE.parent / "shared").is_dir():
        (folder / "shared").symlink_to(TREE.parent / "shared")
    return tree


def _parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def mutants_of(node: ast.AST) -> list[ast.AST]:
    """What may be written in place of a node so that it is wrong.

    >>> [ast.unparse(mutant) for mutant in mutants_of(ast.parse("a < 1").body[0].value)]
    ['a <= 1', 'a > 1']
    >>> [ast.unparse(mutant) for mutant in mutants_of(ast.parse("not a").body[0].value)]
    ['a']
    """
    match node:
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            return [_with(node, op=other()) for other in _OTHER.get(type(node.op), ())]
        case ast.Compare(ops=[only]):
            return [_with(node, ops=[other()]) for other in _OTHER.get(type(only), ())]
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return [node.operand]
        case ast.Constant(value=bool()):
            return [ast.Constant(not node.value)]
        case ast.Constant(value=int() | float()):
            return [ast.Constant(node.value + 1), ast.Constant(node.value - 1)]
        case ast.If() | ast.IfExp():
            return [_with(node, test=ast.UnaryOp(ast.Not(), node.test))]
        case ast.Return(value=ast.expr()):
            return [ast.Return(ast.Constant(None))]
        case _:
            return []


def _with(node: ast.AST, **changes: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _places(module: ast.Module) -> list[tuple[ast.AST, str, int | None]]:
    """Each node that can be mutated, as its parent, the parent's field and the place within it."""
    found: list[tuple[ast.AST, str, int | None]] = []
    for parent in ast.walk(module):
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns"):
                continue
            nodes = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            found += [(parent, name, at) for at, node in nodes if isinstance(node, ast.AST) and mutants_of(node)]
    return found


def _is_noticed(module: Path, place: int, *, tree: Path, rng: random.Random) -> bool:
    """Whether some test fails on the module with one mutation at the place; the module is put back."""
    sound = module.read_text(encoding="utf-8")
    parsed = _parsed(module)
    parent, name, at = _places(parsed)[place]
    held = getattr(parent, name)
    node = held if at is None else held[at]
    mutant = rng.choice(mutants_of(node))
    if at is None:
        setattr(parent, name, mutant)
    else:
        held[at] = mutant
    module.write_text(ast.unparse(ast.fix_missing_locations(parsed)), encoding="utf-8")
    try:
        if not _passes([module], tree=tree):
            return True
    finally:
        module.write_text(sound, encoding="utf-8")
    print(f"not noticed: {module.name}:{node.lineno}: {ast.unparse(node)[:90]}  ->  {ast.unparse(mutant)[:90]}")
    return False


def _passes(modules: list[Path], *, tree: Path) -> bool:
    """Whether the tests pass: those of the modules themselves first, since they are the likeliest to notice."""
    own = sorted(str(path) for module in modules for path in (tree / "tests/unit").rglob(f"test_{module.stem}*.py"))
    tests = dict.fromkeys([*map(str, modules), *own, *(str(tree / test) for test in TESTS)])
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "--doctest-modules", "-m", "not slow"]
    command = [sys.executable, "-B", "-m", "pytest", *options, *tests]
    place = os.environ | {"PYTHONPATH": str(tree / "src"), "OMP_NUM_THREADS": "1"}  # noqa: TID251 - a child's environment
    try:
        return subprocess.run(command, cwd=tree, env=place, capture_output=True, timeout=TIMEOUT).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _shown(chosen: list[tuple[Path, int]]) -> Iterator[tuple[Path, int]]:
    for done, (module, place) in enumerate(chosen, start=1):
        print(f"{done}/{len(chosen)} {module.name}", file=sys.stderr, flush=True)
        yield module, place


def interval_of_share(count: int, total: int) -> tuple[float, float]:
    """Between which shares the truth lies, going by a sample (Wilson, 95 %).

    >>> [round(end, 3) for end in interval_of_share(85, 100)]
    [0.767, 0.907]
    """
    share, spread = count / total, _Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return middle - half, middle + half


if __name__ == "__main__":
    sys.exit(main())
