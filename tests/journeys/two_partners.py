"""What do the journeys of `cauce encode` and `cauce link` share: the columns asked for, and the commands as typed."""

import csv
import json

import pytest

from cauce.cli.main import main

__all__ = ["HEADINGS", "ON", "call", "encode", "write_rows"]

ON = "given_name=nombre,surname=apellidos,birth_date=nacimiento"
HEADINGS = ["record_id", "nombre", "apellidos", "nacimiento"]


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments), "--json"])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return left.value.code, json.loads(said.out), said.err


def write_rows(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])


def encode(capsys, folder, name, *, key="key"):
    out = folder / f"{name}.enc"
    call(capsys, "encode", folder / name / f"{name}.csv", "--on", ON, "--key", folder / name / key, "--out", out)
    return out
