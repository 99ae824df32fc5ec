"""How long does linking without names take, and how does that grow?

`python bench/linkage.py` invents two lists of 1,000 to 20,000 records with 60 % of the people in both, encodes and
links them, and prints the seconds of each step and the peak memory; `python bench/linkage.py 100000` measures that
size alone.
"""

import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.invented_people import InventedList, invent_lists, invent_population

from cauce.link import encoding
from cauce.link.encoding import Encoding
from cauce.recipes.join_lists import join_lists

SIZES = (1_000, 5_000, 20_000)
OVERLAP = 0.6


def invent(size: int) -> list[InventedList]:
    """Two lists of this size."""
    rng = np.random.default_rng(size)
    total = round(size * (2 - OVERLAP))
    population = invent_population(total, languages=("es", "fr", "pt", "ar"), rng=rng)
    people = rng.permutation(total)
    return invent_lists(population, [people[:size], people[-size:]], errors=0.06, rng=rng)


def encode(one: InventedList, code: str) -> Encoding:
    """One list, encoded."""
    people = encoding.describe_people(one.given, one.surname, one.born)
    return encoding.encode_people(
        people, one.record_ids, list_code=code, key=bytes(range(32)), rng=np.random.default_rng(1)
    )


def measure(size: int) -> None:
    """Prints one line."""
    lists = invent(size)
    begun = time.perf_counter()
    encoded = [encode(one, code) for one, code in zip(lists, "ab", strict=True)]
    between = time.perf_counter()
    join_lists(encoded, rng=np.random.default_rng(2))
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{size:>8} x {size:<8} encode both {between - begun:6.1f} s  link {ended - between:5.1f} s  peak {peak:.2f} GB"
    )


if __name__ == "__main__":
    for number in [int(word) for word in sys.argv[1:]] or SIZES:
        measure(number)
