"""What does a TOML file say? One reader for settings, agreements, mappings and codes; it tells the place of a fault."""

import re
import tomllib
from pathlib import Path
from typing import Any

from cauce.standards.errors import Refusal

__all__ = ["read_toml"]


def read_toml(path: Path, *, name: str) -> dict[str, Any]:
    """The tables and keys of a TOML file in UTF-8, with or without a byte order mark.

    In
        path   the file
        name   how messages call it
    Out
        key -> value
    Refuses
        store.bad_toml   it is not TOML in UTF-8; the line and the column are told, never what stands there
    """
    content = path.read_bytes()
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _bad_toml(name, place=_end_of(content[: error.start])) from None
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"line (\d+), column (\d+)", str(error))
        place = (int(told[1]), int(told[2])) if told else _end_of(content)
        raise _bad_toml(name, place=place) from None


def _end_of(content: bytes) -> tuple[int, int]:
    """Line and column of what follows some bytes, both from one on."""
    lines = content.split(b"\n")
    return len(lines), len(lines[-1].decode("utf-8-sig", "replace")) + 1


def _bad_toml(name: str, *, place: tuple[int, int]) -> Refusal:
    return Refusal(
        "store.bad_toml",
        found="{file} cannot be read as TOML at line {line}, column {column}",
        wanted='lines such as key = "text", in UTF-8: quotation marks and brackets closed, no key twice',
        remedy="Mend this line or the one before it",
        file=name,
        line=str(place[0]),
        column=str(place[1]),
    )
