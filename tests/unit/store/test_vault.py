"""Who works in the vault, and does whoever waits for it know?"""

import threading

import pytest

from cauce.store import vault, workspace


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="")


def test_vault_that_is_free_is_taken_without_a_word(hub):
    told = []

    with vault.locked(hub, progress=lambda step, done, total: told.append(step)):
        pass

    assert told == []


def test_vault_that_another_run_holds_is_waited_for_and_that_is_told(hub):
    waiting, entered, told = threading.Event(), threading.Event(), []

    def hear(step, done, total):
        told.append(str(step))
        waiting.set()

    def second_run():
        with vault.locked(hub, progress=hear):
            entered.set()

    with vault.locked(hub):
        second = threading.Thread(target=second_run)
        second.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    second.join(10)

    assert entered.is_set()
    assert told == ["Another run of this hub is at work; waiting for it to end"]
