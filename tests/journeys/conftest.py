"""A small fictitious hub, run once and copied for each journey that changes it; two partners with a list each."""

import shutil

import numpy as np
import pytest

from cauce.recipes import encode_file
from cauce.recipes.read_names import read_roles
from tests.invented_people import invent_lists, invent_population
from tests.journeys.hubs import cauce
from tests.journeys.two_partners import ON, write_rows

TODAY = "2026-11-22"


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """(folder, what the demo said): about 700 invented people."""
    folder = tmp_path_factory.mktemp("demo") / "mesa"
    said = cauce("demo", folder, "--people", 700, "--seed", 3, "--no-serve", "--json", "--today", TODAY)
    assert said.code == 0, said.err
    return folder, said


@pytest.fixture
def hub(demo, tmp_path):
    """A copy of the fictitious hub that a journey may change."""
    folder = tmp_path / "mesa"
    shutil.copytree(demo[0], folder)
    return folder


@pytest.fixture(scope="session")
def two_lists(tmp_path_factory):
    """Two partners' folders, with a list and the same key in each, and both lists encoded beside."""
    folder = tmp_path_factory.mktemp("partners")
    rng = np.random.default_rng(8)
    population = invent_population(900, languages=("es", "fr", "ar"), rng=rng)
    people = rng.permutation(900)
    lists = invent_lists(population, [people[:600], people[300:]], errors=0.04, rng=rng)
    for name, one in zip(("policia", "ong"), lists, strict=True):
        own = folder / name
        own.mkdir()
        columns = (one.record_ids, *([cell or "" for cell in column] for column in (one.given, one.surname, one.born)))
        write_rows(own / f"{name}.csv", list(zip(*columns, strict=True)))
        (own / "key").write_bytes(bytes(range(50, 90)))
        encode_file.encode_file(
            own / f"{name}.csv",
            roles=read_roles(ON),
            key_path=own / "key",
            out=folder / f"{name}.enc",
            rng=np.random.default_rng(9),
        )
    return folder, lists


@pytest.fixture
def partners(two_lists, tmp_path):
    """A copy of the two partners' folders that a journey may change, nothing encoded yet."""
    folder, lists = two_lists
    for name in ("policia", "ong"):
        shutil.copytree(folder / name, tmp_path / name)
    return tmp_path, lists


@pytest.fixture
def encoded(two_lists, tmp_path):
    """The encodings of both lists, for a journey to link or to tamper with."""
    return [shutil.copy(two_lists[0] / f"{name}.enc", tmp_path / f"{name}.enc") for name in ("policia", "ong")]
