"""What do clkhash and anonlink make of two lists of names? Plain Bloom filters, compared each with each.

`python bench/peers/clk.py A.csv B.csv PAIRS.csv` wants the packages of requirements/anonlink.txt; `bench/linkage.py`
runs it. Names and date as bigrams, 1,024 bits, Dice, the greedy solver: as the tutorials of both packages do it.
"""

import csv
import sys
from pathlib import Path

import anonlink
from clkhash import clk, comparators, field_formats, schema

BITS = 1024
BITS_OF_FIELD = 200
LEAST = 0.8


def encode(path: Path) -> tuple[list[str], list[object]]:
    """The record ids and filters of one list."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    bigrams = field_formats.FieldHashingProperties(
        comparator=comparators.NgramComparison(2), strategy=field_formats.BitsPerFeatureStrategy(BITS_OF_FIELD)
    )
    fields = ("given_name", "surname", "birth_date")
    plan = schema.Schema([field_formats.StringSpec(name, bigrams) for name in fields], BITS)
    people = [[row[name].lower() for name in fields] for row in rows]
    return [row["record_id"] for row in rows], clk.generate_clks(people, plan, b"a secret of 32 bytes, or so, here")


def main() -> None:
    """Writes the pairs of records with their similarity, the most similar first."""
    first, second, out = map(Path, sys.argv[1:])
    (left_ids, left), (right_ids, right) = encode(first), encode(second)
    candidates = anonlink.candidate_generation.find_candidate_pairs(
        [left, right], anonlink.similarities.dice_coefficient, LEAST
    )
    solved = {tuple(index for _, index in sorted(group)) for group in anonlink.solving.greedy_solve(candidates)}
    similarities, _, (lefts, rights) = candidates
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["record_id_a", "record_id_b", "score"])
        for similarity, a, b in zip(similarities, lefts, rights, strict=True):
            if (a, b) in solved:
                writer.writerow([left_ids[a], right_ids[b], similarity])


if __name__ == "__main__":
    main()
