"""Where are the agreements kept? One TOML file per partner, written beside and renamed; what they mean is `agree`'s."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from cauce.store import toml_files
from cauce.store.partner_files import check_partner_code
from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = ["agreement_path", "load_agreement", "save_agreement"]


def agreement_path(hub: Hub, partner: str) -> Path:
    """Where the agreement of a partner lies, whether or not it is written yet.

    Refuses
        store.bad_partner_code   the code is no code, or a path
    """
    check_partner_code(partner)
    return hub.agreements_dir / f"{partner}.toml"


def load_agreement(hub: Hub, partner: str) -> Mapping[str, Any] | None:
    """The agreement's file as TOML reads it, or None where there is none.

    Refuses
        store.bad_toml   the file is not TOML
    """
    path = agreement_path(hub, partner)
    if not path.is_file():
        return None
    return toml_files.read_toml(path, name=str(path.relative_to(hub.root)))


def save_agreement(hub: Hub, partner: str, content: Mapping[str, Any]) -> Path:
    """Writes the agreement of a partner whole, or not at all.

    In
        hub       Hub
        partner   code of the partner
        content   section -> key -> value, as `agree.agreements` gives it
    Out
        the file written
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Agreement with {partner}: `cauce run` enforces its clauses."))
    for section, table in content.items():
        document.add(section, tomlkit.item(table))
    path = agreement_path(hub, partner)
    write_whole(path, tomlkit.dumps(document).encode("utf-8"))
    return path
