"""How long do hidden populations take, beside the R packages SparseMSE and Rcapture?

`python bench/mse.py` measures on the trafficking table of the United Kingdom 2013 (packaged for `cauce verify`), on one
core, and writes the growth with lists and replicates to `bench/mse_growth.svg`. Where R and the peer are installed
they run on the same table; otherwise the peer's figures are those recorded on two cores, and are marked so.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import vl_convert

from cauce.estimate import bootstrap, capture_tables, decomposable, existence, latent_classes, loglinear, model_average
from cauce.standards import verification

RECORDED = {"bootstrap": 389.0, "models": 10.0}
PICTURE = Path(__file__).with_name("mse_growth.svg")
PEERS = {
    "bootstrap": (
        "SparseMSE",
        "data(UKdat); t <- system.time(estimatepopulation(UKdat, nboot = 1000, iseed = 1)); cat(sum(t[1:2]))",
    ),
    "models": (
        "Rcapture",
        "library(SparseMSE); data(UKdat_5); u <- as.matrix(UKdat_5);"
        "t <- system.time(closedpMS.t(u, dfreq = TRUE, maxorder = 2)); cat(sum(t[1:2]))",
    ),
}


def main() -> None:
    six, five = packaged_table("mse_uk_2013_six_lists"), packaged_table("mse_uk_2013_five_lists")
    print(f"{'problem':<58}{'ours, CPU s':>12}{'peer, CPU s':>18}{'ratio':>8}")
    show("UK, 6 lists, 1000 replicates and jackknife", measured(lambda: resampled(six, 1000)), peer="bootstrap")
    show("UK, 5 lists, all 1024 models of pairs", measured(lambda: all_models(five)), peer="models")
    show("UK, 5 lists, 822 decomposable graphs", measured(lambda: decomposable.posterior_of(five)))
    show("UK, 6 lists, 18154 decomposable graphs", measured(lambda: decomposable.posterior_of(six)))
    latent = measured(lambda: latent_classes.sample([five], rng=np.random.default_rng(1)))
    show("UK, 5 lists, latent classes, 24 chains of 2400 steps", latent)
    draw_growth(six)
    print(f"growth with lists and replicates: {PICTURE.name}")


def packaged_table(name: str) -> capture_tables.CaptureTable:
    """A capture table of `cauce verify`."""
    inputs = next(group.inputs for group in verification.groups() if group.name == name)
    rows = np.array(inputs["histories"])
    return capture_tables.tabulate(inputs["lists"], rows[:, :-1], rows[:, -1])


def resampled(table: capture_tables.CaptureTable, replicates: int) -> bootstrap.Bca:
    """Replicates and jackknife of the whole stepwise selection."""
    counts = bootstrap.resample(table, replicates=replicates, rng=np.random.default_rng(1))
    return bootstrap.bca_interval(table, bootstrap.stepwise_totals(table, memo=existence.Memo()), counts=counts)


def all_models(table: capture_tables.CaptureTable) -> model_average.ModelSet:
    """Every hierarchical model of pairs."""
    design = loglinear.design_of(len(table.lists), 2)
    return model_average.fit_all(design, table.counts[1:], memo=existence.Memo())


def measured(work: Callable[[], object]) -> float:
    """CPU seconds of the better of two runs."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def show(problem: str, seconds: float, *, peer: str = "") -> None:
    theirs, how = run_peer(peer) if peer else (None, "")
    beside = f"{theirs:>10.0f} {how:<7}{theirs / seconds:>7.0f}x" if theirs else ""
    print(f"{problem:<58}{seconds:>12.2f}{beside}")


def run_peer(name: str) -> tuple[float, str]:
    """The peer's own time where R has the package, else the recorded one."""
    package, script = PEERS[name]
    if shutil.which("Rscript"):
        ran = subprocess.run(
            ["Rscript", "-e", f"suppressMessages(library({package})); {script}"], capture_output=True, text=True
        )
        if ran.returncode == 0:
            return float(ran.stdout.split()[-1]), "run"
    return RECORDED[name], "recorded"


def draw_growth(table: capture_tables.CaptureTable) -> None:
    """CPU seconds against replicates, and against lists (invented people, 200 replicates)."""
    rows: list[dict[str, object]] = []
    for replicates in (100, 250, 500, 1000, 2000):
        seconds = measured(lambda: resampled(table, replicates))  # noqa: B023 - called at once
        rows.append({"of": "replicates, 6 lists", "size": replicates, "seconds": seconds})
    rng = np.random.default_rng(1)
    for lists in (3, 4, 5, 6, 7, 8):
        people = rng.random((5000, lists)) < 0.15
        counts = np.bincount(people @ (1 << np.arange(lists)), minlength=2**lists).astype(float)
        counts[0] = 0
        invented = capture_tables.CaptureTable(tuple("ABCDEFGH"[:lists]), counts)
        seconds = measured(lambda: resampled(invented, 200))  # noqa: B023 - called at once
        rows.append({"of": "lists, 200 replicates", "size": lists, "seconds": seconds})
    spec = {
        "data": {"values": rows},
        "facet": {"column": {"field": "of", "type": "nominal", "title": None}},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "spec": {
            "mark": {"type": "line", "point": True, "color": "#2a7fb8"},
            "width": 280,
            "height": 200,
            "encoding": {
                "x": {"field": "size", "type": "quantitative", "title": None},
                "y": {"field": "seconds", "type": "quantitative", "title": "CPU seconds, one core"},
            },
        },
    }
    PICTURE.write_text(vl_convert.vegalite_to_svg(json.dumps(spec)), encoding="utf-8")


if __name__ == "__main__":
    main()
