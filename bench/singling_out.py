"""Which risks does anonymeter see in invented records? An optional attack by another maker's tool, never a dependency.

anonymeter 1.1.0 needs NumPy below 1.27 and PyArrow below 22, so it cannot live beside our pins; its licence (Clear BSD)
grants no patent rights. Run it in an environment of its own:

    python -m venv /tmp/anonymeter && /tmp/anonymeter/bin/pip install anonymeter==1.1.0
    python bench/attacks.py members --write /tmp/rows
    /tmp/anonymeter/bin/python bench/singling_out.py /tmp/rows invented
"""

import importlib.util
import sys
from pathlib import Path

ATTACKS = 500


def main(folder: Path, name: str) -> None:
    """Prints the risk of singling people out by several columns and of linking two halves of a row, with controls."""
    pandas = importlib.import_module("pandas")
    evaluators = importlib.import_module("anonymeter.evaluators")
    released, others, records = (
        pandas.read_csv(folder / f"{name}-{what}.csv", dtype=str, keep_default_na=False)
        for what in ("released", "others", "records")
    )
    half = released.shape[1] // 2
    halves = (list(released.columns[:half]), list(released.columns[half:]))
    for what, rows in {"records": records, "own rows": released}.items():
        single = evaluators.SinglingOutEvaluator(
            ori=released, syn=rows, control=others, n_attacks=ATTACKS, n_cols=min(4, half)
        )
        single.evaluate(mode="multivariate")
        link = evaluators.LinkabilityEvaluator(
            ori=released, syn=rows, control=others, n_attacks=ATTACKS, aux_cols=halves, n_neighbors=1
        )
        link.evaluate(n_jobs=1)
        for risk, found in {"singling out": single, "linkability": link}.items():
            said = found.risk(confidence_level=0.95)
            print(f"{name}, {what}, {risk}: risk {said.value:.3f} [{said.ci[0]:.3f}, {said.ci[1]:.3f}]", flush=True)


if __name__ == "__main__":
    if importlib.util.find_spec("anonymeter") is None or len(sys.argv) < 3:
        print("anonymeter is not installed here, or no folder is given: skipped (how to run it is said in this file)")
    else:
        main(Path(sys.argv[1]), sys.argv[2])
