"""Does a hub keep one secret for ever, and what if it is lost?"""

from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.policy import Policy
from cauce.store import hub_secret, ledger, workspace

CHECKSUM = "ab" * 32


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="")


def charge(hub):
    asked = ledger.Charge(
        population="p",
        release_id="1",
        fingerprint="f",
        purpose="files",
        epsilon=0.5,
        delta=1e-6,
        day=date(2026, 11, 22),
    )
    ledger.reserve(hub.ledger_path, asked, policy=Policy())


def test_secret_is_drawn_when_the_hub_is_founded_and_is_its_owners_alone(hub, tmp_path):
    other = workspace.found_hub(tmp_path / "other", names={"es": "Otra"}, area="")

    secret = hub.root / "hub.secret"
    assert len(secret.read_bytes()) == 32
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.read_bytes() != (other.root / "hub.secret").read_bytes()


def test_checksum_under_the_secret_is_the_same_for_one_hub_and_another_for_every_other(hub, tmp_path):
    other = workspace.found_hub(tmp_path / "other", names={"es": "Otra"}, area="")

    told = hub_secret.keyed(hub, CHECKSUM)

    assert told == hub_secret.keyed(hub, CHECKSUM) != CHECKSUM
    assert told != hub_secret.keyed(other, CHECKSUM)


def test_secret_that_was_lost_after_a_charge_is_not_drawn_again(hub):
    charge(hub)
    (hub.root / "hub.secret").unlink()

    with pytest.raises(Refusal, match=r"store\.lost_secret"):
        hub_secret.keyed(hub, CHECKSUM)

    assert not (hub.root / "hub.secret").exists()


def test_hub_founded_without_a_secret_gets_one_while_nothing_is_charged(hub):
    (hub.root / "hub.secret").unlink()

    told = hub_secret.keyed(hub, CHECKSUM)

    assert told == hub_secret.keyed(hub, CHECKSUM)
