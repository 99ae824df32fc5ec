"""Does a linkage that goes on after a stop use only parts that it would make itself?"""

from dataclasses import replace

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, matching
from cauce.recipes import join_lists


@pytest.fixture(scope="module")
def lists():
    rng = np.random.default_rng(8)
    population = invent_population(60, languages=("es",), rng=rng)
    return [
        encoding.encode_people(
            encoding.describe_people(one.given, one.surname, one.born),
            one.record_ids,
            list_code=code,
            key=bytes(range(32)),
            rng=np.random.default_rng(1),
        )
        for one, code in zip(
            invent_lists(population, [np.arange(40), np.arange(60)], errors=0, rng=rng), "ab", strict=True
        )
    ]


def parts_joined(lists, folder, monkeypatch):
    """How many parts a linkage joined itself; those that it kept stay in the folder."""
    joined = []
    join = matching.join_tokens
    with monkeypatch.context() as patched:
        patched.setattr(join_lists.matching, "join_tokens", lambda *tables: joined.append(1) or join(*tables))
        join_lists.join_lists(lists, rng=np.random.default_rng(2), parts_dir=folder)
    return len(joined)


def test_join_lists_uses_kept_parts_only_of_the_same_plan_and_encoding(lists, tmp_path, monkeypatch):
    first, again = (parts_joined(lists, tmp_path / "parts", monkeypatch) for _ in range(2))
    others = [replace(one, parameters=dict(one.parameters) | {"version": "another"}) for one in lists]
    other_encoding = parts_joined(others, tmp_path / "parts", monkeypatch)
    whole = matching.plan_parts(1)[0]
    monkeypatch.setattr(
        matching, "plan_parts", lambda records: (range(whole.stop // 2), range(whole.stop // 2, whole.stop))
    )
    other_plan = parts_joined(others, tmp_path / "parts", monkeypatch)

    assert (first, again, other_encoding, other_plan) == (1, 0, 1, 2)
