"""How long do a million rows of a partner's CSV take to be checked and harmonised, and how much memory?

Writes an invented file of 1,000,000 rows x 25 columns, adds it, and harmonises it as `cauce run` does.
`python bench/harmonise.py [rows]`; prints one line per figure of docs/performance.md.
"""

import csv
import datetime
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cauce.recipes.add_file import add_file
from cauce.recipes.check_hub import check_hub
from cauce.recipes.harmonise_partner import harmonise_partner
from cauce.standards.messages import Speaker
from cauce.store import workspace

ROWS = 1_000_000
GIVEN = [
    "Ana",
    "María",
    "José",
    "Luis",
    "Carmen",
    "Pedro",
    "Lucía",
    "Jean",
    "Marie",
    "Fatou",
    "Ibrahim",
    "Rosa",
    "Miguel",
    "Elena",
    "Óscar",
    "Inés",
]
FAMILY = [
    "García",
    "Pérez",
    "Rodríguez",
    "López",
    "Muñoz",
    "Núñez",
    "Jean-Baptiste",
    "Pierre",
    "Diallo",
    "Traoré",
    "Silva",
    "Fernández",
]
COUNTRIES = ["haitiana", "venezolana", "colombiana", "hondureña", "dominicana", "nicaragüense", "cubana", "peruana"]
FORMS = ["Trabajo forzoso", "Explotación sexual", "Trabajo forzoso; Explotación sexual", "Mendicidad forzada"]


def write_invented(path: Path, rows: int) -> None:
    """An invented register in Spanish: 25 columns of every kind of field."""
    rng = np.random.default_rng(7)
    headings = [
        "Expediente",
        "Nombre",
        "Apellidos",
        "Fecha de nacimiento",
        "Sexo",
        "Nacionalidad",
        "Teléfono",
        "Correo electrónico",
        "Dirección",
        "Ciudad",
        "Provincia",
        "Código postal",
        "País de residencia",
        "Fecha de registro",
        "Tipo de explotación",
        "País de explotación",
        "Consentimiento",
        "Número de hijos",
        "Idioma",
        "Nivel educativo",
        "Estado del caso",
        "Observaciones",
        "Método de captación",
        "País de captación",
        "Cargo",
    ]
    days = [datetime.date(1950, 1, 1) + datetime.timedelta(days=int(day)) for day in range(26_000)]
    born = [day.strftime("%d/%m/%Y") for day in days]
    registered = [
        (datetime.date(2015, 1, 1) + datetime.timedelta(days=day)).strftime("%d/%m/%Y") for day in range(3_600)
    ]
    picks = {name: rng.integers(0, size, rows) for name, size in (
        ("given", len(GIVEN)), ("family", len(FAMILY)), ("other", len(FAMILY)), ("born", len(born)),
        ("registered", len(registered)), ("country", len(COUNTRIES)), ("form", len(FORMS)), ("any", 100),
    )}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(headings)
        for row in range(rows):
            pick = {name: int(values[row]) for name, values in picks.items()}
            country = COUNTRIES[pick["country"]]
            some = pick["any"]
            writer.writerow((
                f"EXP-{row:07}", GIVEN[pick["given"]], f"{FAMILY[pick['family']]} {FAMILY[pick['other']]}",
                born[pick["born"]], "F" if some < 70 else "M", country, f"+1 809 555 {row % 10_000:04}",
                f"persona{row}@ejemplo.invalid", f"Calle {row % 900} n.º {some}", "Ciudad Grande", "Provincia Norte",
                f"{10_000 + row % 5_000}", "Haití", registered[pick["registered"]], FORMS[pick["form"]],
                "Colombia" if some % 2 else "México", "Sí" if some % 3 else "No", str(some % 7), "español",
                "Primaria", "Active", "" if some % 4 else "sin novedad", "A través de familiares", "Perú", "",
            ))  # fmt: skip


def main() -> None:
    """Prints seconds and peak memory of each step."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    today = datetime.date(2026, 1, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registro.csv"
        write_invented(path, rows)
        hub = workspace.found_hub(Path(folder) / "hub", names={"en": "bench"}, area="")
        started = time.perf_counter()
        added = add_file(hub, path, partner="p", accept=True, answers=None, today=today)
        said("add (read, profile, propose)", started, rows)
        started = time.perf_counter()
        checked = check_hub(hub.root, rejects=None, speaker=Speaker("en"))
        said("check", started, rows)
        started = time.perf_counter()
        found = harmonise_partner(hub, "p", allowed_fields=None)
        said("harmonise", started, rows)
        mapped = sum(1 for one in added.mapping.columns if one.field)
        print(f"rows read {found.rows_read:,}; rejected {found.rows_rejected:,}; findings {len(checked.findings):,}; "
              f"columns mapped {mapped} of {len(added.mapping.columns)}")  # fmt: skip


def said(step: str, started: float, rows: int) -> None:
    """One line: the step, its seconds, the peak memory of the process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, busy = time.perf_counter() - started, used.ru_utime + used.ru_stime
    peak = used.ru_maxrss / 1024
    print(f"{step:30} {rows:>9,} rows {seconds:6.1f} s; processor so far {busy:6.1f} s; peak {peak:6,.0f} MB")


if __name__ == "__main__":
    main()
