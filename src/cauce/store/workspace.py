"""Where does each thing of a hub lie?

It opens and founds hubs. What hub.toml says, what the files of partners mean, who may use them and what was released
are answered by the other files of this room.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cauce.standards.errors import Refusal
from cauce.standards.messages import Language
from cauce.store import hub_secret, populations
from cauce.store.hub_settings import HubSettings, read_settings
from cauce.store.written import write_whole

__all__ = ["Hub", "HubSettings", "found_hub", "open_hub"]

_FOLDERS = ("agreements", "partners", "mappings", "sources", "vault", "releases")


@dataclass(frozen=True)
class Hub:
    """One committee's folder, its settings, and the one population whose people the ledger guards."""

    root: Path
    settings: HubSettings
    population: str

    @property
    def partners_dir(self) -> Path:
        return self.root / "partners"

    @property
    def mappings_dir(self) -> Path:
        return self.root / "mappings"

    @property
    def agreements_dir(self) -> Path:
        return self.root / "agreements"

    @property
    def vault_dir(self) -> Path:
        return self.root / "vault"

    @property
    def releases_dir(self) -> Path:
        return self.root / "releases"

    @property
    def ledger_path(self) -> Path:
        return self.root / "ledger.sqlite"


def open_hub(root: Path) -> Hub:
    """The hub in a folder, its settings checked whole.

    In
        root    folder that `cauce new` or `cauce demo` founded
    Out
        Hub
    Refuses
        store.no_hub          the folder holds no hub.toml
        store.bad_toml        hub.toml is not TOML
        store.unknown_key     a key that hub.toml does not have
        store.bad_setting, store.backend_absent, store.bad_table   see `read_settings`
        store.bad_path        the folder's path holds characters that a database reads as a pattern
        store.population_changed   the ledger was kept for another population
    """
    _require_plain(root)
    path = root / "hub.toml"
    if not path.is_file():
        raise Refusal(
            "store.no_hub",
            found="Folder {folder} holds no hub.toml",
            wanted="the folder of a hub",
            remedy="Run `cauce new {folder}` to found one, or give the folder of an existing hub",
            folder=str(root),
        )
    settings = read_settings(path)
    population = populations.population_of(root, otherwise=f"{settings.pack}/{settings.area}")
    return Hub(root.resolve(), settings, population)


def found_hub(root: Path, *, names: Mapping[Language, str], area: str, is_fictitious: bool = False) -> Hub:
    """An empty hub in a new or empty folder, readable by its owner alone (0700).

    In
        root            folder to make; it must not exist, or be empty
        names           name of the hub by language
        area            ISO 3166 alpha-3 code of the country
        is_fictitious   True for the demo: every page then says so
    Out
        Hub
    Refuses
        store.folder_not_empty   something is in the folder already
        store.bad_path           the folder's path holds characters that a database reads as a pattern
        store.bad_setting        the area is not a country's code
    """
    _require_plain(root)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Refusal(
            "store.folder_not_empty",
            found="{folder} exists and is not empty",
            wanted="a new or empty folder",
            remedy="Choose another folder; nothing was written",
            folder=str(root),
        )
    was_there = root.exists()
    root.mkdir(parents=True, exist_ok=True)
    try:
        return _founded(root, text=_template(names, area=area, is_fictitious=is_fictitious))
    except BaseException:
        _clear(root, keep=was_there)
        raise


def _founded(root: Path, *, text: str) -> Hub:
    root.chmod(0o700)
    for name in _FOLDERS:
        (root / name).mkdir(mode=0o700)
    write_whole(root / "hub.toml", text.encode("utf-8"))
    hub = open_hub(root)
    populations.name_population(root, hub.population)
    hub_secret.draw_secret(root)
    return hub


def _clear(root: Path, *, keep: bool) -> None:
    """Takes away what was made of a hub that could not be founded whole."""
    if not keep:
        shutil.rmtree(root, ignore_errors=True)
        return
    for path in root.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _template(names: Mapping[Language, str], *, area: str, is_fictitious: bool) -> str:
    values = {
        "NAMES": ", ".join(f"{language} = {_quoted(name)}" for language, name in names.items()),
        "AREA": _quoted(area),
        "FICTITIOUS": "true" if is_fictitious else "false",
    }
    template = (files("cauce.store") / "hub_template.toml").read_text(encoding="utf-8")
    return re.sub("@(NAMES|AREA|FICTITIOUS)@", lambda mark: values[mark[1]], template)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes, and that of DEL, which TOML wants too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _require_plain(root: Path) -> None:
    text = str(root.resolve())
    written = text.encode("utf-8", "replace").decode("utf-8")
    if written != text or set(text) & set("*?["):
        raise Refusal(
            "store.bad_path",
            found="The path {folder} holds one of * ? [ or bytes that are no text",
            wanted="a path of plain letters, digits and signs",
            remedy="Choose or rename to another folder; nothing was written",
            folder=written,
        )
