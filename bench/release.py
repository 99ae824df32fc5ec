"""How useful is a release of records, beside the Synthetic Data Showcase (pac-synth), and what does it cost?

`python bench/release.py` releases ../shared/data/cases/release_benchmark.csv.gz five times each by pac-synth and by
both profiles of `cauce protect` at epsilon 4 and delta 1/n^2, then by ours alone at epsilon 1 and 12, every release in
a process of its own, and prints the measures against the data. They are for this bench: no release ever tells them.
`python bench/release.py TABLE [DOMAIN]` does so for another table of codes with a heading; a code of 0 in it is a
missing value. `--runs 1 --peer-runs 0` shortens it.
"""

import argparse
import csv
import gzip
import json
import math
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

BENCHMARK = Path(__file__).resolve().parents[2] / "shared/data/cases/release_benchmark.csv.gz"
RUNS = 5
EPSILON, OTHER_EPSILONS = 4.0, (1.0, 12.0)
PEER = "pac-synth 0.0.8"
TRIPLES_OF_DISTANCE = 200
LEAST_FOR_RELATIVE = 100
TARGETS = {
    "accurate": {"TV2": 0.0015, "TV3": 0.0050, "rel2": 0.04, "rel3": 0.09, "CPU s": 20, "MB": 350},
    "careful": {
        "TV2": 0.0020,
        "TV3": 0.0050,
        "fab2": 0.010,
        "fab3": 0.06,
        "sup2": 0.36,
        "sup2 of 10+": 0.13,
        "CPU s": 20,
        "MB": 350,
    },
}

# Run by a process of its own, so that its memory and its time are its own.
PEER_PROGRAM = """
import csv, sys
from pacsynth import Dataset, DpAggregateSeededParametersBuilder, DpAggregateSeededSynthesizer, FabricationMode
table, out, epsilon, delta = sys.argv[1:]
rows = list(csv.reader(open(table, encoding="utf-8")))
settings = DpAggregateSeededParametersBuilder().epsilon(float(epsilon)).delta(float(delta))
peer = DpAggregateSeededSynthesizer(settings.fabrication_mode(FabricationMode.minimize()).build())
peer.fit(Dataset(rows))
csv.writer(open(out, "w", encoding="utf-8", newline="")).writerows(peer.sample())
"""


@dataclass(frozen=True)
class Case:
    """A table to release: as a file with its domain, and as places, 0 where a value is missing."""

    table: Path
    domain_path: Path
    domain: dict[str, list[str]]
    places: np.ndarray
    counted: dict[tuple[int, ...], np.ndarray] = field(default_factory=dict)

    @property
    def delta(self) -> float:
        return 1.0 / len(self.places) ** 2

    @property
    def sizes(self) -> list[int]:
        return [len(codes) + 1 for codes in self.domain.values()]

    def count(self, chosen: tuple[int, ...]) -> np.ndarray:
        """The exact table of some columns, counted once for all releases."""
        if chosen not in self.counted:
            self.counted[chosen] = count(self.places, chosen, self.sizes)
        return self.counted[chosen]


@dataclass(frozen=True)
class Run:
    """One release: its records and what making it cost."""

    records: Path
    cpu_seconds: float
    peak_mb: float


def main() -> None:
    asked = read_arguments()
    with tempfile.TemporaryDirectory() as folder:
        case = prepare(asked.table, asked.domain, Path(folder))
        print(f"{asked.table.name}: {len(case.places):,} rows, {len(case.domain)} columns, {asked.runs} runs each")
        peers = [release(case, "", epsilon=EPSILON, run=run) for run in range(asked.peer_runs)]
        ours = {
            (epsilon, profile): [release(case, profile, epsilon=epsilon, run=run) for run in range(asked.runs)]
            for epsilon in (EPSILON, *OTHER_EPSILONS)
            for profile in ("accurate", "careful")
        }
        theirs = describe(case, peers, f"{PEER}, epsilon {EPSILON:g}") if peers else {}
        for (epsilon, profile), runs in ours.items():
            figures = describe(case, runs, f"{profile}, epsilon {epsilon:g}")
            if epsilon == EPSILON:
                compare(figures, theirs, targets=TARGETS[profile])
        print(f"rows that hold a withheld pair, careful: {sum(map(count_withheld, careful_runs(ours)))}")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path, nargs="?", default=BENCHMARK)
    parser.add_argument("domain", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--peer-runs", type=int, default=RUNS)
    return parser.parse_args()


def prepare(table: Path, domain: Path | None, folder: Path) -> Case:
    """The table with its missing values empty, and its codelist where none is given."""
    content = gzip.decompress(table.read_bytes()) if table.suffix == ".gz" else table.read_bytes()
    heading, *rows = csv.reader(content.decode("utf-8").splitlines())
    rows = [["" if code == "0" else code for code in row] for row in rows]
    codes = {name: sorted({row[at] for row in rows} - {""}, key=in_order) for at, name in enumerate(heading)}
    if domain:
        codes = {name: [code for code in told if code] for name, told in tomllib.loads(domain.read_text()).items()}
    file, domain_path = folder / "table.csv", folder / "domain.toml"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heading, *rows])
    domain_path.write_text("".join(f"{name} = {json.dumps(known)}\n" for name, known in codes.items()))
    return Case(file, domain_path, codes, read_places(file, codes))


def in_order(code: str) -> tuple[int, str]:
    return (int(code) if code.isdigit() else 0, code)


def read_places(file: Path, domain: dict[str, list[str]]) -> np.ndarray:
    """(row, column) int: 0 where missing."""
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(domain, pa.string()), strings_can_be_null=True)
    table = pa_csv.read_csv(file, convert_options=options)
    found = [pc.index_in(table[name].combine_chunks(), value_set=pa.array(codes)) for name, codes in domain.items()]
    return np.stack([column.fill_null(-1).to_numpy(zero_copy_only=False) + 1 for column in found], axis=1)


def release(case: Case, profile: str, *, epsilon: float, run: int) -> Run:
    """One release by the peer (no profile) or by `cauce protect`, timed from outside."""
    out = case.table.with_name(f"{profile or 'peer'}-{epsilon:g}-{run}")
    if profile:
        spent = ["--epsilon", str(epsilon), "--delta", str(case.delta), "--domain", str(case.domain_path)]
        command = ["-m", "cauce", "protect", str(case.table), *spent, "--profile", profile, "--out", str(out), "--json"]
        records = out / "records.csv"
    else:
        records = out.with_suffix(".csv")
        command = ["-c", PEER_PROGRAM, str(case.table), str(records), str(epsilon), str(case.delta)]
    started = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    if status:
        sys.exit(f"{profile or PEER} failed at epsilon {epsilon:g}")
    return Run(records, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def describe(case: Case, runs: list[Run], title: str) -> dict[str, float]:
    """Prints the mean of every measure, and its worst, over the runs."""
    told = [measure(case, read_places(run.records, case.domain)) for run in runs]
    told = [found | {"CPU s": run.cpu_seconds, "MB": run.peak_mb} for found, run in zip(told, runs, strict=True)]
    means = {name: float(np.mean([found[name] for found in told])) for name in told[0]}
    worst = {name: max(found[name] for found in told) for name in told[0]}
    print(f"\n{title}")
    for line, figures in (("mean", means), ("most", worst)):
        print(f"  {line} ", *(f"{name} {show(figure)}" for name, figure in figures.items()), sep="  ")
    return means


def show(figure: float) -> str:
    return f"{figure:.4f}" if figure < 1 else f"{figure:.1f}"


def compare(figures: dict[str, float], theirs: dict[str, float], *, targets: dict[str, float]) -> None:
    """Prints how many times smaller each figure is than the peer's, and which targets are missed."""
    if theirs:
        print("  peer's figure / ours ", *(f"{name} {theirs[name] / figures[name]:.1f}" for name in figures), sep="  ")
    missed = [f"{name} {show(figures[name])} > {most:g}" for name, most in targets.items() if figures[name] > most]
    print("  targets missed:", ", ".join(missed) or "none")


def careful_runs(ours: dict[tuple[float, str], list[Run]]) -> list[Run]:
    return [run for (_, profile), runs in ours.items() if profile == "careful" for run in runs]


def count_withheld(run: Run) -> int:
    """How many rows of a release hold a pair of values that its own tables withhold."""
    with run.records.open(encoding="utf-8") as stream:
        heading, *rows = csv.reader(stream)
    holds = np.zeros(len(rows), dtype=bool)
    for one, two in combinations(heading, 2):
        with (run.records.parent / "tables" / f"{one}+{two}.csv").open(encoding="utf-8") as stream:
            withheld = {(cell[one], cell[two]) for cell in csv.DictReader(stream) if cell["obs_status"] == "Q"}
        at, on = heading.index(one), heading.index(two)
        if withheld:
            holds |= np.array([(row[at], row[on]) in withheld for row in rows])
    return int(holds.sum())


def measure(case: Case, released: np.ndarray) -> dict[str, float]:
    """The measures of CONTRACT.md: distances, fabricated and suppressed combinations, relative errors."""
    distances, pairs = zip(*(hold_against(case, released, chosen) for chosen in groups(case, 2)), strict=True)
    triples = list(groups(case, 3))
    number = min(TRIPLES_OF_DISTANCE, len(triples))
    told = dict(zip(triples, (hold_against(case, released, chosen) for chosen in triples), strict=True))
    drawn = np.random.default_rng(7).choice(len(triples), number, replace=False) if triples else []
    three = [found for _, found in told.values()]
    return {
        "TV2": float(np.mean(distances)),
        "TV3": float(np.mean([told[triples[place]][0] for place in drawn])) if triples else 0.0,
        "fab2": share(pairs, "fabricated", "released"),
        "fab3": share(three, "fabricated", "released"),
        "sup2": share(pairs, "suppressed", "present"),
        "sup2 of 10+": share(pairs, "suppressed of 10+", "present of 10+"),
        "sup3": share(three, "suppressed", "present"),
        "rel2": share(pairs, "relative error", "large"),
        "rel3": share(three, "relative error", "large"),
    }


def groups(case: Case, length: int) -> combinations:
    return combinations(range(len(case.domain)), length)


def share(found: list[dict[str, float]], part: str, whole: str) -> float:
    total = math.fsum(one[whole] for one in found)
    return math.fsum(one[part] for one in found) / total if total else 0.0


def hold_against(case: Case, released: np.ndarray, chosen: tuple[int, ...]) -> tuple[float, dict[str, float]]:
    """The distance of one table, and what is fabricated and suppressed among its combinations without a gap."""
    a, b = case.count(chosen), count(released, chosen, case.sizes)
    distance = 0.5 * float(np.abs(a / a.sum() - b / b.sum()).sum())
    whole = tuple(slice(1, None) for _ in chosen)
    a, b = a[whole], b[whole]
    large = a >= LEAST_FOR_RELATIVE
    return distance, {
        "released": int((b > 0).sum()),
        "fabricated": int(((b > 0) & (a == 0)).sum()),
        "present": int((a > 0).sum()),
        "suppressed": int(((a > 0) & (b == 0)).sum()),
        "present of 10+": int((a >= 10).sum()),
        "suppressed of 10+": int(((a >= 10) & (b == 0)).sum()),
        "large": int(large.sum()),
        "relative error": float((np.abs(b - a)[large] / a[large]).sum()),
    }


def count(places: np.ndarray, chosen: tuple[int, ...], sizes: list[int]) -> np.ndarray:
    shape = [sizes[at] for at in chosen]
    cells = np.ravel_multi_index([places[:, at] for at in chosen], shape)
    return np.bincount(cells, minlength=math.prod(shape)).reshape(shape).astype(np.int32)


if __name__ == "__main__":
    main()
