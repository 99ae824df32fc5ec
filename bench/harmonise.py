"""How long do a million rows of a partner's CSV take to be checked and harmonised, and how much memory?

Writes an invented file of 1,000,000 rows x 25 columns, adds it, checks it, and harmonises it as `cauce run` does.
`python bench/harmonise.py [rows]`.
"""

import csv
import datetime
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cauce.recipes.add_file import add_file
from cauce.recipes.check_hub import check_hub
from cauce.recipes.harmonise_partner import harmonise_partner
from cauce.standards.messages import Speaker
from cauce.store import workspace

ROWS = 1_000_000
_FIRST_DAY = datetime.date(1950, 1, 1)

Column = Callable[[int], str]


def pick(choices: str, *, seed: int) -> Column:
    """A column that draws one of the choices, divided by |, for each row."""
    words = choices.split("|")
    drawn = np.random.default_rng(seed).integers(0, len(words), ROWS)
    return lambda row: words[drawn[row]]


def draw_day(first: int, last: int, *, seed: int) -> Column:
    """A column of days, written as in Spanish, between two numbers of days after 1950."""
    drawn = np.random.default_rng(seed).integers(first, last, ROWS)
    written = [(_FIRST_DAY + datetime.timedelta(days=day)).strftime("%d/%m/%Y") for day in range(last)]
    return lambda row: written[drawn[row]]


COLUMNS: dict[str, Column] = {
    "Expediente": lambda row: f"EXP-{row:07}",
    "Nombre": pick("Ana|María|José|Luis|Carmen|Pedro|Lucía|Jean|Fatou|Rosa|Óscar|Inés", seed=1),
    "Apellidos": pick("García Pérez|Rodríguez López|Muñoz Núñez|Jean-Baptiste|Diallo|Silva Fernández", seed=2),
    "Fecha de nacimiento": draw_day(0, 24_000, seed=3),
    "Sexo": pick("F|M", seed=4),
    "Nacionalidad": pick("haitiana|venezolana|colombiana|hondureña|dominicana|nicaragüense|cubana", seed=5),
    "Teléfono": lambda row: f"+1 809 555 {row % 10_000:04}",
    "Correo electrónico": lambda row: f"persona{row}@ejemplo.invalid",
    "Dirección": lambda row: f"Calle {row % 900} n.º {row % 97}",
    "Ciudad": pick("Ciudad Grande|Puerto Norte|Villa Sur", seed=6),
    "Provincia": pick("Norte|Sur|Este|Oeste", seed=7),
    "Código postal": lambda row: f"{10_000 + row % 5_000}",
    "País de residencia": pick("Haití|México|Chile", seed=8),
    "Fecha de registro": draw_day(24_000, 27_500, seed=9),
    "Tipo de explotación": pick("Trabajo forzoso|Explotación sexual|Trabajo forzoso; Explotación sexual", seed=10),
    "País de explotación": pick("Colombia|Perú|México", seed=11),
    "Consentimiento": pick("Sí|No", seed=12),
    "Número de hijos": pick("0|1|2|3|4", seed=13),
    "Idioma": pick("español|francés|inglés", seed=14),
    "Nivel educativo": pick("Primaria|Secundaria", seed=15),
    "Estado del caso": pick("Activo|Cerrado", seed=16),
    "Observaciones": pick("|sin novedad|ver acta", seed=17),
    "Método de captación": pick("Otro|", seed=18),
    "País de captación": pick("Perú|Haití|", seed=19),
    "Cargo": pick("|agente|analista", seed=20),
}


def write_invented(path: Path, rows: int) -> None:
    """An invented register in Spanish: 25 columns of every kind of field."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for row in range(rows):
            writer.writerow([column(row) for column in COLUMNS.values()])


def main() -> None:
    """Prints seconds, processor time and peak memory of each step."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registro.csv"
        write_invented(path, rows)
        hub = workspace.found_hub(Path(folder) / "hub", names={"en": "bench"}, area="")
        today = datetime.date(2026, 1, 1)
        added = timed("add", rows, lambda: add_file(hub, path, partner="p", accept=True, answers=None, today=today))
        checked = timed("check", rows, lambda: check_hub(hub.root, rejects=None, today=today, speaker=Speaker("en")))
        found = timed("harmonise", rows, lambda: harmonise_partner(hub, "p", allowed_fields=None))
        mapped = sum(1 for one in added.mapping.columns if one.field)
        print(f"read {found.rows_read:,}; rejected {found.rows_rejected:,}; findings {len(checked.findings):,}")
        print(f"columns mapped {mapped} of {len(added.mapping.columns)}")


def timed(step, rows, work):
    """Does a step and prints one line about it."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = work()
    used, seconds = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - started
    busy = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    peak = used.ru_maxrss / 1024
    print(f"{step:12} {rows:>9,} rows {seconds:6.1f} s, processor {busy:6.1f} s, peak so far {peak:6,.0f} MB")
    return result


if __name__ == "__main__":
    main()
