"""How long and how much memory does the gate's counting take, up to a hundred million records?

`python bench/counting.py` draws invented people with nine columns of codes as Parquet in a temporary folder, counts all
their columns and pairs as the gate does, each number of people in a process of its own, and draws processor seconds and
peak memory against records in bench/counting_growth.svg. Then it counts one million people by whole rows and by a few
sets of columns, where rows repeat often, at times and hardly. `python bench/counting.py ROWS ...` counts those numbers
of records only.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import ibis
import vl_convert

from cauce.protect import counting

PICTURE = Path(__file__).with_name("counting_growth.svg")
ROWS = [1_000_000, 10_000_000, 100_000_000]
SIZES = {"area": 40, "age": 9, "year": 12, "nationality": 60, "sex": 2, "work": 5, "debt": 2, "force": 2, "abuse": 2}
ENGINE = {"memory_limit": "300MB", "threads": 2, "preserve_insertion_order": False, "temp_directory": ""}
WAYS = {"the gate's choice": counting.MOST_VALUES, "whole rows": 10**12, "sets of columns": 0}


def main() -> None:
    """Counts the numbers of records asked for; without any, all of them, and compares the ways of grouping."""
    if sys.argv[1:2] == ["draw"]:
        draw_people(Path(sys.argv[2]), rows=int(sys.argv[3]), flags=int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["count"]:
        count(Path(sys.argv[2]), way=sys.argv[3])
        return
    rows = [int(number) for number in sys.argv[1:]] or ROWS
    measured = [show(number) for number in rows]
    if rows == ROWS:
        draw_growth(measured)
        print(f"growth: {PICTURE.name}")
        compare_ways()


def show(rows: int) -> dict[str, float]:
    """Counts that many records and prints what it took."""
    with people_file(rows, flags=0) as path:
        size = path.stat().st_size / 1e6
        cpu, wall, peak = run_apart("count", path, "the gate's choice")
    print(f"{rows:>11,} records, {size:,.0f} MB of Parquet: {cpu:.1f} CPU s, {wall:.1f} s, {peak:.0f} MB at most")
    return {"records": rows, "CPU seconds": cpu, "peak MB": peak}


def compare_ways() -> None:
    """One million people of more and more columns, counted both ways."""
    for flags in (0, 6, 14, 30):
        with people_file(1_000_000, flags=flags) as path:
            told = {way: run_apart("count", path, way) for way in WAYS}
        figures = "; ".join(f"{way} {cpu:.1f} CPU s, {peak:.0f} MB" for way, (cpu, _, peak) in told.items())
        print(f"1,000,000 records of {len(SIZES) + flags} columns: {figures}")


@contextmanager
def people_file(rows: int, *, flags: int) -> Iterator[Path]:
    """Invented people as Parquet, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.parquet"
        run_apart("draw", path, str(rows), str(flags))
        yield path


def run_apart(what: str, *arguments: Path | str) -> tuple[float, float, float]:
    """Processor seconds, seconds and peak megabytes of this file's own work in a process of its own."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, what, *map(str, arguments)])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{what} {arguments[-1]} failed")
    return used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss / 1024


def draw_people(path: Path, *, rows: int, flags: int) -> None:
    """Codes that go together, a tenth of them missing; some columns of flags beside the others."""
    sizes = SIZES | {f"flag{place}": 2 for place in range(flags)}
    thousands = ibis.range(rows // 1_000).unnest().name("thousand").as_table()
    people = thousands.cross_join(ibis.range(1_000).unnest().name("one").as_table())
    people = people.mutate(kind=0.3 + 0.7 * ibis.random())
    codes = {
        name: ibis.ifelse(ibis.random() < 0.9, (size * ibis.random() * people["kind"]).floor().cast("int16"), None)
        for name, size in sizes.items()
    }
    engine = ibis.duckdb.connect(**ENGINE)
    engine.to_parquet(people.select(**{name: code.cast("string") for name, code in codes.items()}), path)


def count(path: Path, *, way: str) -> None:
    """All columns and pairs of the file."""
    people = ibis.duckdb.connect(**ENGINE).read_parquet(path)
    sizes = SIZES | {name: 2 for name in people.columns if name not in SIZES}
    domain = {name: [*map(str, range(size)), counting.MISSING] for name, size in sizes.items()}
    tables = [(), *((name,) for name in sizes), *combinations(sizes, 2)]
    counts = counting.count_tables(people, tables, domain=domain, most_values=WAYS[way])
    assert all(counts[table].sum() == counts[()] for table in tables)


def draw_growth(measured: list[dict[str, float]]) -> None:
    """Processor seconds and peak memory against records."""
    kinds = ("CPU seconds", "peak MB")
    rows = [{"of": kind, "records": one["records"], "figure": one[kind]} for one in measured for kind in kinds]
    axis = {"type": "log", "domain": [ROWS[0], ROWS[-1]]}
    spec = {
        "data": {"values": rows},
        "facet": {"column": {"field": "of", "type": "nominal", "title": None}},
        "resolve": {"scale": {"y": "independent"}},
        "spec": {
            "mark": {"type": "line", "point": True, "color": "#2a7fb8"},
            "width": 280,
            "height": 200,
            "encoding": {
                "x": {"field": "records", "type": "quantitative", "scale": axis, "axis": {"format": "s"}},
                "y": {"field": "figure", "type": "quantitative", "title": None, "scale": {"zero": True}},
            },
        },
    }
    PICTURE.write_text(vl_convert.vegalite_to_svg(json.dumps(spec)), encoding="utf-8")


if __name__ == "__main__":
    main()
