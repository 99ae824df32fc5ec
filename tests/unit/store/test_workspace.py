"""How is a hub founded and opened, and what is refused in its hub.toml?"""

import pytest

from cauce.standards.errors import Refusal
from cauce.store import workspace


def found(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": 'La "mesa"'}, area="HTI")


def test_founded_hub_is_readable_by_its_owner_alone(tmp_path):
    hub = found(tmp_path)

    assert hub.root.stat().st_mode & 0o777 == 0o700
    assert hub.settings.area == "HTI"
    assert hub.settings.names == {"es": 'La "mesa"'}
    assert hub.settings.policy.epsilon_total == 4.0


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("x")

    with pytest.raises(Refusal) as refusal:
        workspace.found_hub(tmp_path, names={}, area="")

    assert refusal.value.code == "store.folder_not_empty"


def test_a_folder_without_hub_toml_is_refused(tmp_path):
    with pytest.raises(Refusal) as refusal:
        workspace.open_hub(tmp_path)

    assert refusal.value.code == "store.no_hub"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[hub]\nnmae = 'x'", "store.unknown_key"),
        ("[gate]\nx = 1", "store.unknown_key"),
        ("[policy]\nepsilon_total = -1", "store.bad_setting"),
        ("[policy]\ndelta = 2.0", "store.bad_setting"),
        ("[policy]\nkind = 'both'", "store.bad_setting"),
        ("[hub", "store.bad_toml"),
    ],
)
def test_hub_toml_is_refused_where_a_key_or_a_value_is_unknown(tmp_path, text, code):
    hub = found(tmp_path)
    (hub.root / "hub.toml").write_text(text)

    with pytest.raises(Refusal) as refusal:
        workspace.open_hub(hub.root)

    assert refusal.value.code == code
