"""What does Splink make of two lists of names, set up as its own tutorial sets it up?

`python bench/peers/splink_plain.py A.csv B.csv PAIRS.csv`; `bench/linkage.py` runs it.
"""

import sys
from pathlib import Path

import duckdb
import splink.comparison_library as levels
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEAST = 0.01
FIELDS = (
    "record_id AS unique_id, nullif(lower(given_name), '') AS given_name, nullif(lower(surname), '') AS surname, "
    "nullif(birth_date, '') AS birth_date"
)
RANKED = (
    "unique_id_l AS record_id_a, unique_id_r AS record_id_b, match_probability AS score, "
    "row_number() OVER (PARTITION BY record_id_a ORDER BY score DESC) AS of_a, "
    "row_number() OVER (PARTITION BY record_id_b ORDER BY score DESC) AS of_b"
)
BLOCKS = [
    block_on("birth_date"),
    block_on("given_name", "surname"),
    block_on("surname", "substr(birth_date, 1, 4)"),
    block_on("given_name", "substr(birth_date, 1, 7)"),
]


def main() -> None:
    """Writes the likeliest pair of each record, with its probability."""
    first, second, out = map(Path, sys.argv[1:])
    engine = duckdb.connect()
    database = DuckDBAPI(engine)
    lists = []
    for name, path in (("a", first), ("b", second)):
        engine.read_csv(str(path), all_varchar=True).project(FIELDS).create_view(f"list_{name}")
        lists.append(database.register(f"list_{name}"))
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            levels.NameComparison("given_name"),
            levels.NameComparison("surname"),
            levels.DateOfBirthComparison("birth_date", input_is_string=True, invalid_dates_as_null=True),
        ],
        blocking_rules_to_generate_predictions=BLOCKS,
    )
    linker = Linker(lists, settings)
    linker.training.estimate_probability_two_random_records_match(BLOCKS[:2], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(BLOCKS[0])
    linker.training.estimate_parameters_using_expectation_maximisation(BLOCKS[1])
    met = linker.inference.predict(threshold_match_probability=LEAST).as_duckdbpyrelation()
    met.project(RANKED).filter("of_a = 1 AND of_b = 1").order("score DESC").write_csv(str(out))


if __name__ == "__main__":
    main()
