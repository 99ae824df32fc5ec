"""A file of a hub's people is released: its ledger pays, its rule binds, and no kill makes it pay twice."""

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cauce.cli.main import main
from cauce.recipes import charged_file, protect_file
from cauce.standards.policy import Policy
from cauce.standards.progress import silent
from cauce.store import code_tables, ledger, workspace
from tests.killed import finish, kill_at

TODAY = date(2026, 11, 22)
DOMAIN = 'sex = ["F", "M"]\nage = ["0", "1", "2"]\n'


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"en": "test"}, area="")


@pytest.fixture
def table(tmp_path):
    draw = np.random.default_rng(5)
    rows = [f"{draw.choice(['F', 'M'])},{draw.integers(3)}" for _ in range(300)]
    (tmp_path / "codes.csv").write_text("sex,age\n" + "\n".join(rows) + "\n")
    (tmp_path / "domain.toml").write_text(DOMAIN)
    return tmp_path / "codes.csv"


@pytest.fixture
def protect(capsys, tmp_path):
    """The exit code and the JSON of `cauce protect FILE --hub HUB`."""

    def said(file, hub, *, out="out", epsilon=1.0, delta="1e-7"):
        words = ["protect", file, "--epsilon", epsilon, "--delta", delta, "--domain", tmp_path / "domain.toml"]
        words += ["--out", tmp_path / out, "--json", "--today", TODAY.isoformat(), *(["--hub", hub] if hub else [])]
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        return left.value.code, json.loads(capsys.readouterr().out)

    return said


def spent(hub):
    return ledger.read_balance(hub.ledger_path, population=hub.population, policy=Policy(), today=TODAY).spent


def code_of(told):
    return [one["code"] for one in told["refusals"]]


def test_protect_charges_the_ledger_of_the_hub_for_every_draw_and_stops_at_its_budget(protect, table, hub, tmp_path):
    codes = [protect(table, hub.root, out=f"out{place}")[0] for place in range(2)]
    third = protect(table, hub.root, out="out2")

    assert codes == [0, 0] and spent(hub) == 2.0
    assert (third[0], code_of(third[1])) == (2, ["store.over_year"])
    assert not (tmp_path / "out2").exists()
    drawn = [(tmp_path / f"out{place}" / "tables" / "sex+age.csv").read_bytes() for place in range(2)]
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize(
    ("edited", "code"),
    [
        (('kind = "differential-privacy"', 'kind = "threshold"'), "protect.hub_of_thresholds"),
        (("delta = 1e-6", "delta = 1e-9"), "protect.delta_of_hub"),
        (("purposes = {}", "purposes = { files = 0.5 }"), "store.over_purpose"),
        (("epsilon_release = 1.0", "epsilon_release = 0.5"), "store.over_release"),
    ],
)
def test_protect_is_bound_by_the_policy_of_the_hub(protect, table, hub, tmp_path, edited, code):
    settings = hub.root / "hub.toml"
    settings.write_text(settings.read_text().replace(*edited))

    refused = protect(table, hub.root)

    assert (refused[0], code_of(refused[1])) == (2, [code])
    assert spent(hub) == 0 and not (tmp_path / "out").exists()


def test_thresholds_are_refused_after_a_file_of_the_same_people_left_with_noise(protect, table, hub):
    protect(table, hub.root, epsilon=0.5)
    settings = hub.root / "hub.toml"
    settings.write_text(settings.read_text().replace('kind = "differential-privacy"', 'kind = "threshold"'))

    assert code_of(protect(table, hub.root, out="other")[1]) == ["store.other_policy"]


def test_protect_refuses_a_file_of_a_hub_without_its_ledger(protect, table, hub):
    inside = hub.partners_dir / "codes.csv"
    inside.write_bytes(table.read_bytes())

    assert code_of(protect(inside, None)[1]) == ["protect.file_of_hub"]


def test_protect_refuses_to_charge_another_hub_than_the_one_that_holds_the_file(protect, table, hub, tmp_path):
    other = workspace.found_hub(tmp_path / "other", names={"en": "test"}, area="")
    inside = hub.partners_dir / "codes.csv"
    inside.write_bytes(table.read_bytes())

    assert code_of(protect(inside, other.root)[1]) == ["protect.file_of_hub"]
    assert protect(inside, hub.root, epsilon=0.5)[0] == 0
    assert (spent(other), spent(hub)) == (0, 0.5)


def test_folder_named_like_a_committed_draft_does_not_make_a_draw_free(protect, table, hub, tmp_path, monkeypatch):
    drafts = []
    open_account = charged_file.open_account

    @contextmanager
    def watched(*args, **kwargs):
        with open_account(*args, **kwargs) as account:
            drafts.append(account.draft)
            yield account

    monkeypatch.setattr(charged_file, "open_account", watched)
    protect(table, hub.root, out="out", epsilon=0.5)
    (tmp_path / drafts[0].name.replace(".out.", ".again.")).mkdir()

    assert protect(table, hub.root, out="again", epsilon=0.5)[0] == 0
    assert spent(hub) == 1.0


def test_second_draw_of_one_charge_does_not_leave(table, hub, tmp_path):
    terms = {"epsilon": 0.5, "delta": 1e-7}
    with charged_file.open_account(
        hub.root, file=table, out=tmp_path / "out", terms=terms, today=TODAY, progress=silent
    ) as account:
        reservation = account.reserve()
        ledger.commit(hub.ledger_path, reservation, b"another draw")
        account.draft.mkdir()
        with pytest.raises(RuntimeError):
            account.commit(reservation)


def protect_whole(root, file, out):
    protect_file.protect_file(
        Path(file), epsilon=0.5, delta=1e-7, domain_path=Path(file).with_name("domain.toml"), out=Path(out),
        profile="careful", hub=Path(root), today=TODAY, progress=silent,
    )  # fmt: skip


@pytest.mark.slow
def test_protect_killed_at_any_durable_step_is_charged_once_and_keeps_its_draw(table, tmp_path):
    def founded(name):
        return workspace.found_hub(tmp_path / name, names={"en": "test"}, area="")

    _, steps = finish(protect_whole, founded("whole").root, table, tmp_path / "out")
    assert steps >= 8

    for step in range(1, steps + 1):
        hub, out = founded(f"mesa{step}"), tmp_path / f"out{step}"
        assert kill_at(step, protect_whole, hub.root, table, out)
        kept = ledger.contents_of(hub.ledger_path, population=hub.population, purpose="files")
        assert not out.exists() or code_tables.checksum_of(out).encode() in kept

        if not out.exists():
            finish(protect_whole, hub.root, table, out)

        assert spent(hub) == 0.5
        after = ledger.contents_of(hub.ledger_path, population=hub.population, purpose="files")
        assert after == [code_tables.checksum_of(out).encode()]
        assert kept in ([], after)
