"""Tables that differ by one person or by a few, and gates with faults planted in them: what the attacks of the suite try."""

import csv
import gzip

import ibis
import numpy as np
import pyarrow as pa

from cauce.protect import budget, counting, domains, file_releases, measured, tables
from cauce.protect.attacks import differences

__all__ = [
    "DOMAIN",
    "TABLES",
    "counts_with_and_without",
    "draw_forgetting_norms",
    "draw_reusing_noise",
    "draw_with_half_noise",
    "noisy_outputs",
    "file_outputs",
    "made_people",
    "real_people",
    "records_of",
    "released_outputs",
    "small_changes_given_away",
    "split_alike",
    "two_populations",
    "withhold_by_exact_counts",
]

DOMAIN = {"sex": ("F", "M"), "means": tuple("abcdefgh")}
TABLES = (("sex",), ("means",))
EVERY_MEANS = list(DOMAIN["means"])
NORMS = {by: counting.squared_norm(by, several={"means"}) for by in TABLES}


def counts_with_and_without(*, values_per_person=counting.VALUES_PER_PERSON):
    """Exact counts of a table with and without one woman, whose many means change as many cells as anybody may."""
    others = [{"sex": "M" if place % 3 else "F", "means": [EVERY_MEANS[place % 8]]} for place in range(60)]
    changed = [*others, {"sex": "F", "means": EVERY_MEANS}]
    return tuple(
        counting.count_tables(
            ibis.memtable(pa.Table.from_pylist(people)),
            TABLES,
            domain=domains.with_missing(DOMAIN),
            values_per_person=values_per_person,
        )
        for people in (changed, others)
    )


def noisy_outputs(pair, *, runs, rho, draw=tables.draw_tables):
    """(run, cell) of both: what so many releases hold in the cells that the person changes, and in one other of each.

    The noise of a cell is drawn for itself, so many runs are drawn in one call: the tables are repeated.
    """
    kept = {}
    for by, table in pair[0].items():
        differs = (table != pair[1][by]).ravel()
        kept[by] = np.sort([*np.flatnonzero(differs), *np.flatnonzero(~differs)[:1]])
    outputs = []
    for counts in pair:
        repeated = {by: np.tile(counts[by].ravel()[places], (runs, 1)) for by, places in kept.items()}
        drawn = draw(repeated, rho=rho, squared_norms=NORMS)
        outputs.append(np.hstack([table.values for table in drawn]).astype(float))
    return outputs


def released_outputs(pair, *, runs, epsilon, delta, draw=tables.draw_tables, fault=None):
    """(run, figure) of both: all that so many whole releases show, from people counted to tables cleared.

    A figure withheld is shown as -1; the ends of its interval leave too.
    """
    domain = domains.with_missing(DOMAIN)
    rho = budget.rho_of(epsilon, delta=delta)
    outputs = []
    for counts in pair:
        shown = []
        for _ in range(runs):
            drawn = draw(counts, rho=rho, squared_norms=NORMS)
            cleared = tables.clear_tables(drawn, domain=domain, epsilon=epsilon, profile="careful")
            figures = [_figures(table.observations) for table in cleared]
            shown.append(np.concatenate(fault(figures, counts) if fault else figures))
        outputs.append(np.array(shown))
    return outputs


def file_outputs(*, runs, epsilon, delta, times=1.0):
    """(run, figure) of a file with and without one woman: her own cells in all tables, and the records like her.

    A gate with a fault may measure with more rho than it charges: `times` as much.
    """
    domain, hers = {"sex": ("F", "M"), "area": ("A", "B", "C")}, {"sex": "F", "area": "C"}
    others = [{"sex": "FM"[place % 2], "area": "ABC"[place % 3]} for place in range(40)]
    outputs = []
    for people in ([*others, hers], others):
        counted = measured.count_table(ibis.memtable(pa.Table.from_pylist(people)), domain=domain)
        shown = []
        for _ in range(runs):
            known = measured.measure_table(counted, rho=times * budget.rho_of(epsilon, delta=delta))
            release = file_releases.clear_file(
                known, epsilon=epsilon, delta=delta, profile="careful", rng=np.random.default_rng()
            )
            like_her = sum(row == hers for row in release.records.rows.to_pylist())
            shown.append([*_own_figures(release.tables, hers), like_her])
        outputs.append(np.array(shown, dtype=float))
    return outputs


def _own_figures(cleared, hers):
    for table in cleared:
        row = next(one for one in table.observations.to_pylist() if all(one[name] == hers[name] for name in table.by))
        yield from (-1 if row["obs_value"] is None else row["obs_value"], row["lower"], row["upper"])


def _figures(observations):
    values = observations["obs_value"].fill_null(-1).to_numpy()
    return np.concatenate([values, values < 0, observations["lower"].to_numpy(), observations["upper"].to_numpy()])


def withhold_by_exact_counts(figures, counts):
    """A gate with a fault: what is withheld is decided by the exact counts, and not by the noisy ones."""
    faulty = []
    for shown, exact in zip(figures, counts.values(), strict=True):
        is_small = exact.ravel() < 21
        values = np.where(is_small, -1, np.maximum(shown[: exact.size], 0))
        faulty.append(np.concatenate([values, is_small, shown[2 * exact.size :]]))
    return faulty


def draw_with_half_noise(counts, *, rho, squared_norms):
    """The gate with a fault: half the noise that is paid for."""
    return tables.draw_tables(counts, rho=4.0 * rho, squared_norms=squared_norms)


def draw_forgetting_norms(counts, *, rho, squared_norms):
    """The gate with a fault: a person is taken to change one cell, whatever she changes."""
    return tables.draw_tables(counts, rho=rho, squared_norms=dict.fromkeys(squared_norms, 1))


def draw_reusing_noise(counts, *, rho, squared_norms):
    """The gate with a fault: the second table has the noise of the first."""
    first, *_ = tables.draw_tables(counts, rho=rho, squared_norms=squared_norms)
    noise = first.values - counts[first.by]
    again = [
        tables.NoisyTable(by, table + noise[:, :1], first.sigma, first.rho, persons_repeat=True)
        for by, table in counts.items()
        if by != first.by
    ]
    return [first, *again]


def made_people(rng, *, number):
    """(person, column) int: eight columns that hang together, as those of cases do."""
    first = rng.choice(12, number, p=np.arange(12, 0, -1) / 78)
    columns = [first, (first + rng.choice(6, number, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05])) % 9]
    columns += [np.where(rng.random(number) < 0.6, first % 4, rng.choice(4, number)) for _ in range(3)]
    columns += [(rng.random(number) < 0.1 + 0.06 * first).astype(int) for _ in range(3)]
    return np.stack(columns, axis=1)


def real_people(path):
    """(person, column) int: a table of codes from a file."""
    with gzip.open(path, "rt", newline="") as stream:
        rows = np.array(list(csv.reader(stream))[1:])
    return np.stack([np.unique(column, return_inverse=True)[1] for column in rows.T], axis=1)


def records_of(people, *, epsilon):
    """(record, column) int: what `cauce protect` would release of these people."""
    names = [f"c{place}" for place in range(people.shape[1])]
    domain = {name: tuple(map(str, range(column.max() + 1))) for name, column in zip(names, people.T, strict=True)}
    table = pa.table({name: column.astype(str) for name, column in zip(names, people.T, strict=True)})
    delta = 1.0 / len(people) ** 2
    known = measured.measure_table(
        measured.count_table(ibis.memtable(table), domain=domain), rho=budget.rho_of(epsilon, delta=delta)
    )
    release = file_releases.clear_file(
        known, epsilon=epsilon, delta=delta, profile="careful", rng=np.random.default_rng()
    )
    columns = [release.records.rows[name].cast(pa.string()).to_pylist() for name in names]
    return np.array([[-1 if code is None else int(code) for code in column] for column in columns]).T


def split_alike(people, rng, *, targets):
    """Everybody who is released, then as many members and others, all drawn alike."""
    shuffled = rng.permutation(people)
    members, others = np.array_split(shuffled, 2)
    return members, members[:targets], others[:targets]


def small_changes_given_away(before, now, *, first, then, threshold):
    """Cells whose true change is of 1 to `threshold` - 1 people and not possible as none or as the threshold: judged with the truth in hand."""
    found = 0
    for way, sign in (("came", 1), ("left", -1)):
        learnt = differences.bound_changes(before, now, several=frozenset(), way=way)
        for by in then if learnt else ():
            moved, ends = sign * (then[by] - first[by]), learnt.changes[by]
            few = (moved > 0) & (moved < threshold)
            found += int((few & ((ends[..., 0] > 1e-6) | (ends[..., 1] < threshold - 1e-6))).sum())
    return found


def two_populations(seed, way):
    """A population at two times: some came, or some left."""
    rng = np.random.default_rng(seed)
    cube = rng.negative_binomial(1, 0.05, (3, 4, 5))
    few = rng.binomial(1, 0.2, cube.shape) * rng.integers(1, 15, cube.shape)
    return (cube, cube + few) if way == "came" else (cube, np.maximum(cube - few, 0))
