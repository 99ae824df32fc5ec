"""When is a run's release a new one, and what is told when a run is refused half-way?"""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cauce.agree.agreements import Agreement, Clause
from cauce.recipes import agreed_partners, run_hub
from cauce.recipes.agreed_partners import Participant, Participation
from cauce.standards.errors import Refusal
from cauce.standards.mappings import PartnerMapping
from cauce.standards.messages import Message
from cauce.store import workspace

AGREEMENT = Agreement(
    agreement_id="a-1",
    partner="alba",
    signed=date(2026, 1, 1),
    signed_by="A. B.",
    from_date=date(2026, 1, 1),
    until_date=date(2026, 12, 31),
    legal_basis="consent",
    linkage="clear",
    retention_days=365,
    withdrawn=None,
    clauses=(Clause("1", ("prs_Gender",), ("publish",), ("public",)),),
)


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="")


def fingerprint(hub, agreement=AGREEMENT):
    one = Participant("alba", agreement, PartnerMapping("alba", "*.csv", None, ()), ())
    return run_hub.fingerprint_of_run(workspace.open_hub(hub.root), Participation((one,), ()))


def edited(hub, old, new):
    path = hub.root / "hub.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [("# The settings", "# My settings"), ("epsilon_year = 2.0", "epsilon_year = 3.0"), ('area = ""', 'area = "HTI"')],
)
def test_an_edit_that_changes_no_figure_makes_no_new_release(hub, old, new):
    before = fingerprint(hub)
    edited(hub, old, new)

    assert fingerprint(hub) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("threshold = 10", "threshold = 11"), ('"careful"', '"accurate"'), ("Mesa", "Mesa 2"), (', "ar"]', "]")],
)
def test_an_edit_that_changes_a_release_makes_a_new_one(hub, old, new):
    before = fingerprint(hub)
    edited(hub, old, new)

    assert fingerprint(hub) != before


def test_a_renewed_agreement_makes_no_new_release(hub):
    renewed = replace(AGREEMENT, agreement_id="a-2", signed=date(2026, 6, 1), until_date=date(2028, 12, 31))

    assert fingerprint(hub, renewed) == fingerprint(hub)


def test_an_agreement_of_other_clauses_makes_a_new_release(hub):
    narrower = replace(AGREEMENT, clauses=(Clause("1", ("prs_Gender",), ("link",), ("committee",)),))

    assert fingerprint(hub, narrower) != fingerprint(hub)


def test_what_was_removed_is_told_even_when_a_later_step_refuses(hub, monkeypatch):
    removed = Message("The rows and links of {file} of {partner} were removed", file="f.csv", partner="alba")
    refusal = Refusal("store.over_year", found="x", wanted="y", remedy="z")
    told = []

    def refused(*_, **__):
        raise refusal

    monkeypatch.setattr(agreed_partners, "participation", lambda *_, **__: Participation((), (), (removed,)))
    monkeypatch.setattr(run_hub.linked_hub, "link_hub", refused)

    with pytest.raises(Refusal):
        run_hub.run_hub(
            hub.root,
            today=date(2026, 11, 22),
            rng=np.random.default_rng(1),
            progress=lambda step, done, total: told.append(step),
        )

    assert told == [removed]
