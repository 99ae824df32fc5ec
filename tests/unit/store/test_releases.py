"""Does a release appear whole or not at all?"""

import hashlib
from datetime import date

import pytest

from cauce.standards.errors import Refusal
from cauce.store import releases, workspace

DAY = date(2026, 11, 22)
FILES = {"release.json": b'{"id": "x"}', "tables/total.csv": b"obs_value\n4\n"}


@pytest.fixture
def hub(tmp_path):
    return workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="")


def test_release_is_found_again_by_what_it_was_made_of(hub):
    releases.store_release(hub, "2026-11-22.1", files=FILES, fingerprint="aa")

    assert releases.find_release(hub, "aa").release_id == "2026-11-22.1"
    assert releases.find_release(hub, "bb") is None


def test_release_names_count_up_past_nine(hub):
    for number in range(1, 12):
        name = releases.next_release_id(hub, today=DAY)
        releases.store_release(hub, name, files=FILES, fingerprint=str(number))

    assert [one.release_id for one in releases.list_releases(hub)][-1] == "2026-11-22.11"
    assert releases.newest_in(hub.releases_dir).name == "2026-11-22.11"


def test_release_killed_while_writing_leaves_nothing_in_releases(hub, monkeypatch):
    def killed(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.rename", killed)
    with pytest.raises(KeyboardInterrupt):
        releases.store_release(hub, "2026-11-22.1", files=FILES, fingerprint="aa")

    assert list(hub.releases_dir.iterdir()) == []


def test_release_refuses_a_path_that_leaves_its_folder(hub):
    with pytest.raises(Refusal) as refusal:
        releases.store_release(hub, "2026-11-22.1", files={"../x": b""}, fingerprint="aa")

    assert refusal.value.code == "store.path_escapes"


def test_unknown_release_is_refused_with_the_known_ones(hub):
    releases.store_release(hub, "2026-11-22.1", files=FILES, fingerprint="aa")

    with pytest.raises(Refusal) as refusal:
        releases.open_release(hub, "2026-11-22.2")

    assert "2026-11-22.1" in str(refusal.value.wanted)


def test_release_that_the_disk_spoilt_is_refused(hub):
    listed = FILES | {"checksums.txt": b"0" * 64 + b"  tables/total.csv\n"}

    with pytest.raises(Refusal) as refusal:
        releases.store_release(hub, "2026-11-22.1", files=listed, fingerprint="aa")

    assert refusal.value.code == "store.bad_checksum"
    assert list(hub.releases_dir.iterdir()) == []


def test_release_whose_files_match_their_checksums_is_stored(hub):
    digest = hashlib.sha256(FILES["tables/total.csv"]).hexdigest()
    listed = FILES | {"checksums.txt": f"{digest}  tables/total.csv\n".encode()}

    assert releases.store_release(hub, "2026-11-22.1", files=listed, fingerprint="aa").folder.is_dir()


def test_fingerprint_in_the_vault_is_readable_by_its_owner_alone(hub):
    releases.store_release(hub, "2026-11-22.1", files=FILES, fingerprint="aa")

    assert (hub.vault_dir / "fingerprints" / "2026-11-22.1").stat().st_mode & 0o777 == 0o600
