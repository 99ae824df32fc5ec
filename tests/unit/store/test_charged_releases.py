"""Is a ledger that does not know a release refused, whichever way it was lost?"""

import json
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import charged_releases, ledger, workspace

POLICY = Policy(epsilon_total=4.0, epsilon_year=4.0, epsilon_release=1.0)


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="")


def release(hub, name):
    """Charges a release and puts it out, as a run does."""
    charge = ledger.Charge(
        population="p",
        release_id=name,
        fingerprint=name,
        purpose="tables",
        epsilon=1.0,
        delta=1e-6,
        day=date(2026, 11, 22),
    )
    ledger.commit(hub.ledger_path, ledger.reserve(hub.ledger_path, charge, policy=POLICY), name.encode())
    kept = {"ledger": [{"last_entry": ledger.verify_chain(hub.ledger_path)}]}
    put_out(hub, name, provenance=kept)


def put_out(hub, name, *, provenance):
    folder = hub.releases_dir / name
    folder.mkdir()
    (folder / "release.json").write_text("{}")
    (folder / "provenance.json").write_text(json.dumps(provenance))


def test_ledger_that_all_releases_were_charged_to_is_accepted(hub):
    release(hub, "2026-11-22.1")
    release(hub, "2026-11-22.2")

    charged_releases.refuse_lost(hub)

    assert ledger.verify_chain(hub.ledger_path)


def test_hub_without_releases_needs_no_ledger(hub):
    charged_releases.refuse_lost(hub)

    assert not hub.ledger_path.exists()


def test_old_copy_of_the_ledger_is_refused_naming_the_release_it_lacks(hub):
    release(hub, "2026-11-22.1")
    copy = hub.ledger_path.read_bytes()
    release(hub, "2026-11-22.2")
    hub.ledger_path.write_bytes(copy)

    with pytest.raises(Refusal) as refused:
        charged_releases.refuse_lost(hub)

    assert refused.value.code == "store.lost_ledger"
    assert refused.value.found.values["releases"] == "2026-11-22.2"


def test_ledger_begun_anew_with_the_same_charges_is_refused(hub):
    release(hub, "2026-11-22.1")
    hub.ledger_path.unlink()
    release(hub, "2026-11-23.1")

    with pytest.raises(Refusal, match=r"store\.lost_ledger"):
        charged_releases.refuse_lost(hub)


@pytest.mark.parametrize("provenance", [{}, {"ledger": []}, {"ledger": [{}]}])
def test_release_that_names_no_entry_of_the_ledger_is_refused(hub, provenance):
    release(hub, "2026-11-22.1")
    put_out(hub, "2026-11-22.2", provenance=provenance)

    with pytest.raises(Refusal, match=r"store\.lost_ledger"):
        charged_releases.refuse_lost(hub)


def charge(hub, name):
    """A charge without a release in the hub, as `cauce protect --hub` makes it."""
    asked = ledger.Charge(
        population="p",
        release_id=name,
        fingerprint=name,
        purpose="files",
        epsilon=0.5,
        delta=1e-6,
        day=date(2026, 11, 23),
    )
    return ledger.reserve(hub.ledger_path, asked, policy=POLICY)


def test_old_copy_of_the_ledger_is_refused_that_lacks_a_charge_of_no_release(hub):
    release(hub, "2026-11-22.1")
    copy = hub.ledger_path.read_bytes()
    charge(hub, "file")
    charged_releases.refuse_lost(hub)
    hub.ledger_path.write_bytes(copy)

    with pytest.raises(Refusal, match=r"store\.cut_ledger"):
        charged_releases.refuse_lost(hub)


def test_old_copy_of_the_ledger_is_refused_that_lacks_what_was_drawn_for_a_charge(hub):
    reservation = charge(hub, "file")
    copy = hub.ledger_path.read_bytes()
    ledger.commit(hub.ledger_path, reservation, b"drawn")
    hub.ledger_path.write_bytes(copy)

    with pytest.raises(Refusal, match=r"store\.cut_ledger"):
        charged_releases.refuse_lost(hub)


def test_ledger_that_is_gone_is_refused_though_no_release_was_made(hub):
    charge(hub, "file")
    hub.ledger_path.unlink()

    with pytest.raises(Refusal, match=r"store\.cut_ledger"):
        charged_releases.refuse_lost(hub)


def test_vault_made_anew_takes_the_ledger_as_it_lies(hub):
    charge(hub, "file")
    (hub.vault_dir / "ledger.mark").unlink()

    charged_releases.refuse_lost(hub)
    charge(hub, "another")

    assert (hub.vault_dir / "ledger.mark").read_text() == ledger.verify_chain(hub.ledger_path)
