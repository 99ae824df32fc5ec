"""How long does a survey of a million rows take: its design, a total, and the totals of a hundred domains?"""

import resource
import time

import numpy as np

from cauce.estimate import survey
from cauce.estimate.sample_design import describe_design

ROWS, STRATA, CLUSTERS, DOMAINS = 1_000_000, 500, 20, 100


def measure() -> None:
    """Prints seconds of processor and the peak of memory."""
    rng = np.random.default_rng(1)
    strata = rng.integers(0, STRATA, ROWS)
    clusters = rng.integers(0, CLUSTERS, ROWS)
    values, weights = rng.gamma(2, 50, ROWS), rng.uniform(1, 20, ROWS)
    domains = rng.integers(0, DOMAINS, ROWS)

    start = time.process_time()
    design = describe_design(weights, strata=strata, clusters=clusters, populations=np.full(ROWS, 400.0))
    designed = time.process_time()
    survey.estimate_total(design, values)
    totalled = time.process_time()
    survey.estimate_by_domain(design, values, domains=domains, quantity="total")
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ROWS:,} rows, {STRATA} strata of {CLUSTERS} clusters")
    print(
        f"design {designed - start:.2f} s, total {totalled - designed:.2f} s, {DOMAINS} domains {done - totalled:.2f} s"
    )
    print(f"peak {peak:.0f} MB")


if __name__ == "__main__":
    measure()
