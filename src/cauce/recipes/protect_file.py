"""How does anybody's table of codes become a release: tables with intervals, invented records, and a report?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cauce.protect import budget, code_checks, file_releases, measured, tables
from cauce.publish import release_card
from cauce.standards.cleared import ClearedRelease
from cauce.standards.errors import Refusal, raise_all
from cauce.standards.messages import Message
from cauce.standards.progress import Progress
from cauce.store import code_tables

__all__ = ["ProtectedFile", "protect_file"]

_STEPS = 5


@dataclass(frozen=True)
class ProtectedFile:
    """What report.json says, and for the steward alone, the rows of each column outside its domain."""

    report: Mapping[str, object]
    strays: Mapping[str, int]


def protect_file(
    path: Path,
    *,
    epsilon: float,
    delta: float,
    domain_path: Path | None,
    out: Path,
    profile: tables.Profile,
    progress: Progress,
) -> ProtectedFile:
    """A release of a table of codes, one row a person.

    In
        path          CSV, CSV.GZ or Parquet of codes; an empty cell is a missing value
        epsilon       to spend
        delta         to spend, below 1 / number of rows
        domain_path   TOML: column = ["code", ...]; None is refused
        out           folder to make: records.csv, tables/, report.html, report.json
        profile       "careful": no record holds a pair of values that was withheld; "accurate": nothing is withheld
        progress      told of every step
    Out
        ProtectedFile
    Refuses
        protect.no_domain_file                            no domain is given: codes are not learnt from the data
        protect.no_domain, protect.no_such_column         a column without codes, codes without a column
        protect.free_text                                 a column of text
        protect.delta_too_large, protect.bad_epsilon      delta not below 1 / n, epsilon not above 0
        store.no_file, store.bad_domain, store.folder_not_empty
    """
    if domain_path is None:
        raise _no_domain_file()
    domain = code_tables.read_domain(domain_path)
    people = code_tables.open_codes(path)
    raise_all([*code_checks.check_headings(people.columns, domain=domain), *_check_epsilon(epsilon)])
    with code_tables.new_folder(out) as folder:
        progress(Message("Reading the table"), done=0, total=_STEPS)
        domain = {name: domain[name] for name in people.columns}
        counted = measured.count_table(people, domain=domain)
        strays = counted.exact.strays
        raise_all([*code_checks.check_strays(strays), *budget.check_delta(delta, people=counted.exact.people)])
        progress(Message("Counting and drawing the noise"), done=1, total=_STEPS)
        known = measured.measure_table(counted, rho=budget.rho_of(epsilon, delta=delta))
        progress(Message("Inventing the records"), done=2, total=_STEPS)
        release = file_releases.clear_file(
            known, epsilon=epsilon, delta=delta, profile=profile, rng=np.random.default_rng()
        )
        progress(Message("Writing the release"), done=3, total=_STEPS)
        report = _write(release, folder, profile=profile)
    progress(Message("The release is written"), done=_STEPS, total=_STEPS)
    return ProtectedFile(report, {name: stray.rows for name, stray in strays.items()})


def _write(release: ClearedRelease, folder: Path, *, profile: tables.Profile) -> Mapping[str, object]:
    (folder / "tables").mkdir()
    withheld = 0
    for table in release.tables:
        code_tables.write_table(table.observations, folder / "tables" / f"{table.table_id}.csv")
        withheld += sum(status == "Q" for status in table.observations["obs_status"].to_pylist())
    if release.records is None:
        raise TypeError("a release of a file has records")
    code_tables.write_table(release.records.rows, folder / "records.csv")
    error = {name: round(float(figure), 6) for name, figure in release.records.expected_error.items()}
    report = {
        "epsilon": release.epsilon,
        "delta": release.delta,
        "profile": profile,
        "rows": release.records.rows.num_rows,
        "tables": len(release.tables),
        "withheld": withheld,
        "expected_error": error,
    }
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    moved = file_releases.error_by_epsilon(error["cell"], epsilon=release.epsilon, delta=release.delta)
    card = release_card.Card(release, profile, withheld, moved)
    (folder / "report.html").write_text(release_card.render_card(card), encoding="utf-8")
    return report


def _check_epsilon(epsilon: float) -> list[Refusal]:
    if 0.0 < epsilon <= 100.0:
        return []
    return [
        Refusal(
            "protect.bad_epsilon",
            found="Epsilon is {epsilon}",
            wanted="a number above 0, rarely above 10",
            remedy="Give a smaller epsilon for more protection, a larger one for more exact figures",
            epsilon=f"{epsilon:g}",
        )
    ]


def _no_domain_file() -> Refusal:
    return Refusal(
        "protect.no_domain_file",
        found="No domain is given, and codes are not learnt from the data: a rare code would tell of a person",
        wanted='a TOML file such as sex = ["F", "M"], from public codelists',
        remedy="Write the codes of each column in a file and give it with --domain",
    )
