"""Where does each thing of a hub lie, and what does its hub.toml say?

It opens and founds hubs. What the files of partners mean, who may use them and what was released are answered by
the other files of this room.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cauce.standards import keys
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import LANGUAGES, Language
from cauce.standards.policy import Policy

__all__ = ["Hub", "HubSettings", "found_hub", "open_hub"]

_HUB_KEYS: Mapping[str, Mapping[str, keys.Key]] = {
    "hub": {
        "name": keys.Key(keys.is_names, '"a name" | { es = "...", en = "..." }'),
        "area": keys.Key(keys.is_area, '"HTI" (ISO 3166 alpha-3)'),
        "languages": keys.Key(keys.is_languages, '["es", "en", "fr", "ar"]'),
        "pack": keys.one_of("trafficking"),
        "fictitious": keys.Key(keys.is_flag, "true | false"),
    },
    "engine": {
        "backend": keys.one_of("duckdb", "postgres", "spark"),
        "address": keys.Key(keys.is_text, '""'),
    },
    "policy": {
        "kind": keys.one_of("differential-privacy", "threshold"),
        "epsilon_total": keys.Key(keys.is_positive, "4.0 (> 0)"),
        "epsilon_year": keys.Key(keys.is_positive, "2.0 (> 0)"),
        "epsilon_release": keys.Key(keys.is_positive, "1.0 (> 0)"),
        "delta": keys.Key(keys.is_chance, "1e-6 (0 < delta < 1)"),
        "profile": keys.one_of("careful", "accurate"),
        "threshold": keys.Key(keys.is_whole, "10 (>= 1)"),
        "estimates": keys.one_of("noised", "declared"),
    },
    "tables": {"by": keys.Key(keys.is_texts, '["prs_Gender", "age_code"]')},
}

_FOLDERS = ("agreements", "partners", "mappings", "sources", "vault", "releases")


@dataclass(frozen=True)
class HubSettings:
    """What hub.toml says: the names by language, the area (ISO3), the pack, the engine, the policy, further tables."""

    names: Mapping[Language, str]
    area: str
    languages: tuple[Language, ...]
    pack: str
    backend: str
    address: str
    policy: Policy
    tables: tuple[tuple[str, ...], ...]
    is_fictitious: bool


@dataclass(frozen=True)
class Hub:
    """One committee's folder and its settings."""

    root: Path
    settings: HubSettings

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

    @property
    def population(self) -> str:
        """The one population whose people the ledger guards: the pack's subjects in the hub's area."""
        return f"{self.settings.pack}/{self.settings.area}"


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
        store.bad_setting     a value of the wrong kind or outside its choices
    """
    path = root / "hub.toml"
    if not path.is_file():
        raise Refusal(
            "store.no_hub",
            found="Folder {folder} holds no hub.toml",
            wanted="the folder of a hub",
            remedy="Run `cauce new {folder}` to found one, or give the folder of an existing hub",
            folder=str(root),
        )
    return Hub(root.resolve(), _read_settings(path))


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
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Refusal(
            "store.folder_not_empty",
            found="{folder} exists and is not empty",
            wanted="a new or empty folder",
            remedy="Choose another folder; nothing was written",
            folder=str(root),
        )
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o700)
    for name in _FOLDERS:
        (root / name).mkdir(mode=0o700)
    template = (files("cauce.store") / "hub_template.toml").read_text(encoding="utf-8")
    named = ", ".join(f"{language} = {_quoted(name)}" for language, name in names.items())
    text = template.replace("@NAMES@", named).replace("@AREA@", area)
    text = text.replace("@FICTITIOUS@", "true" if is_fictitious else "false")
    (root / "hub.toml").write_text(text, encoding="utf-8")
    return open_hub(root)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read_settings(path: Path) -> HubSettings:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            "store.bad_toml",
            found="{file} is not a TOML file: {reason}",
            wanted="TOML, as `cauce new` writes it",
            remedy="Mend the line named, or compare with a new hub's file",
            file=str(path),
            reason=str(error),
        ) from None
    raise_all(keys.check_keys(raw, file="hub.toml", keys=_HUB_KEYS))
    hub, engine, policy = raw.get("hub", {}), raw.get("engine", {}), raw.get("policy", {})
    name = hub.get("name", path.parent.name)
    languages = tuple(hub.get("languages", LANGUAGES))
    return HubSettings(
        names=name if isinstance(name, dict) else dict.fromkeys(languages, str(name)),
        area=hub.get("area", ""),
        languages=languages,
        pack=hub.get("pack", "trafficking"),
        backend=engine.get("backend", "duckdb"),
        address=engine.get("address", ""),
        policy=Policy(**policy),
        tables=tuple(tuple(table["by"]) for table in raw.get("tables", [])),
        is_fictitious=hub.get("fictitious", False),
    )
