"""How long does `cauce protect` take on a million people of 25 and of 60 columns, and how much memory?

Draws an invented table of codes, five columns of many codes and the others flags that go together, and releases it in
a process of its own. `python bench/protect.py [ROWS]`.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

ROWS = 1_000_000
CODES = [5, 40, 20, 8, 12]
TARGETS = {25: (60, 600), 60: (150, 1000)}


def main() -> None:
    """Prints processor seconds and peak memory beside what is asked of them."""
    if sys.argv[1:2] == ["draw"]:
        draw_people(Path(sys.argv[2]), rows=int(sys.argv[3]), columns=int(sys.argv[4]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for columns, (seconds, megabytes) in TARGETS.items():
        with tempfile.TemporaryDirectory() as folder:
            run_apart([__file__, "draw", folder, str(rows), str(columns)])
            table, domain, out = (str(Path(folder) / name) for name in ("people.csv", "domain.toml", "out"))
            spent = ["--epsilon", "4", "--delta", str(1.0 / rows**2), "--domain", domain, "--out", out, "--json"]
            cpu, peak = run_apart(["-m", "cauce", "protect", table, *spent])
        asked = f"asked: {seconds} s, {megabytes} MB" if rows == ROWS else ""
        print(f"{rows:>9,} rows of {columns} columns: {cpu:.0f} CPU s, {peak:.0f} MB at most  {asked}")


def draw_people(folder: Path, *, rows: int, columns: int) -> None:
    """A table of codes in which everything goes together with three hidden traits, and its domain."""
    rng = np.random.default_rng(1)
    traits = rng.normal(size=(rows, 3)).astype(np.float32)
    table, domain = {}, {}
    for place in range(columns):
        score = traits @ (0.7 * rng.normal(size=3)).astype(np.float32) + rng.normal(size=rows).astype(np.float32)
        number = CODES[place] if place < len(CODES) else 1
        shares = np.sort(rng.random(number - 1)) if number > 1 else np.array([1.0 - rng.choice([0.02, 0.05, 0.1, 0.3])])
        codes = np.searchsorted(np.sort(np.quantile(score, shares)), score)
        missing = rng.random(rows) < 0.1 if number > 1 else codes == 0
        table[f"c{place}"] = pa.array(codes.astype(str), mask=missing)
        domain[f"c{place}"] = [str(code) for code in range(number)] if number > 1 else ["1"]
    pa_csv.write_csv(pa.table(table), folder / "people.csv", pa_csv.WriteOptions(quoting_style="none"))
    lines = "".join(f"{name} = {json.dumps(codes)}\n" for name, codes in domain.items())
    (folder / "domain.toml").write_text(lines, encoding="utf-8")


def run_apart(arguments: list[str]) -> tuple[float, float]:
    """Processor seconds and peak megabytes of a process of its own."""
    started = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments[:3])} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
