"""A small fictitious hub, run once and copied for each journey that changes it."""

import shutil

import pytest

from tests.journeys.hubs import cauce

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
