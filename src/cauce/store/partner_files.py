"""Which files did each partner send, and are they still as received?

A file is copied once into `partners/P/`, never edited, and its checksum is kept in `received.toml` beside it. What
the file says is answered by the room `gather`.
"""

import hashlib
import os
import re
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import tomlkit

from cauce.standards.errors import Refusal
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = ["Arrival", "KeptFile", "arrival_of", "check_partner_code", "keep_file", "list_files", "list_partners"]

_LOG = "received.toml"
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_BLOCK = 2**20


@dataclass(frozen=True)
class KeptFile:
    """A file as received: where it lies, when it came, its checksum."""

    path: Path
    received: date
    sha256: str


@dataclass(frozen=True)
class Arrival:
    """What a file is to the hub before it is kept.

    kind      "new"; "same": these bytes are here already; "correction": the name is here with other bytes
    current   the file that is here already, for "same" and "correction"
    """

    kind: Literal["new", "same", "correction"]
    sha256: str
    current: Path | None


def check_partner_code(partner: str) -> None:
    """Refuses a code that could not be the name of a folder and of a column.

    Refuses
        store.bad_partner_code   letters other than a-z, digits, - and _; or a path

    >>> check_partner_code("policia")
    """
    if not _CODE.fullmatch(partner):
        raise Refusal(
            "store.bad_partner_code",
            found="{partner} cannot be the code of a partner",
            wanted="small letters without accents, digits, - and _, at most 40",
            remedy="Choose a short code, such as policia or ong-1",
            partner=partner,
        )


def list_partners(hub: Hub) -> tuple[str, ...]:
    """The partners that sent at least one file that is still here, in order."""
    if not hub.partners_dir.is_dir():
        return ()
    folders = sorted(folder.name for folder in hub.partners_dir.iterdir() if folder.is_dir())
    return tuple(partner for partner in folders if _CODE.fullmatch(partner) and _has_files(hub, partner))


def _has_files(hub: Hub, partner: str) -> bool:
    folder = hub.partners_dir / partner
    return any((folder / Path(str(entry["name"])).name).is_file() for entry in _read_log(folder))


def list_files(hub: Hub, partner: str) -> tuple[KeptFile, ...]:
    """The files of a partner that are still here, by name.

    In
        hub       the hub
        partner   code of the partner
    Out
        the files
    Refuses
        store.bad_partner_code   the code is no code
        store.link_outside       its folder is a symbolic link
        store.file_changed       a file is no longer as received
        store.bad_toml           received.toml cannot be read
    """
    check_partner_code(partner)
    folder = hub.partners_dir / partner
    _check_inside(folder)
    kept = []
    for entry in _read_log(folder):
        path = folder / Path(str(entry["name"])).name
        if path.is_file() and not path.is_symlink():
            _check_unchanged(path, entry)
            kept.append(KeptFile(path, entry["received"], str(entry["sha256"])))
    return tuple(sorted(kept, key=lambda one: one.path.name))


def _check_inside(folder: Path) -> None:
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Refusal(
            "store.link_outside",
            found="{folder} is a symbolic link to another place",
            wanted="a folder of the hub itself",
            remedy="Put the folder itself in its place: files of partners stay within the hub",
            folder=f"partners/{folder.name}",
        )


def _read_log(folder: Path) -> list[dict[str, Any]]:
    path = folder / _LOG
    if not path.is_file():
        return []
    try:
        entries: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("file", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            "store.bad_toml",
            found="{file} is not a TOML file: {reason}",
            wanted="TOML, as `cauce new` writes it",
            remedy="Mend the line named, or compare with a new hub's file",
            file=f"partners/{folder.name}/{_LOG}",
            reason=str(error),
        ) from None
    return entries


def _check_unchanged(path: Path, entry: dict[str, Any]) -> None:
    if path.stat().st_size != entry["bytes"] or _checksum(path) != entry["sha256"]:
        raise Refusal(
            "store.file_changed",
            found="{file} is no longer as it was received",
            wanted="files of partners as they came, never edited",
            remedy="Put the original back, or add the corrected file with `cauce add`",
            file=f"partners/{path.parent.name}/{path.name}",
        )


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def arrival_of(hub: Hub, partner: str, path: Path) -> Arrival:
    """Whether a file is new, here already, or a correction of one that is here.

    In
        hub       the hub
        partner   code of the partner
        path      the file as received
    Out
        Arrival
    In
        hub       Hub
        partner   code of the partner
        path      file that came
    Out
        Arrival
    Refuses
        store.bad_partner_code   the code is no code
    """
    sha256 = _checksum(path)
    files = list_files(hub, partner)
    same = next((one.path for one in files if one.sha256 == sha256), None)
    if same is not None:
        return Arrival("same", sha256, same)
    named = next((one.path for one in files if one.path.name == path.name), None)
    return Arrival("correction" if named else "new", sha256, named)


def keep_file(hub: Hub, partner: str, path: Path, *, received: date) -> Path:
    """Copies a file into the partner's folder whole, or not at all, and keeps its checksum.

    In
        hub        the hub
        partner    code of the partner
        path       the file as received
        received   the day of its arrival; the same bytes again keep their first day
    Out
        where the copy lies
    """
    arrival = arrival_of(hub, partner, path)
    if arrival.kind == "same" and arrival.current is not None:
        return arrival.current
    folder = hub.partners_dir / partner
    _check_inside(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / (path.name if path.name != _LOG else f"_{_LOG}")
    entry = {
        "name": target.name,
        "sha256": arrival.sha256,
        "bytes": path.stat().st_size,
        "received": received,
    }
    _copy_whole(path, target)
    _write_log(folder, [one for one in _read_log(folder) if one["name"] != target.name] + [entry])
    return target


def _copy_whole(path: Path, target: Path) -> None:
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=".receiving-")
    try:
        with os.fdopen(handle, "wb") as copy, path.open("rb") as source:
            shutil.copyfileobj(source, copy, _BLOCK)
            copy.flush()
            os.fsync(copy.fileno())
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _write_log(folder: Path, entries: list[dict[str, Any]]) -> None:
    document = tomlkit.document()
    document.add(tomlkit.comment("Files as received, with their SHA-256. Written by `cauce add`."))
    tables = tomlkit.aot()
    for entry in entries:
        tables.append(tomlkit.item(entry))
    document.add("file", tables)
    write_whole(folder / _LOG, tomlkit.dumps(document).encode("utf-8"))
