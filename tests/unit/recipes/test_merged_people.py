"""What is known of each person once her records are linked?"""

import ibis

from cauce.recipes.merged_people import merge_people

SCHEMA = {
    "partner_code": "string",
    "record_id": "string",
    "prs_Gender": "string",
    "age_code": "string",
    "registered_date": "string",
    "vic_TypeOfExploitation": "array<string>",
}
RECORDS = [
    ("ong", "1", "Feminine", "Y9T17", "2024-05-01", ["Forced labour"]),
    ("ong", "2", "Feminine", "Y18T20", "2025-05-01", None),
    ("policia", "1", "Masculine", None, "2023-01-01", ["Sexual exploitation", "Forced labour"]),
    ("policia", "2", None, None, "2023-01-01", None),
]
LINKS = {
    "partner_code": ["ong", "ong", "policia", "policia"],
    "record_id": ["1", "2", "1", "2"],
    "person_id": [1, 1, 1, 2],
}


def merged(records):
    table = ibis.memtable([dict(zip(SCHEMA, row, strict=True)) for row in records], schema=SCHEMA)
    people = merge_people(
        table, ibis.memtable(LINKS), codes=["prs_Gender", "age_code"], lists_of=["vic_TypeOfExploitation"]
    )
    return {row["person_id"]: row for row in people.to_pyarrow().to_pylist()}


def test_merge_takes_the_most_recorded_code_the_earliest_age_and_all_forms():
    people = merged(RECORDS)

    assert people[1]["prs_Gender"] == "Feminine"
    assert people[1]["age_code"] == "Y9T17"
    assert people[1]["vic_TypeOfExploitation"] == ["Forced labour", "Sexual exploitation"]
    assert people[1]["lists"] == ["ong", "policia"]


def test_merge_leaves_missing_what_nobody_recorded():
    people = merged(RECORDS)

    assert people[2]["prs_Gender"] is None
    assert people[2]["vic_TypeOfExploitation"] is None


def test_merge_does_not_depend_on_the_order_of_the_records():
    assert merged(RECORDS) == merged(RECORDS[::-1])
