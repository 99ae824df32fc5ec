"""One suite that every engine which joins tokens must pass: DuckDB on a laptop, Spark where a hub outgrows it."""

import duckdb
import ibis
import numpy as np
import pytest
from tests.engines import connect_engine
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, matching
from cauce.link.lattice import FAMILY_INDEX
from cauce.link.tokens import EMPTY, FAMILY_BOUNDS, FAMILY_OF_PLACE
from cauce.recipes.join_lists import join_lists

WIDTH = len(FAMILY_OF_PLACE)


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request):
    if request.param == "duckdb":
        yield ibis.duckdb.from_connection(duckdb.connect(config={"temp_directory": ""}))
        return
    with connect_engine("spark") as spark:
        yield spark


def join(engine, left, right):
    """What an engine finds: (left, right) -> mask, crossings."""
    tables = [ibis.memtable(matching.lay_out_tokens(tokens)) for tokens in (left, right)]
    met = engine.to_pyarrow(matching.join_tokens(*tables)).to_pylist()
    return {(row["left_record"], row["right_record"]): (row["mask"], row["crossings"]) for row in met}


def join_by_hand(left, right):
    any_key = FAMILY_BOUNDS[FAMILY_INDEX["full.any_key"]]
    found = {}
    for one, tokens in enumerate(left.tolist()):
        for other, others in enumerate(right.tolist()):
            mask, crossings = 0, 0
            for family, (start, end) in enumerate(FAMILY_BOUNDS):
                shared = [(a, b) for a in tokens[start:end] for b in others[start:end] if a == b != EMPTY]
                mask |= bool(shared) << family
                crossings += len(shared) if (start, end) == any_key else 0
            if mask:
                found[one, other] = (mask, crossings)
    return found


def test_engine_joins_equal_tokens_of_one_family_and_no_others(engine):
    rng = np.random.default_rng(5)
    left, right = rng.integers(0, 600, (2, 30, WIDTH))

    found = join(engine, left, right)

    assert found == join_by_hand(left, right) and len(found) > 100


def test_engine_joins_tokens_of_any_sign_and_size(engine):
    left, right = np.full((1, WIDTH), EMPTY), np.full((2, WIDTH), EMPTY)
    left[0, 0] = right[1, 0] = np.iinfo(np.int64).min
    left[0, -1] = right[1, -1] = np.iinfo(np.int64).max

    assert join(engine, left, right) == {(0, 1): (1 | 1 << len(FAMILY_BOUNDS) - 1, 0)}


def test_engine_finds_nothing_between_lists_that_share_nothing_or_are_empty(engine):
    left, right = np.full((2, WIDTH), 7), np.full((2, WIDTH), 8)

    assert join(engine, left, right) == {}
    assert join(engine, left[:0], right) == {}


def test_parts_of_the_families_find_together_what_the_whole_finds(engine):
    rng = np.random.default_rng(6)
    left, right = rng.integers(0, 600, (2, 20, WIDTH))
    half = len(FAMILY_BOUNDS) // 2

    masks = {}
    for families in (range(half), range(half, len(FAMILY_BOUNDS))):
        tables = [ibis.memtable(matching.lay_out_tokens(tokens, families)) for tokens in (left, right)]
        for row in engine.to_pyarrow(matching.join_tokens(*tables)).to_pylist():
            pair = row["left_record"], row["right_record"]
            masks[pair] = masks.get(pair, 0) | row["mask"]

    assert masks == {pair: mask for pair, (mask, _) in join(engine, left, right).items()}


def test_a_whole_linkage_is_the_same_on_every_engine(engine):
    rng = np.random.default_rng(8)
    population = invent_population(300, languages=("es", "fr"), rng=rng)
    lists = invent_lists(population, [np.arange(200), np.arange(100, 300)], errors=0.05, rng=rng)
    encoded = [
        encoding.encode_people(
            encoding.describe_people(one.given, one.surname, one.born),
            one.record_ids,
            list_code=code,
            key=bytes(range(32)),
            rng=np.random.default_rng(1),
        )
        for one, code in zip(lists, "ab", strict=True)
    ]

    here = join_lists(encoded, rng=np.random.default_rng(2), engine=engine)
    usual = join_lists(encoded, rng=np.random.default_rng(2))

    assert (here.cluster == usual.cluster).all() and np.unique(here.cluster).size < 330
    assert (here.links.probability == usual.links.probability).all()
