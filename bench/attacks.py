"""What do the attacks of the suite get, on the gate as it is and on gates with a planted fault?

`python bench/attacks.py` prints one line an attack; `python bench/attacks.py tables releases files differences members`
tries those alone. `python bench/attacks.py members --write DIR` also writes the people released, as many others and
the records as CSV, for an attack by another tool (bench/singling_out.py). Quoted in
docs/explanation/the-attacker-in-the-suite.md.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import attacked_gate
from tests.unit.protect import test_differencing

from cauce.protect import budget
from cauce.protect.attacks import audit, membership

RUNS, FEWER_RUNS = 200_000, 20_000
DELTA, LARGER_DELTA = 1e-6, 0.01
BENCHMARK = Path(__file__).resolve().parents[2] / "shared" / "data" / "cases" / "release_benchmark.csv.gz"


def tables() -> None:
    """Epsilon of the noisy tables, from many runs with one woman and as many without."""
    pair = attacked_gate.counts_with_and_without()
    unbounded = attacked_gate.counts_with_and_without(values_per_person=1_000)
    half, forgetting = attacked_gate.draw_with_half_noise, attacked_gate.draw_forgetting_norms
    gates = [
        ("as shipped", 1.0, RUNS, pair, {}),
        ("half the noise", 1.0, RUNS, pair, {"draw": half}),
        ("as shipped", 4.0, FEWER_RUNS, pair, {}),
        ("half the noise", 4.0, FEWER_RUNS, pair, {"draw": half}),
        ("sensitivity forgotten", 4.0, FEWER_RUNS, pair, {"draw": forgetting}),
        ("noise used twice", 4.0, FEWER_RUNS, pair, {"draw": attacked_gate.draw_reusing_noise}),
        ("8 values counted where 3 are paid for", 4.0, FEWER_RUNS, unbounded, {}),
    ]
    for name, epsilon, runs, counts, gate in gates:
        rho = budget.rho_of(epsilon, delta=DELTA)
        outputs = attacked_gate.noisy_outputs(counts, runs=runs, rho=rho, **gate)
        show(f"tables, epsilon {epsilon:g}, {runs:,} runs, {name}", audit.audit_outputs(*outputs, delta=DELTA))
        found = audit.bound_epsilon(*audit.score_outputs(*outputs), delta=LARGER_DELTA)
        claim = budget.epsilon_of(rho, delta=LARGER_DELTA)
        print(f"    at delta {LARGER_DELTA}: at least {found:.2f} whatever the law, claimed {claim:.2f}", flush=True)


def releases() -> None:
    """Epsilon of whole releases: tables made consistent, with intervals, small figures withheld."""
    pair = attacked_gate.counts_with_and_without()
    gates = {
        "as shipped": {},
        "half the noise": {"draw": attacked_gate.draw_with_half_noise},
        "withheld by exact counts": {"fault": attacked_gate.withhold_by_exact_counts},
    }
    for name, gate in gates.items():
        outputs = attacked_gate.released_outputs(pair, runs=2_000, epsilon=4.0, delta=DELTA, **gate)
        show(f"2,000 releases of tables, epsilon 4, {name}", audit.audit_outputs(*outputs, delta=DELTA))


def files() -> None:
    """Epsilon of the release of a file: its tables and its invented records."""
    for name, times in {"as shipped": 1.0, "half the noise": 4.0}.items():
        outputs = attacked_gate.file_outputs(runs=500, epsilon=4.0, delta=DELTA, times=times)
        show(f"500 releases of a file with records, epsilon 4, {name}", audit.audit_outputs(*outputs, delta=DELTA))


def differences() -> None:
    """Small changes that two releases by thresholds give away, over five pairs of populations each way."""
    for way in ("came", "left"):
        apart, together, withheld = 0, 0, []
        for seed in range(5):
            first, then = (test_differencing.tables_of(cube) for cube in attacked_gate.two_populations(seed, way))
            before = test_differencing.release(first)
            now = test_differencing.release(then, earlier=[before])
            truth = {"first": first, "then": then, "threshold": test_differencing.K}
            apart += attacked_gate.small_changes_given_away(before, test_differencing.release(then), **truth)
            together += attacked_gate.small_changes_given_away(before, now, **truth)
            withheld.append(np.mean(np.concatenate([table.ravel() < 0 for table in now.tables.values()])))
        print(
            f"differences, some {way}: {apart} small changes given away by releases protected one by one, "
            f"{together} by ours; figures withheld in the second release {100 * np.mean(withheld):.0f} %",
            flush=True,
        )


def members(folder: Path | None = None) -> None:
    """Members told from others by the closest record, on an invented table and on the release benchmark."""
    rng = np.random.default_rng(1)
    people = {"invented": attacked_gate.made_people(rng, number=8_000)}
    if BENCHMARK.exists():
        people["benchmark"] = attacked_gate.real_people(BENCHMARK)
    for name, table in people.items():
        released, inside, outside = attacked_gate.split_alike(table, rng, targets=4_000)
        records = {f"records at epsilon {at:g}": attacked_gate.records_of(released, epsilon=at) for at in (4.0, 100.0)}
        for what, rows in (records | {"their own rows": released}).items():
            guess = membership.guess_members(inside, outside, records=rows)
            print(f"members, {name}, {what}: AUC {guess.auc:.3f} [{guess.lower:.3f}, {guess.upper:.3f}]", flush=True)
        if folder:
            for what, rows in {
                "released": inside,
                "others": outside,
                "records": records["records at epsilon 4"],
            }.items():
                write(folder / f"{name}-{what}.csv", rows)


def show(name: str, found: audit.Audit) -> None:
    """Prints one line."""
    print(
        f"{name}: at least {found.epsilon:.2f} whatever the law, {found.tight_epsilon:.2f} for normal laws", flush=True
    )


def write(path: Path, rows: np.ndarray) -> None:
    """A table of codes as CSV; a blank where the code is below nil."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([f"c{place}" for place in range(rows.shape[1])])
        writer.writerows([["" if code < 0 else int(code) for code in row] for row in rows])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("attacks", nargs="*", default=["tables", "releases", "files", "differences", "members"])
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    attacks = {"tables": tables, "releases": releases, "files": files, "differences": differences}
    for chosen in asked.attacks:
        members(asked.write) if chosen == "members" else attacks[chosen]()
