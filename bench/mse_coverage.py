"""How often do the intervals of hidden populations hold the truth, over invented populations of known size?

`python bench/mse_coverage.py [POPULATIONS] [--latent] [WORD ...]` prints the table of docs/explanation/coverage.md, for
the scenarios whose name holds one of the words, or all. Latent classes take seconds each, and are tried on fewer.
"""

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cauce.estimate import capture_tables, method_results, multiple_systems

PEOPLE = 4000
LISTS = ("A", "B", "C", "D")
CHANCES = np.array([0.26, 0.27, 0.21, 0.13])
QUICK: tuple[method_results.Method, ...] = (
    "stepwise", "main", "bic", "bic_average", "decomposable", "heterogeneity",
)  # fmt: skip

Invent = Callable[[np.random.Generator], NDArray[np.bool_]]


def independent(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Lists independent, everybody alike."""
    return rng.random((PEOPLE, 4)) < CHANCES


def small_overlap(rng: np.random.Generator) -> NDArray[np.bool_]:
    """The same with a third of the chances: few people on two lists."""
    return rng.random((PEOPLE, 4)) < CHANCES / 3


def referral(rng: np.random.Generator) -> NDArray[np.bool_]:
    """The first list refers 22 % of its people to the last."""
    people = independent(rng)
    people[:, 3] |= people[:, 0] & (rng.random(PEOPLE) < 0.22)
    return people


def referral_and_avoidance(rng: np.random.Generator) -> NDArray[np.bool_]:
    """A referral, and two lists that avoid each other's people."""
    people = referral(rng)
    people[:, 1] &= ~(people[:, 2] & (rng.random(PEOPLE) < 0.5))
    return people


def people_differ(rng: np.random.Generator, *, spread: float) -> NDArray[np.bool_]:
    """Log-odds of being found differ between people by a normal law."""
    odds = np.log(CHANCES / (1 - CHANCES)) + spread * rng.standard_normal((PEOPLE, 1))
    return rng.random((PEOPLE, 4)) < 1 / (1 + np.exp(-odds))


def two_kinds(rng: np.random.Generator) -> NDArray[np.bool_]:
    """Three tenths are found with four times the chance of the others."""
    is_easy = rng.random((PEOPLE, 1)) < 0.3
    return rng.random((PEOPLE, 4)) < np.where(is_easy, CHANCES * 2, CHANCES / 2)


def unreachable(rng: np.random.Generator) -> NDArray[np.bool_]:
    """A fifth of the people can be on no list at all."""
    return independent(rng) & (rng.random((PEOPLE, 1)) > 0.2)


SCENARIOS: dict[str, tuple[Invent, float]] = {
    "independent lists": (independent, 0.0),
    "independent lists, small overlap": (small_overlap, 0.0),
    "one referral": (referral, 0.0),
    "a referral and an avoidance": (referral_and_avoidance, 0.0),
    "people differ a little (sd 0.5)": (lambda rng: people_differ(rng, spread=0.5), 0.0),
    "people differ much (sd 1)": (lambda rng: people_differ(rng, spread=1.0), 0.0),
    "two kinds of people": (two_kinds, 0.0),
    "a fifth can be on no list": (unreachable, 0.0),
    "one referral, counts with noise of sigma 10": (referral, 10.0),
}


def captures(people: NDArray[np.bool_], *, sigma: float, rng: np.random.Generator) -> capture_tables.CaptureTable:
    """The capture table of invented people, with noise where asked."""
    counts = np.bincount(people @ (1 << np.arange(4)), minlength=16).astype(np.float64)
    counts += np.rint(rng.normal(0, sigma, 16)) if sigma > 0 else 0.0
    counts[0] = 0.0
    return capture_tables.CaptureTable(LISTS, counts)


def coverage(
    name: str, *, populations: int, methods: Sequence[method_results.Method] = QUICK
) -> dict[str, tuple[float, float, float]]:
    """Share covered, median width and median bias (as shares of the truth) for each method and the pool."""
    invent, sigma = SCENARIOS[name]
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(populations):
        rng = np.random.default_rng(10_000 + seed)
        table = captures(invent(rng), sigma=sigma, rng=rng)
        hidden = multiple_systems.estimate(table, methods=methods, noise_sigma=sigma, rng=rng)
        for method, one in [*((method.method, method) for method in hidden.methods), ("pool", hidden)]:
            if one.total is not None:
                row = (
                    float(one.lower <= PEOPLE <= one.upper),
                    (one.upper - one.lower) / PEOPLE,
                    one.total / PEOPLE - 1,
                )
                found.setdefault(method, []).append(row)
    return {method: (np.mean(rows, axis=0)[0], *np.median(rows, axis=0)[1:]) for method, rows in found.items()}


def main(arguments: Sequence[str]) -> None:
    numbers = [int(word) for word in arguments if word.isdigit()] or [500]
    methods = (*QUICK, "latent") if "--latent" in arguments else QUICK
    print("| population | " + " | ".join((*methods, "pool")) + " |\n|" + "---|" * (len(methods) + 2))
    words = [word for word in arguments if not word.isdigit() and not word.startswith("--")]
    for name in [one for one in SCENARIOS if not words or any(word in one for word in words)]:
        start = time.process_time()
        found = coverage(name, populations=numbers[0], methods=methods)
        cells = [
            f"{100 * found[method][0]:.0f} % ({100 * found[method][1]:.0f} %, {100 * found[method][2]:+.0f} %)"
            for method in (*methods, "pool")
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        print(f"  {time.process_time() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
