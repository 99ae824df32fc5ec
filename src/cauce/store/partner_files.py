"""Which files did each partner send, and are they still as received?

A file is copied once into `partners/P/`, never edited, and its checksum is kept in `received.toml` beside it. What
the file says is answered by the room `gather`.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import tomlkit

from cauce.standards.errors import Refusal, raise_all
from cauce.store import toml_files
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = [
    "Arrival",
    "KeptFile",
    "arrival_of",
    "check_partner_code",
    "checksum_of",
    "files_without_log",
    "forget_file",
    "keep_file",
    "list_files",
    "list_partners",
    "log_of",
    "partners_without_files",
]

_LOG = "received.toml"
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_BLOCK = 2**20
# A partner's code names a column of the capture table, beside these.
_RESERVED = frozenset({"count", "draw", "lists", "person_id"})


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
        store.reserved_partner_code   a word that the hub uses itself

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
    if partner in _RESERVED:
        raise Refusal(
            "store.reserved_partner_code",
            found="{partner} cannot be the code of a partner: the hub uses this word itself",
            wanted="another code than count, draw, lists, person_id",
            remedy="Choose a short code, such as policia or ong-1",
            partner=partner,
        )


def list_partners(hub: Hub) -> tuple[str, ...]:
    """The partners of whom a file was received and not removed since, in order; also where the file is lost."""
    if not hub.partners_dir.is_dir():
        return ()
    folders = sorted(folder.name for folder in hub.partners_dir.iterdir() if folder.is_dir())
    return tuple(partner for partner in folders if _CODE.fullmatch(partner) and _has_files(hub, partner))


def partners_without_files(hub: Hub, expected: Iterable[str]) -> list[str]:
    """Those of the partners whose folder is gone or empty; one whose files were all removed by a run keeps its log.

    In
        hub        the hub
        expected   codes of partners; what is no code is passed over
    Out
        their codes
    """
    codes = [partner for partner in expected if _CODE.fullmatch(partner)]
    folders = {partner: hub.partners_dir / partner for partner in codes}
    return [one for one, folder in folders.items() if not (folder / _LOG).is_file() and not _lacks_log(folder)]


def _has_files(hub: Hub, partner: str) -> bool:
    folder = hub.partners_dir / partner
    return bool(_read_log(folder)) or _lacks_log(folder)


def _lacks_log(folder: Path, *, coming: str = "") -> bool:
    """Claims that files lie here that no log tells of; a file that is just coming is not meant."""
    if not folder.is_dir() or (folder / _LOG).is_file():
        return False
    return any(path.name != coming for path in _visible(folder))


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_dir())


def files_without_log(hub: Hub, partner: str) -> list[Path]:
    """The files that lie in a partner's folder when its log is lost.

    In
        hub       the hub
        partner   code of the partner
    Out
        their paths; empty where there is a log
    """
    check_partner_code(partner)
    folder = hub.partners_dir / partner
    _check_inside(folder)
    return _visible(folder) if _lacks_log(folder) else []


def log_of(hub: Hub, partner: str) -> tuple[KeptFile, ...]:
    """The files of a partner as its log tells them, unchecked: some may be lost.

    In
        hub       the hub
        partner   code of the partner
    Out
        the files
    """
    check_partner_code(partner)
    folder = hub.partners_dir / partner
    _check_inside(folder)
    return tuple(
        KeptFile(folder / Path(str(entry["name"])).name, entry["received"], str(entry["sha256"]))
        for entry in _read_log(folder)
    )


def forget_file(path: Path) -> None:
    """Takes a file that was removed for good out of the log beside it.

    In
        path   where it lay
    """
    entries = _read_log(path.parent)
    if entries:
        _write_log(path.parent, [one for one in entries if Path(str(one["name"])).name != path.name])


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
        store.file_missing       a file that was received is lost, or a symbolic link stands in its place
        store.file_changed       a file is no longer as received
        store.bad_toml           received.toml cannot be read
    """
    check_partner_code(partner)
    folder = hub.partners_dir / partner
    _check_inside(folder)
    if _lacks_log(folder):
        raise _lost(folder / _LOG)
    raise_all([_lost(one.path) for one in log_of(hub, partner) if not _is_here(one.path)])
    return _unchanged(hub, partner)


def _unchanged(hub: Hub, partner: str) -> tuple[KeptFile, ...]:
    """Those of the files that are here, each still as received."""
    kept = [one for one in log_of(hub, partner) if _is_here(one.path)]
    sizes = {str(entry["name"]): entry for entry in _read_log(hub.partners_dir / partner)}
    for one in kept:
        _check_unchanged(one.path, sizes[one.path.name])
    return tuple(sorted(kept, key=lambda one: one.path.name))


def _is_here(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _lost(path: Path) -> Refusal:
    return Refusal(
        "store.file_missing",
        found="{file} was received and is no longer in its place",
        wanted="every file of a partner in its place until the partner withdraws or its days are over",
        remedy="Put {file} back, or end the agreement: `cauce agree HUB --partner {partner} --withdraw`",
        file=f"partners/{path.parent.name}/{path.name}",
        partner=path.parent.name,
    )


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
    entries: list[dict[str, Any]] = toml_files.read_toml(path, name=f"partners/{folder.name}/{_LOG}").get("file", [])
    return entries


def _check_unchanged(path: Path, entry: dict[str, Any]) -> None:
    if path.stat().st_size != entry["bytes"] or checksum_of(path) != entry["sha256"]:
        raise Refusal(
            "store.file_changed",
            found="{file} is no longer as it was received",
            wanted="files of partners as they came, never edited",
            remedy="Put the original back, or add the corrected file with `cauce add`",
            file=f"partners/{path.parent.name}/{path.name}",
        )


def checksum_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    In
        path   the file
    Out
        str
    """
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
    sha256 = checksum_of(path)
    if _lacks_log(hub.partners_dir / partner, coming=path.name):
        raise _lost(hub.partners_dir / partner / _LOG)
    files = _unchanged(hub, partner)
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
