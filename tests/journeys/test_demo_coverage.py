"""Do the demo's published intervals cover the truth, and does its linkage know how good it is? Over a hundred countries.

The table that it prints is kept in docs/explanation/coverage-of-the-demo.md.
"""

import shutil
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from itertools import combinations
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cauce.recipes import demo
from cauce.standards.progress import silent

SEEDS = range(1, 101)
TODAY = date(2026, 11, 22)


def pairs_between_lists(group_of):
    """The pairs of records of different partners that are in one group."""
    members = defaultdict(list)
    for record, group in group_of.items():
        members[group].append(record)
    pairs = (pair for records in members.values() for pair in combinations(sorted(records), 2))
    return {(one, other) for one, other in pairs if one[0] != other[0]}


def true_shares(root):
    """(precision, recall) of the links between partners, going by the sealed truth."""
    person_of = demo.unseal_records(root)
    links = pq.read_table(root / "vault" / "links.parquet").to_pylist()
    linked = {(row["partner_code"], row["record_id"]): row["person_id"] for row in links}
    made = pairs_between_lists(linked)
    true = pairs_between_lists({record: person_of[record[1]] for record in linked if record[1] in person_of})
    return len(made & true) / len(made), len(made & true) / len(true)


def one_country(seed, *, folder):
    root = folder / str(seed)
    done = demo.run_demo(root, people=4_000, seed=seed, today=TODAY, progress=silent)
    precision, recall = true_shares(root)
    linkage = done.run.people.linkage
    shutil.rmtree(root)
    return {
        "seed": seed,
        "covered": done.covered,
        "precision_error": linkage["precision"] - precision,
        "recall_error": linkage["recall"] - recall,
        "relative_width": {
            name: (upper - lower) / done.true_figures[name] for name, (lower, upper) in done.intervals.items()
        },
    }


def run_countries(seeds, folder: Path):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(partial(one_country, folder=folder), seeds))


@pytest.mark.slow
def test_demo_intervals_cover_the_truth_in_ninety_of_a_hundred_countries(tmp_path):
    found = run_countries(SEEDS, tmp_path)

    covered = Counter(name for one in found for name, is_covered in one["covered"].items() if is_covered)
    print(covered, max(abs(one["recall_error"]) for one in found), max(abs(one["precision_error"]) for one in found))
    assert set(covered) == {"people", "hidden_total", "women", "children"}
    assert min(covered.values()) >= 0.9 * len(SEEDS)
    assert max(abs(one["precision_error"]) for one in found) <= 0.02
    assert max(abs(one["recall_error"]) for one in found) <= 0.02
