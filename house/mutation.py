"""Would the tests of the gate notice a fault in it? Faults are planted one at a time, and the tests run on each.

A random sample of the places in `protect/` and of the ledger that can be mutated gets one mutation each (another
operator or comparison, a number off by one, a condition turned round…), in a copy of the tree. Each meets first the
tests that run its line, the fastest first, then all others; the first that fails has noticed it. It prints each mutant,
whether it was noticed, and the share of those that were: `make mutation`, or
`python house/mutation.py --places 400 --seed 2 --only noise`. Tests written for the survivors of the first 100 places
are judged on others, `--skip 100`.
"""

import argparse
import ast
import copy
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["interval_of_share", "main", "mutants_of"]

TREE = Path(__file__).resolve().parents[1]
MUTATED = ("src/cauce/protect/*.py", "src/cauce/store/ledger*.py")
TESTS = ("tests/unit/protect", "tests/unit/store", "tests/unit/recipes/test_clear_people.py")

# A mutant that runs for ever is a mutant that was noticed: so many times as long as the sound tests, and a minute.
_PATIENCE, _LEAST_PATIENCE = 4.0, 60.0
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


@dataclass(frozen=True)
class _Test:
    """What is known of a test on the sound tree: how long it took, and which lines of which file it ran."""

    name: str
    seconds: float
    lines: dict[str, list[int]]

    def runs(self, module: Path, lines: range) -> bool:
        return any(line in lines for line in self.lines.get(str(module), ()))


@dataclass(frozen=True)
class _Mutant:
    """A module with one fault, the lines of the fault, and how to tell of it."""

    module: Path
    source: str
    lines: range
    told: str


def main() -> int:
    """Plants the faults, tells what each test run found; fails below the share asked."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="cauce-mutation-") as folder:
        tree = _copy_tree(Path(folder).resolve())
        modules = [path for pattern in MUTATED for path in sorted(tree.glob(pattern))]
        chosen = _draw_places([path for path in modules if asked.only in path.stem], asked)
        tests = _watched_tests(modules, tree=tree)
        noticed = 0
        for done, (module, place) in enumerate(chosen, start=1):
            mutant = _plant(module, place, seed=asked.seed)
            is_noticed = _is_noticed(mutant, tests, tree=tree)
            noticed += is_noticed
            print(f"{done}/{len(chosen)} {'' if is_noticed else 'NOT '}noticed: {mutant.told}", flush=True)
    low, high = interval_of_share(noticed, len(chosen))
    print(f"{noticed} of {len(chosen)} noticed: {noticed / len(chosen):.1%} ({low:.1%} to {high:.1%})")
    return 0 if noticed >= asked.least * len(chosen) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=200, help="places to mutate, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="fixes which")
    parser.add_argument("--skip", type=int, default=0, help="places of the same draw to leave out, the first ones")
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


def _draw_places(modules: list[Path], asked: argparse.Namespace) -> list[tuple[Path, int]]:
    """Modules with the number of a place in each, in an order that the seed fixes; those to skip are left out."""
    places = [(module, place) for module in modules for place in range(len(_places(_parsed(module))))]
    random.Random(asked.seed).shuffle(places)
    return places[asked.skip : asked.skip + asked.places]


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


def _plant(module: Path, place: int, *, seed: int) -> _Mutant:
    """The module with one mutation at the place, drawn among those that can stand there."""
    parsed = _parsed(module)
    parent, name, at = _places(parsed)[place]
    held = getattr(parent, name)
    node = held if at is None else held[at]
    mutant = random.Random(f"{seed} {module.name} {place}").choice(mutants_of(node))
    if at is None:
        setattr(parent, name, mutant)
    else:
        held[at] = mutant
    return _Mutant(
        module,
        ast.unparse(ast.fix_missing_locations(parsed)),
        range(node.lineno, node.end_lineno + 1),
        f"{module.name}:{node.lineno}: {_shown(node)}  ->  {_shown(mutant)}",
    )


def _shown(node: ast.AST) -> str:
    return ast.unparse(node).replace("\n", " ")[:90]


def _is_noticed(mutant: _Mutant, tests: list[_Test], *, tree: Path) -> bool:
    """Whether some test fails on the mutant: those that run its line first, then all others; the module is put back."""
    rising = sorted(tests, key=lambda test: test.seconds)
    first = [test for test in rising if test.runs(mutant.module, mutant.lines)]
    first = first or [test for test in rising if str(mutant.module) in test.lines]
    others = [test for test in tests if test not in first]
    sound = mutant.module.read_text(encoding="utf-8")
    mutant.module.write_text(mutant.source, encoding="utf-8")
    try:
        return not all(_passes(part, tree=tree) for part in (first, others) if part)
    finally:
        mutant.module.write_text(sound, encoding="utf-8")


def _watched_tests(modules: list[Path], *, tree: Path) -> list[_Test]:
    """All tests with what they run on the sound tree, where all of them must pass, also when they are asked by name."""
    told = tree.parent / "lines.json"
    watch = ["-p", "tested_lines", "--lines-to", str(told), *(f"--lines-of={module}" for module in modules)]
    _require_sound(_run([*watch, *map(str, modules), *TESTS], tree=tree, patience=None))
    tests = [_Test(name, **seen) for name, seen in json.loads(told.read_text(encoding="utf-8")).items()]
    _require_sound(_run(_named(sorted(tests, key=lambda test: test.seconds), tree=tree), tree=tree, patience=None))
    return tests


def _require_sound(run: subprocess.CompletedProcess[str] | None) -> None:
    if run is None or run.returncode:
        sys.exit(f"The tests fail with nothing planted: nothing was measured\n{run.stdout[-3_000:] if run else ''}")


def _passes(tests: list[_Test], *, tree: Path) -> bool:
    patience = _LEAST_PATIENCE + _PATIENCE * sum(test.seconds for test in tests)
    run = _run(_named(tests, tree=tree), tree=tree, patience=patience)
    return run is not None and run.returncode == 0


def _named(tests: list[_Test], *, tree: Path) -> list[str]:
    """The tests as pytest takes many of them: from a file."""
    named = tree.parent / "tests.txt"
    named.write_text("\n".join(test.name for test in tests), encoding="utf-8")
    return [f"@{named}"]


def _run(arguments: list[str], *, tree: Path, patience: float | None) -> subprocess.CompletedProcess[str] | None:
    """What pytest answers, None where it does not within so many seconds."""
    options = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-m", "not slow"]
    command = [sys.executable, "-B", "-m", "pytest", *options, *arguments]
    path = os.pathsep.join([str(tree / "src"), str(TREE / "house")])
    place = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}  # noqa: TID251 - a child's environment
    try:
        return subprocess.run(
            command, cwd=tree, env=place, text=True, timeout=patience, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except subprocess.TimeoutExpired:
        return None


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
