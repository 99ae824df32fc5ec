"""How is a hub founded and opened, and what is refused in its hub.toml?"""

import os
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import ledger, workspace


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
        ("[policy]\nepsilon_total = inf", "store.bad_setting"),
        ("[policy]\nepsilon_total = nan", "store.bad_setting"),
        ("[hub]\narea = 'ZZZ'", "store.bad_setting"),
        ("[hub]\narea = 'SCG'", "store.bad_setting"),
        ("[[hub]]\narea = ''", "store.bad_heading"),
        ("[[policy]]\nthreshold = 10", "store.bad_heading"),
        ("tables = 3", "store.bad_heading"),
        ("hub = []", "store.bad_heading"),
        ("tables = ['prs_Gender']", "store.bad_heading"),
        ("[hub]\nthreshold = 10", "store.misplaced_key"),
        ("threshold = 10", "store.misplaced_key"),
        ("[purposes]\nask = 1.0", "store.misplaced_key"),
        ("[tables]\nby = ['prs_Gender']", "store.bad_heading"),
        ("[[tables]]", "store.missing_key"),
        ("[engine]\nbackend = 'postgres'", "store.backend_absent"),
        ("[engine]\nbackend = 'spark'", "store.backend_absent"),
        ("[[tables]]\nby = ['prs_Gendre']", "store.bad_table"),
        ("[[tables]]\nby = ['prs_FirstName']", "store.bad_table"),
        ("[[tables]]\nby = ['prs_Gender', 'prs_Birthdate']", "store.bad_table"),
        ("[[tables]]\nby = ['prs_Gender', 'prs_Gender']", "store.bad_table"),
        ("[hub", "store.bad_toml"),
    ],
)
def test_hub_toml_is_refused_where_a_key_or_a_value_is_unknown(tmp_path, text, code):
    hub = found(tmp_path)
    (hub.root / "hub.toml").write_text(text)

    with pytest.raises(Refusal) as refusal:
        workspace.open_hub(hub.root)

    assert refusal.value.code == code


def test_a_table_asked_for_in_another_order_is_made_once(tmp_path):
    hub = found(tmp_path)
    asked = (["age_code", "prs_Gender"], ["prs_Citizenship", "age_code"], ["age_code", "prs_Citizenship"], [])
    (hub.root / "hub.toml").write_text("".join(f"[[tables]]\nby = {by}\n" for by in asked))

    assert workspace.open_hub(hub.root).settings.tables == (("prs_Citizenship", "age_code"),)


def charged(hub, population):
    charge = ledger.Charge(
        population=population,
        release_id="2026-11-22.1",
        fingerprint="aa",
        purpose="tables",
        epsilon=1.0,
        delta=1e-6,
        day=date(2026, 11, 22),
    )
    ledger.reserve(hub.ledger_path, charge, policy=Policy())


def test_population_stays_when_the_area_is_edited(tmp_path):
    hub = found(tmp_path)
    charged(hub, hub.population)
    (hub.root / "hub.toml").write_text("[hub]\narea = 'DOM'\n")

    assert workspace.open_hub(hub.root).population == hub.population


def test_population_of_a_hub_without_the_file_is_that_of_its_ledger(tmp_path):
    hub = found(tmp_path)
    charged(hub, "trafficking/CUB")
    (hub.root / "population").unlink()

    assert workspace.open_hub(hub.root).population == "trafficking/CUB"


def test_population_changed_after_a_charge_is_refused(tmp_path):
    hub = found(tmp_path)
    charged(hub, hub.population)
    (hub.root / "population").write_text("trafficking/DOM")

    with pytest.raises(Refusal) as refusal:
        workspace.open_hub(hub.root)

    assert refusal.value.code == "store.population_changed"


def test_a_ledger_that_is_no_database_is_refused(tmp_path):
    hub = found(tmp_path)
    hub.ledger_path.write_text("not a ledger, but long enough to be read as one" * 20)

    with pytest.raises(Refusal) as refusal:
        workspace.open_hub(hub.root)

    assert refusal.value.code == "store.unreadable_ledger"


@pytest.mark.parametrize("name", ["q*r", "q?r", "q[r", os.fsdecode(b"q\xff")])
def test_a_path_that_a_database_reads_as_a_pattern_is_refused(tmp_path, name):
    with pytest.raises(Refusal) as refusal:
        workspace.found_hub(tmp_path / name, names={}, area="")

    assert refusal.value.code == "store.bad_path"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["two\nlines", "bell\x07", "del\x7f", "@AREA@", 'back\\slash "quoted" 😀'])
def test_any_name_is_kept_as_it_was_given(tmp_path, name):
    hub = workspace.found_hub(tmp_path / "mesa", names={"es": name}, area="HTI")

    assert hub.settings.names == {"es": name}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_hub_that_cannot_be_founded_whole_leaves_nothing(tmp_path, monkeypatch, is_there):
    root = tmp_path / "mesa"
    if is_there:
        root.mkdir()

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(workspace, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        workspace.found_hub(root, names={"es": "Mesa"}, area="")

    assert root.exists() is is_there
    assert not is_there or list(root.iterdir()) == []


def test_an_area_that_is_none_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(Refusal) as refusal:
        workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="ZZZ")

    assert refusal.value.code == "store.bad_setting"
    assert not (tmp_path / "mesa").exists()
