"""How long does linking without names take beside Splink and anonlink, what does each find, and how does ours grow?

`python bench/linkage.py` invents two lists with 60 % of the people in both, runs `cauce encode` and `cauce link` as a
user types them on growing lists, and draws `bench/linkage_growth.svg`; at 10,000 and 100,000 records each the peers
work on the same files. `python bench/linkage.py 30000` measures one size, and draws it with those measured before;
`python bench/linkage.py 30000 4` measures four lists. anonlink is run where `build/anonlink` is a virtual environment
with requirements/anonlink.txt. The lists and the figures of growth stay in `build/linkage`.
"""

import csv
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import vl_convert

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.invented_people import invent_lists, invent_population

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
BESIDE = (10_000, 100_000)
OVERLAP = 0.6
PRECISION = 0.995
GROWTH = ROOT / "build/linkage/growth.json"
PICTURE = Path(__file__).with_name("linkage_growth.svg")
CAUCE = str(Path(sys.executable).with_name("cauce"))
ANONLINK = ROOT / "build/anonlink/bin/python"
PEERS = {
    "cauce link --clear": [CAUCE, "link", "{a}", "{b}", "--clear", "--on", "{on}", "--out", "{out}"],
    "Splink, as its tutorial": [sys.executable, "bench/peers/splink_plain.py", "{a}", "{b}", "{out}"],
    "clkhash and anonlink": [str(ANONLINK), "bench/peers/clk.py", "{a}", "{b}", "{out}"],
}
MEASURES = (("processor", "seconds of processor"), ("seconds", "seconds by the clock"), ("peak", "peak memory, MB"))
ON = "given_name,surname,birth_date"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Cost:
    """What commands took, one after another: seconds by the clock and of processor, and the highest peak of memory."""

    seconds: float
    processor: float
    peak: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, self.processor + other.processor, max(self.peak, other.peak))


def main() -> None:
    asked = [int(word) for word in sys.argv[1:]]
    if len(asked) > 1:
        measure(*asked)
        return
    for size in asked or SIZES:
        keep_growth(measure(size))
        if size in BESIDE:
            compare(size)
    draw_growth()


def measure(size: int, count: int = 2) -> list[dict[str, object]]:
    """Prints what our commands take on lists of this size; a row for each step."""
    lists = invent_files(size, count)
    encoded = [path.with_suffix(".enc") for path in lists]
    encoding = sum((encode(path) for path in lists), Cost(0, 0, 0))
    out = lists[0].with_name("pairs.csv")
    linking = run([CAUCE, "link", *map(str, encoded), "--out", str(out)])
    whole = encoding + linking
    pairs, truth = read_pairs(out), read_truth(lists)
    print(
        f"{count} lists of {size:,}: encode {encoding.seconds:.0f} s, link {linking.seconds:.0f} s, whole "
        f"{whole.seconds:.0f} s, {whole.processor:.0f} s of processor, peak {whole.peak:,.0f} MB; {rate(pairs, truth)}",
        flush=True,
    )
    return [
        {"records": size, "step": step} | asdict(cost)
        for step, cost in (("encode both lists", encoding), ("link", linking))
    ]


def compare(size: int) -> None:
    """Prints what the peers make of the same two files, at the threshold that the truth recommends to them."""
    first, second = invent_files(size, 2)
    truth, ours = read_truth([first, second]), read_pairs(first.with_name("pairs.csv"))
    for name, command in PEERS.items():
        if not Path(command[0]).exists():
            print(f"  {name}: not installed here")
            continue
        out = first.with_name("peer.csv")
        words = {"a": str(first), "b": str(second), "out": str(out), "on": ON}
        cost = run([word.format(**words) for word in command])
        pairs = choose_best(read_pairs(out), truth)
        same = len(set(pairs) & set(ours)) / max(len(ours), 1)
        print(
            f"  {name}: {cost.seconds:.0f} s, {cost.processor:.0f} s of processor, peak {cost.peak:,.0f} MB; "
            f"{rate(pairs, truth)}; {same:.1%} of our pairs",
            flush=True,
        )


def invent_files(size: int, count: int) -> list[Path]:
    """Lists with names, `count` of them, invented once."""
    folder = ROOT / "build/linkage" / f"{size}x{count}"
    paths = [folder / f"{'abcdefgh'[number]}.csv" for number in range(count)]
    if paths[-1].exists():
        return paths
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key").write_bytes(os.urandom(32))
    rng = np.random.default_rng(size)
    # Of two lists, each holds 60 % of the other's people; of more, each draws as many from those of two.
    total = round(size * (2 - OVERLAP))
    population = invent_population(total, languages=("es", "fr", "pt", "ar"), rng=rng)
    order = rng.permutation(total)
    members = [order[:size], order[-size:], *(rng.permutation(total)[:size] for _ in range(count - 2))]
    for path, one in zip(paths, invent_lists(population, members, errors=0.06, rng=rng), strict=True):
        columns = [[cell or "" for cell in column] for column in (one.given, one.surname, one.born)]
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["record_id", "given_name", "surname", "birth_date", "person"])
            writer.writerows(zip(one.record_ids, *columns, one.person.tolist(), strict=True))
    return paths


def encode(path: Path) -> Cost:
    """What `cauce encode` takes."""
    key, out = str(path.with_name("key")), str(path.with_suffix(".enc"))
    return run([CAUCE, "encode", str(path), "--on", ON, "--key", key, "--out", out])


def run(command: list[str]) -> Cost:
    """What a command takes, in a process of its own."""
    begun = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def read_pairs(path: Path) -> list[Pair]:
    """Pairs of records in the order of the file: the likeliest first."""
    with path.open(encoding="utf-8") as stream:
        return [(row["record_id_a"], row["record_id_b"]) for row in csv.DictReader(stream)]


def read_truth(lists: list[Path]) -> set[Pair]:
    """The pairs of records that are one person."""
    held = []
    for path in lists:
        with path.open(encoding="utf-8") as stream:
            held.append({row["person"]: row["record_id"] for row in csv.DictReader(stream)})
    return {
        (left[person], right[person]) for left, right in combinations(held, 2) for person in left.keys() & right.keys()
    }


def choose_best(pairs: list[Pair], truth: set[Pair]) -> list[Pair]:
    """The longest beginning of the pairs that keeps the precision."""
    hits = np.cumsum([pair in truth for pair in pairs])
    kept = np.flatnonzero(hits / np.arange(1, len(pairs) + 1) >= PRECISION)
    return pairs[: int(kept[-1]) + 1] if kept.size else []


def rate(pairs: list[Pair], truth: set[Pair]) -> str:
    """Precision and recall, in words."""
    hits = len(truth.intersection(pairs))
    return f"{len(pairs):,} pairs, precision {hits / max(len(pairs), 1):.4f}, recall {hits / len(truth):.4f}"


def keep_growth(rows: list[dict[str, object]]) -> None:
    """Writes the rows of one size beside those of the others, in place of its older ones."""
    kept = [row for row in read_growth() if row["records"] != rows[0]["records"]]
    GROWTH.write_text(json.dumps(kept + rows, indent=1), encoding="utf-8")


def read_growth() -> list[dict[str, object]]:
    """What was measured of each size, the last time."""
    return json.loads(GROWTH.read_text(encoding="utf-8")) if GROWTH.exists() else []


def draw_growth() -> None:
    """Writes the picture of all sizes measured, and prints them as a table."""
    rows = sorted(read_growth(), key=lambda row: (row["records"], row["step"]))
    print("| records of each list | step | processor | clock | peak memory |")
    for row in rows:
        costs = f"{row['processor']:.1f} s | {row['seconds']:.1f} s | {row['peak']:,.0f} MB"
        print(f"| {row['records']:,} | {row['step']} | {costs} |")
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": "What linking two lists takes, by records of each",
        "background": "white",
        "data": {"values": rows},
        "hconcat": [draw_measure(*one) for one in MEASURES],
    }
    PICTURE.write_text(vl_convert.vegalite_to_svg(json.dumps(spec)), encoding="utf-8")
    print(f"growth with records: {PICTURE.name}")


def draw_measure(name: str, title: str) -> dict[str, object]:
    """One panel of the picture: both steps, on scales that show a law of growth as a straight line."""
    return {
        "width": 220,
        "height": 240,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "records",
                "type": "quantitative",
                "scale": {"type": "log"},
                "title": "records of each list",
            },
            "y": {"field": name, "type": "quantitative", "scale": {"type": "log"}, "title": title},
            "color": {"field": "step", "type": "nominal", "title": None},
        },
    }


if __name__ == "__main__":
    main()
