"""Who is counted in a table that is kept to some codes?"""

from types import SimpleNamespace

import ibis
import pytest

from cauce.protect import asking, budget, draws
from cauce.recipes import deliver_table

DOMAIN = {"age": ("0", "1", "_U"), "age@1": ("young", "_U"), "sex": ("F", "M", "_U")}
MADE_OF = {"age@1": ("age", {"0": "young", "1": "young", "_U": "_U"})}


@pytest.mark.parametrize("field", ["age", "age@1"])
def test_table_kept_to_a_missing_code_counts_nobody_whose_code_is_known(field):
    people = ibis.memtable({"age": ["0", "0", "1", "1", None], "sex": ["F", "F", "F", "M", "M"]})
    policy = SimpleNamespace(delta=1e-6)
    asked = SimpleNamespace(
        domain=DOMAIN, made_of=MADE_OF, hub=SimpleNamespace(settings=SimpleNamespace(policy=policy))
    )
    question = asking.Question(("sex",), ((field, "_U"),), epsilon=300.0)

    content = deliver_table._drawn(asked, question, people, domain=DOMAIN | {field: ("_U",)})

    (drawn,) = draws.unpack(content).tables
    assert drawn.values.tolist() == [[0, 1, 0]]


def test_table_kept_to_one_of_several_values_pays_for_one_cell_a_person():
    domain = {"means": ("a", "b", "c", "d", "_U"), "sex": ("F", "M", "_U")}
    people = ibis.memtable({"means": [["a", "b", "c", "d"], ["a"], ["d"]], "sex": ["F", "M", "M"]})
    policy = SimpleNamespace(delta=1e-6)
    asked = SimpleNamespace(domain=domain, made_of={}, hub=SimpleNamespace(settings=SimpleNamespace(policy=policy)))
    question = asking.Question(("sex",), (("means", "a"),), epsilon=300.0)

    content = deliver_table._drawn(asked, question, people, domain=domain | {"means": ("a",)})

    (drawn,) = draws.unpack(content).tables
    assert drawn.values.tolist() == [[1, 1, 0]]
    assert drawn.sigma == pytest.approx(budget.sigma_of(budget.rho_of(300.0, delta=1e-6)))
