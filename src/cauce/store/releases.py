"""Where are the releases kept, and how does one appear whole or not at all?

A release is written in the vault, checked by its checksums, and renamed into `releases/`: a reader of that folder
never sees a part of one. What a release may hold is decided by `protect`, what its files look like by `publish`.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cauce.standards.errors import Refusal
from cauce.store import ledger
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = [
    "StoredRelease",
    "find_release",
    "fingerprint_of_release",
    "list_releases",
    "newest_in",
    "next_release_id",
    "open_release",
    "store_release",
]


@dataclass(frozen=True)
class StoredRelease:
    """One release on the disk: its name, its folder, and what its release.json says."""

    release_id: str
    folder: Path
    facts: Mapping[str, Any]


def list_releases(hub: Hub) -> list[StoredRelease]:
    """All releases, oldest first."""
    folders = (path for path in hub.releases_dir.iterdir() if (path / "release.json").is_file())
    return [_opened(path) for path in sorted(folders, key=lambda path: _place(path.name))]


def newest_in(folder: Path) -> Path | None:
    """The newest release in a folder of releases, or None."""
    found = [path for path in folder.iterdir() if (path / "release.json").is_file()]
    return max(found, key=lambda path: _place(path.name), default=None)


def open_release(hub: Hub, release_id: str) -> StoredRelease:
    """One release by its name.

    Refuses
        store.no_release   the hub holds no release of this name
    """
    known = {release.release_id: release for release in list_releases(hub)}
    if release_id not in known:
        raise Refusal(
            "store.no_release",
            found="The hub holds no release {release}",
            wanted="one of {known}",
            remedy="Give the name of a folder in releases/",
            release=release_id,
            known=", ".join(known) or "-",
        )
    return known[release_id]


def find_release(hub: Hub, fingerprint: str) -> StoredRelease | None:
    """The release that was made of the same files, mappings, agreements and settings, or None."""
    same = [one for one in list_releases(hub) if fingerprint_of_release(hub, one.release_id) == fingerprint]
    return same[-1] if same else None


def fingerprint_of_release(hub: Hub, release_id: str) -> str:
    """Of what a release was made, as `store_release` was told; nothing where the vault no longer knows."""
    path = _fingerprint_path(hub, release_id)
    return path.read_text(encoding="ascii") if path.is_file() else ""


def next_release_id(hub: Hub, *, today: date) -> str:
    """`2026-11-22.1`, then `.2`: never the name of a release that is there, or was charged and is not there yet."""
    day = today.isoformat()
    names = [*(path.name for path in hub.releases_dir.iterdir()), *ledger.names_of_releases(hub.ledger_path)]
    taken = [_place(name)[1] for name in names if name.startswith(f"{day}.")]
    return f"{day}.{max(taken, default=0) + 1}"


def store_release(hub: Hub, release_id: str, *, files: Mapping[str, bytes], fingerprint: str) -> StoredRelease:
    """Writes a release beside its place and renames it there whole.

    In
        hub            its hub
        release_id     name of the release
        files          path inside the release -> content
        fingerprint    of what it was made of; kept in the vault, for `find_release`
    Out
        StoredRelease
    Refuses
        store.path_escapes   a path that would leave the release's folder
        store.bad_checksum   what the disk holds is not what checksums.txt says
    """
    staged = hub.vault_dir / "staged" / release_id
    # What an earlier run left there, under whatever name, was never published.
    shutil.rmtree(staged.parent, ignore_errors=True)
    for name, content in files.items():
        path = staged / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise Refusal(
                "store.path_escapes",
                found="A release cannot hold the path {path}",
                wanted="a path inside the release",
                remedy="Report this to the makers of Cauce",
                path=name,
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _require_checksums(staged)
    write_whole(_fingerprint_path(hub, release_id), fingerprint.encode("ascii"))
    staged.rename(hub.releases_dir / release_id)
    return _opened(hub.releases_dir / release_id)


def _require_checksums(staged: Path) -> None:
    listed = staged / "checksums.txt"
    if not listed.is_file():
        return
    for line in listed.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = staged / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise Refusal(
                "store.bad_checksum",
                found="The file {file} of the release is not on the disk as it was made",
                wanted="each file as checksums.txt lists it",
                remedy="Check the disk and its free space, and run again: nothing was published",
                file=name,
            )


def _opened(folder: Path) -> StoredRelease:
    return StoredRelease(folder.name, folder, json.loads((folder / "release.json").read_text(encoding="utf-8")))


def _place(name: str) -> tuple[str, int]:
    day, _, number = name.rpartition(".")
    return day, int(number) if number.isdigit() else 0


def _fingerprint_path(hub: Hub, release_id: str) -> Path:
    return hub.vault_dir / "fingerprints" / release_id
