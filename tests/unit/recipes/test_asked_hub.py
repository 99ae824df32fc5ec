"""By which wider categories may a question be coarsened?"""

from cauce.recipes import asked_hub
from cauce.standards import packs
from cauce.store import workspace

PACK = packs.load("trafficking")
OWN = """
[[levels]]
field = "vic_LocationOfExploitation"
name = "border"
groups = { "Neighbours" = ["GTM", "SLV"], "Others" = ["MEX", "USA"] }
"""


def test_wider_categories_are_those_of_the_codelists_and_then_the_hub_s_own(tmp_path):
    hub = workspace.found_hub(tmp_path / "mesa", names={"en": "test"}, area="")
    (hub.root / "hub.toml").write_text((hub.root / "hub.toml").read_text() + OWN)

    made_of = asked_hub._made_of(
        workspace.open_hub(hub.root), PACK, ["vic_LocationOfExploitation", "age_code"], year=2026
    )

    place = "vic_LocationOfExploitation"
    assert set(made_of) == {f"{place}@1", f"{place}@2", f"{place}@border", "age_code@1"}
    assert made_of[f"{place}@border"][1]["SLV"] == "Neighbours"
    assert made_of[f"{place}@border"][1]["COL"] == "COL"
    assert made_of["age_code@1"][1]["_U"] == "_U"


def test_steps_up_from_a_wider_field_are_those_whose_categories_hold_its_own():
    made_of = {
        "place@1": ("place", {"a": "x", "b": "x", "c": "y", "d": "z"}),
        "place@2": ("place", {"a": "W", "b": "W", "c": "W", "d": "V"}),
        "place@across": ("place", {"a": "L", "b": "R", "c": "L", "d": "R"}),
    }

    assert asked_hub._wider("place@1", made_of) == {"place@2": {"x": "W", "y": "W", "z": "V"}}
    assert asked_hub._wider("place@2", made_of) == {}
    assert set(asked_hub._wider("place", made_of)) == set(made_of)
