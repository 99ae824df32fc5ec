"""Is an encoding that was cut short, mixed up or made up found out before it is linked?"""

import json
import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cauce.link import encoding_format
from cauce.link.lattice import WIDTH
from cauce.link.levels import LEVELS, MISSING_DATE, PARTS, Cell
from cauce.link.tokens import EMPTY
from tests.journeys.two_partners import call


def test_link_says_which_parameters_of_two_encodings_differ(encoded, capsys, tmp_path):
    tampered = change_heading(encoded[1], lambda heading: heading["parameters"].update(normalisation="older"))

    code, said, _ = call(capsys, "link", encoded[0], tampered, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.different_parameters")
    assert "normalisation" in said["refusals"][0]["found"]


def change_heading(path, change):
    """The same encoding with another heading, its checksum made to fit: what a careful forger would send."""
    table = pq.read_table(path)
    heading = json.loads(table.schema.metadata[b"cauce.encoding"])
    change(heading)
    encoding = encoding_format.read_encoding(table, list_code=path.stem)
    heading["checksum"] = encoding_format._sum_up(encoding, heading)
    pq.write_table(table.replace_schema_metadata({b"cauce.encoding": json.dumps(heading)}), path)
    return path


def test_link_refuses_an_encoding_cut_short(encoded, capsys, tmp_path):
    encoded[1].write_bytes(encoded[1].read_bytes()[:-5_000])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "store.not_parquet")


def test_link_refuses_an_encoding_from_which_rows_were_taken(encoded, capsys, tmp_path):
    pq.write_table(pq.read_table(encoded[1]).slice(0, 500), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.damaged_encoding")


def test_link_refuses_a_table_that_is_no_encoding(encoded, capsys, tmp_path):
    pq.write_table(pa.table({"name": ["x"]}), tmp_path / "other.enc")

    code, said, _ = call(capsys, "link", encoded[0], tmp_path / "other.enc", "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.not_encoding")


def forge(path, change):
    """What a careful forger would send: the encoding changed, its heading and checksum made to fit."""
    honest = encoding_format.read_encoding(pq.read_table(path), list_code=path.stem)
    pq.write_table(encoding_format.write_encoding(replace(honest, **change(honest))), path)
    return path


def tell(**facts):
    """A change of what the list says of itself as a whole."""
    return lambda honest: {"facts": replace(honest.facts, **facts)}


FORGED = {
    "persons that nobody is": (lambda honest: {"persons": np.zeros_like(honest.persons)}, "link.forged_persons"),
    "fewer persons in the heading": (
        lambda honest: {"facts": replace(honest.facts, persons=honest.facts.persons - 1)},
        "link.forged_persons",
    ),
    "a token twice": (
        lambda honest: {"tokens": np.where(np.arange(WIDTH) == 0, honest.tokens[0, 0], honest.tokens)},
        "link.forged_encoding",
    ),
    "places left empty": (
        lambda honest: {"tokens": np.where(honest.tokens % 7 == 0, EMPTY, honest.tokens)},
        "link.forged_encoding",
    ),
    "a record that lacks more than there is": (
        lambda honest: {"missing": np.where(np.arange(honest.missing.size) == 0, 100, honest.missing)},
        "link.not_encoding",
    ),
    "a record that lacks less than nothing": (
        lambda honest: {"missing": np.where(np.arange(honest.missing.size) == 0, -3, honest.missing)},
        "link.not_encoding",
    ),
    "a chance that is no number": (tell(dates=dict.fromkeys(PARTS, math.nan)), "link.not_encoding"),
    "a text for a chance": (tell(names={"XX": "much"}), "link.not_encoding"),
    "a chance beyond all": (tell(given=dict.fromkeys(LEVELS, 4.0)), "link.not_encoding"),
    "no share of what is missing": (tell(missing={}), "link.not_encoding"),
    "more people with a place than people": (
        tell(known={0: (1.5, 1.0), MISSING_DATE: (0.0, 0.0)}),
        "link.not_encoding",
    ),
    "no share of the undated who know their place": (tell(known={0: (1.0, 1.0)}), "link.not_encoding"),
    "a crossing without end": (tell(crossing=math.inf), "link.not_encoding"),
    "pairs in an unknown cell": (tell(collisions={Cell(0, "full", "ZZ"): 1}), "link.not_encoding"),
    "pairs in a cell of an unknown part": (tell(collisions={Cell(0, "age", "both"): 1}), "link.not_encoding"),
    "one number for two records": (
        lambda honest: {"record_ids": (honest.record_ids[1], *honest.record_ids[1:])},
        "link.repeated_record",
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_link_refuses_an_encoding_forged_with_care(encoded, capsys, tmp_path, how):
    change, wanted = FORGED[how]
    forge(encoded[1], change)

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, wanted)
    assert not (tmp_path / "pairs.csv").exists()


def test_link_refuses_persons_numbered_far_beyond_the_records(encoded, capsys, tmp_path):
    table = pq.read_table(encoded[1])
    far = pa.array(table["person"].to_numpy() + 10**12)
    pq.write_table(table.set_column(1, "person", far), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.forged_persons")


@pytest.mark.parametrize("heading", [b"{", b"[]", b'{"facts": 1, "parameters": {}, "fingerprint": "", "checksum": ""}'])
def test_link_refuses_an_encoding_whose_heading_is_made_up(encoded, capsys, tmp_path, heading):
    pq.write_table(pq.read_table(encoded[1]).replace_schema_metadata({b"cauce.encoding": heading}), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.not_encoding")


def test_link_refuses_an_encoding_with_empty_cells(encoded, capsys, tmp_path):
    table = pq.read_table(encoded[1])
    empty = pa.array([None, *table["tokens"].to_pylist()[1:]], table.schema.field("tokens").type)
    pq.write_table(table.set_column(3, table.schema.field("tokens"), empty), encoded[1])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.not_encoding")
