"""How does anybody's table of codes become a release: tables with intervals, invented records, and a report?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from cauce.protect import budget, code_checks, file_releases, measured, tables
from cauce.publish import release_card
from cauce.recipes import charged_file
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
    hub: Path | None = None,
    today: date,
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
        hub           folder of the hub whose people the file holds: its ledger is charged; None where none knows them
        today         the day of the charge
        progress      told of every step
    Out
        ProtectedFile
    Refuses
        protect.no_domain_file                            no domain is given: codes are not learnt from the data
        protect.no_domain, protect.no_such_column         a column without codes, codes without a column
        protect.free_text                                 a column of text
        protect.delta_too_large, protect.bad_epsilon      delta not below 1 / n, epsilon not above 0
        protect.file_of_hub                               the file lies in a hub that was not given
        protect.hub_of_thresholds, protect.delta_of_hub, store.over_*, store.other_policy   see `charged_file`
        store.no_file, store.empty_table, store.doubled_heading, store.damaged_table   see `code_tables`
        store.bad_toml, store.bad_domain, store.folder_not_empty
    """
    if domain_path is None:
        raise _no_domain_file()
    domain = code_tables.read_domain(domain_path)
    headings = code_tables.open_codes(path).columns
    raise_all([*code_checks.check_headings(headings, domain=domain), *_check_epsilon(epsilon)])
    domain = {name: domain[name] for name in headings}
    asked = _Asked(path, domain, _Terms(epsilon, delta, profile), out)
    charged_file.refuse_uncharged(path, hub=hub)
    if hub is None:
        return _protect(asked, account=None, progress=progress)
    terms = {"epsilon": epsilon, "delta": delta, "profile": profile, "domain": domain}
    with charged_file.open_account(hub, file=path, out=out, terms=terms, today=today, progress=progress) as account:
        if account.finish(out):
            return ProtectedFile(json.loads((out / "report.json").read_text(encoding="utf-8")), {})
        return _protect(asked, account=account, progress=progress)


@dataclass(frozen=True)
class _Terms:
    epsilon: float
    delta: float
    profile: tables.Profile


@dataclass(frozen=True)
class _Asked:
    path: Path
    domain: Mapping[str, tuple[str, ...]]
    terms: _Terms
    out: Path


def _protect(asked: _Asked, *, account: charged_file.Account | None, progress: Progress) -> ProtectedFile:
    terms = asked.terms
    with code_tables.new_folder(asked.out, draft=account.draft if account else None) as folder:
        progress(Message("Reading the table"), done=0, total=_STEPS)
        # The engine is open for this line alone: the rows to come need its memory.
        with code_tables.refusing_damage(asked.path):
            counted = measured.count_table(code_tables.open_codes(asked.path), domain=asked.domain)
        strays = counted.strays
        raise_all([*code_checks.check_strays(strays), *budget.check_delta(terms.delta, people=counted.people)])
        progress(Message("Counting and drawing the noise"), done=1, total=_STEPS)
        reservation = account.reserve() if account else None
        known = measured.measure_table(counted, rho=budget.rho_of(terms.epsilon, delta=terms.delta))
        progress(Message("Inventing the records"), done=2, total=_STEPS)
        release = file_releases.clear_file(
            known, epsilon=terms.epsilon, delta=terms.delta, profile=terms.profile, rng=np.random.default_rng()
        )
        progress(Message("Writing the release"), done=3, total=_STEPS)
        report = _write(release, folder, profile=terms.profile)
        if account and reservation:
            account.commit(reservation)
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
