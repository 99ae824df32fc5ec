import importlib
from dataclasses import is_dataclass
from pathlib import Path

import pytest

import cauce

ROOT = Path(cauce.__file__).parent
FILES = [*ROOT.glob("protect/**/*.py"), *ROOT.glob("store/ledger*.py")]
MODULES = sorted("cauce." + ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES)


@pytest.mark.parametrize("name", MODULES)
def test_no_value_of_the_gate_or_the_ledger_can_be_changed_once_it_was_judged(name):
    module = importlib.import_module(name)

    made = [one for one in vars(module).values() if is_dataclass(one) and one.__module__ == name]

    assert [one.__name__ for one in made if not one.__dataclass_params__.frozen] == []
