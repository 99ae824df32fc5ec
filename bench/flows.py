"""How long do flows of the world take, and how much memory, beside the R package migest?

`python bench/flows.py` measures on an invented world of 230 areas and writes the growth with the number of areas to
`bench/flows_growth.svg`. Where R and migest are installed they run on the same world; otherwise the peer's figures
are those recorded on two cores with migest 2.0.5, and are marked so.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import vl_convert

from cauce.estimate import flow_draws, flows
from cauce.estimate.flow_draws import ErrorModel
from cauce.estimate.flows import StockPair

AREAS = 230
RECORDED = {"da_min_closed": 15.0, "da_ind_closed": 15.7, "da_min_open": 7.0, "12 problems": 198.0}
RECORDED_MB = 1270.0
PICTURE = Path(__file__).with_name("flows_growth.svg")
OPTIONS = {
    "da_min_closed": "",
    "da_ind_closed": ", stayer_assumption=FALSE",
    "da_min_open": ', match_birthplace_tot_method="open"',
}
PEER = """
suppressMessages(library(migest))
read <- function(f) as.matrix(read.csv(f, row.names = 1, check.names = FALSE))
bd <- read.csv("bd.csv"); b <- setNames(bd$births, bd$area); d <- setNames(bd$deaths, bd$area)
t <- system.time(ffs_demo(stock_start = read("start.csv"), stock_end = read("end.csv"), births = b, deaths = d OPTION))
cat(sum(t[1:2]))
"""


def main() -> None:
    world = invent_world(AREAS)
    print(f"{'problem':<44}{'ours, CPU s':>12}{'peer, CPU s':>14}{'ratio':>8}")
    first = measured(lambda: flows.estimate_flows(world, method="da_min_closed"), times=5)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peers = {method: run_peer(world, method) for method in OPTIONS}
    for method in flows.METHODS:
        seconds = first if method == "da_min_closed" else cpu_of(world, method)
        peer, how = peers.get(method, (None, ""))
        show(f"{method}, {AREAS} areas", seconds, peer, how=how)
    worlds = [invent_world(AREAS, seed=seed) for seed in range(12)]
    twelve = measured(lambda: [flows.estimate_flows(one, method="da_min_closed") for one in worlds])
    show("da_min_closed, 12 problems", twelve, RECORDED["12 problems"], how="recorded")
    print(
        f"{'peak memory of one problem, MB':<44}{memory:>12.0f}{RECORDED_MB:>10.0f} rec.{RECORDED_MB / memory:>7.0f}x"
    )
    estimate = flows.estimate_flows(world, method="da_pb_closed")
    draws = measured(lambda: draw(world, estimate, draws=1000))
    show("da_pb_closed, 1000 draws", draws, None, how="nobody offers it")
    error = np.abs(flows.estimate_flows(world, method="da_min_closed").account.balance_errors).max()
    print(f"largest error of a margin, persons: {error:.1e}")
    plot_growth()


def invent_world(size: int, *, seed: int = 1) -> StockPair:
    """Populations over six orders of magnitude, three corridors of four empty, and five years of moves."""
    rng = np.random.default_rng(seed)
    population = np.exp(rng.normal(15.0, 2.2, size)).round() + 1_000
    start = np.exp(rng.normal(4.0, 2.5, (size, size))).round() * (rng.random((size, size)) < 0.25)
    np.fill_diagonal(start, population)
    births, deaths = (np.rint(rate * population) for rate in (0.09, 0.045))
    end = np.rint(start * np.exp(rng.normal(0.05, 0.15, (size, size))))
    np.fill_diagonal(end, np.rint(population * (1 + rng.normal(0, 0.002, size)) + births - deaths))
    return StockPair(tuple(f"C{place:03}" for place in range(size)), start, end, births, deaths)


def measured(work, *, times: int = 1) -> float:
    """The least CPU time of some runs, all threads together."""
    spent = []
    for _ in range(times):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def cpu_of(world: StockPair, method: str) -> float:
    return measured(lambda: flows.estimate_flows(world, method=method), times=5)


def draw(world: StockPair, estimate: flows.FlowEstimate, *, draws: int) -> None:
    rng = np.random.default_rng(1)
    flow_draws.draw_flows(world, estimate, draws=draws, rng=rng, errors=ErrorModel())


def run_peer(world: StockPair, method: str) -> tuple[float | None, str]:
    """The peer's CPU time here and now, or the recorded one."""
    if shutil.which("Rscript") is None:
        return RECORDED.get(method), "recorded"
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (("start", world.start), ("end", world.end)):
            rows = [",".join(["", *world.areas])]
            rows += [",".join([area, *map(str, row)]) for area, row in zip(world.areas, table.tolist(), strict=True)]
            Path(folder, f"{name}.csv").write_text("\n".join(rows))
        events = zip(world.areas, world.births.tolist(), world.deaths.tolist(), strict=True)
        Path(folder, "bd.csv").write_text("area,births,deaths\n" + "\n".join(",".join(map(str, row)) for row in events))
        script = PEER.replace(" OPTION", OPTIONS[method])
        done = subprocess.run(["Rscript", "-e", script], cwd=folder, capture_output=True, text=True, check=False)
    return (float(done.stdout.split()[-1]), "run here") if done.returncode == 0 else (RECORDED.get(method), "recorded")


def show(problem: str, ours: float, peer: float | None, *, how: str) -> None:
    if peer is None:
        print(f"{problem:<44}{ours:>12.3f}{'':>14}{'':>8} {how}")
    else:
        print(f"{problem:<44}{ours:>12.3f}{peer:>14.1f}{peer / ours:>7.0f}x {how}")


def plot_growth() -> None:
    sizes, methods = (25, 50, 100, 150, 230, 300, 400), ("da_min_closed", "da_min_open", "da_pb_closed")
    rows = [
        {"areas": size, "CPU seconds": cpu_of(world, method), "method": method}
        for size, world in ((size, invent_world(size)) for size in sizes)
        for method in methods
    ]
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": "CPU seconds of one flow problem, by number of areas",
        "width": 460,
        "height": 260,
        "background": "white",
        "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "areas", "type": "quantitative"},
            "y": {"field": "CPU seconds", "type": "quantitative"},
            "color": {"field": "method", "type": "nominal", "title": None},
        },
    }
    PICTURE.write_text(vl_convert.vegalite_to_svg(json.dumps(spec)), encoding="utf-8")
    print(f"growth with the number of areas: {PICTURE.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
