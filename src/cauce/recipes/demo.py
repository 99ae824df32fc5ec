"""The whole job on invented people: `cauce demo`.

It founds a hub, writes what four partners would send, adds and agrees as a steward would, runs, and only then opens
the sealed truth, which no step of the run reads, to say whether each published interval covered it.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from pyarrow import csv

from cauce.recipes import add_file, agree_partner, run_hub
from cauce.recipes.agree_partner import Terms
from cauce.recipes.fictitious import files as fictitious_files
from cauce.recipes.fictitious import people as fictitious_people
from cauce.recipes.fictitious import records as fictitious_records
from cauce.recipes.fictitious.people import Population
from cauce.recipes.fictitious.records import Record
from cauce.recipes.run_hub import HubRun
from cauce.standards.messages import Language, Message, Speaker
from cauce.standards.progress import Progress
from cauce.store import workspace, written
from cauce.store.workspace import Hub

__all__ = ["Demo", "Truth", "run_demo", "unseal_records"]

_NAMES: Mapping[Language, str] = {
    "es": "Mesa contra la trata de Costa Clara",
    "en": "Costa Clara committee against trafficking",
    "fr": "Comité de Costa Clara contre la traite",
    "ar": "لجنة كوستا كلارا لمكافحة الاتجار بالأشخاص",
}
_CHILD_BANDS = ("Y0T8", "Y9T17", "Y0T17_U")


@dataclass(frozen=True)
class Truth:
    """What the sealed file tells of the invented people."""

    observed: int
    hidden_total: int
    women: int
    children: int
    linked_pairs: int


@dataclass(frozen=True)
class Demo:
    """The run of the invented hub, its truth, and whether each published interval covered it."""

    run: HubRun
    truth: Truth
    intervals: Mapping[str, tuple[int, int]]

    @property
    def true_figures(self) -> dict[str, int]:
        """The truth behind each interval, by its name."""
        return {
            "people": self.truth.observed,
            "hidden_total": self.truth.hidden_total,
            "women": self.truth.women,
            "children": self.truth.children,
        }

    @property
    def covered(self) -> dict[str, bool]:
        """The name of each interval checked and whether the truth lies in it."""
        true = self.true_figures
        return {name: lower <= true[name] <= upper for name, (lower, upper) in self.intervals.items()}


def run_demo(
    root: Path, *, people: int, seed: int, today: date, progress: Progress, speaker: Speaker | None = None
) -> Demo:
    """Writes the fictitious hub, runs it, and unseals its truth.

    In
        root       new folder
        people     persons whom at least one partner met, about
        seed       fixes the invented people, never the noise of the release
        today      day of the run
        progress   told of each step
        speaker    says the evidence in the mappings; English where None
    Out
        Demo
    Refuses
        store.folder_not_empty   something is in the folder already
    """
    rng = np.random.default_rng(seed)
    hub = workspace.found_hub(root, names=_NAMES, area="", is_fictitious=True)
    try:
        received = _write(hub, people=people, rng=rng, progress=progress)
        _add_and_agree(hub, received, today=today, progress=progress, speaker=speaker)
    except BaseException:
        shutil.rmtree(root)  # half an invented hub is of no use: the same command can be given again
        raise
    run = run_hub.run_hub(hub.root, today=today, rng=rng, progress=progress)
    return Demo(run, _unseal(hub), _intervals(run))


def _write(hub: Hub, *, people: int, rng: np.random.Generator, progress: Progress) -> dict[str, Path]:
    progress(Message("Inventing a country"), 0, 1)
    population = fictitious_people.draw_population(people, rng=rng)
    registers = fictitious_records.write_down(population, rng=rng)
    received = _send(hub, registers)
    _seal(hub, population, registers)
    progress(Message("Inventing a country"), 1, 1)
    return received


def unseal_records(root: Path) -> dict[str, int]:
    """Who each record of the demo truly is: record -> person, from the sealed file."""
    sealed = json.loads(_truth_path(workspace.open_hub(root)).read_text(encoding="ascii"))
    return {record: person for record, person in sealed["records"]}


def _send(hub: Hub, registers: Mapping[str, Sequence[Record]]) -> dict[str, Path]:
    """The files as the partners send them, in the steward's inbox."""
    received = {}
    for partner, (name, content) in fictitious_files.as_files(registers).items():
        received[partner] = hub.root / "inbox" / name
        written.write_whole(received[partner], content)
    return received


def _add_and_agree(
    hub: Hub, received: Mapping[str, Path], *, today: date, progress: Progress, speaker: Speaker | None
) -> None:
    for done, (partner, path) in enumerate(received.items(), start=1):
        add_file.add_file(
            hub, path, partner=partner, accept=True, answers=None, today=today, progress=progress, speaker=speaker
        )
        terms = Terms(today, today + timedelta(days=730), linkage="encoded", signed_by="Costa Clara")
        agree_partner.agree_with_partner(hub.root, partner, terms, today=today)
        progress(Message("Adding the partners' files and their agreements"), done, len(received))


def _truth_path(hub: Hub) -> Path:
    return hub.root / "truth.sealed.json"


def _seal(hub: Hub, population: Population, registers: Mapping[str, Sequence[Record]]) -> None:
    truth = Truth(
        observed=len(population.observed),
        hidden_total=len(population.people),
        women=sum(person.is_woman for person in population.observed),
        children=sum(person.is_child for person in population.observed),
        linked_pairs=fictitious_records.linked_pairs(registers),
    )
    people = [[record.record_id, record.person] for register in registers.values() for record in register]
    written.write_whole(_truth_path(hub), json.dumps(vars(truth) | {"records": people}).encode("ascii"))


def _unseal(hub: Hub) -> Truth:
    sealed: dict[str, Any] = json.loads(_truth_path(hub).read_text(encoding="ascii"))
    return Truth(**{name: sealed[name] for name in Truth.__dataclass_fields__})


def _intervals(run: HubRun) -> dict[str, tuple[int, int]]:
    """The published intervals that the truth is held against, read from the release's own files."""
    people = _published(run, "total")[()]
    sexes = _published(run, "prs_Gender")
    ages = _published(run, "age_code")
    found = {"people": people, "women": sexes[("Feminine",)]}
    if run.hidden["status"] == "estimated":
        found["hidden_total"] = (run.hidden["lower"], run.hidden["upper"])
    return found | {"children": _children(run, ages)}


def _published(run: HubRun, table: str) -> dict[tuple[str, ...], tuple[int, int]]:
    rows = pq.read_table(run.release.folder / "tables" / f"{table}.parquet").to_pylist()
    by = [] if table == "total" else table.split("+")
    return {tuple(row[field] for field in by): (row["lower"], row["upper"]) for row in rows}


def _children(run: HubRun, ages: Mapping[tuple[str, ...], tuple[int, int]]) -> tuple[int, int]:
    table = csv.read_csv(run.release.folder / "tables" / "age_code.unbiased.csv").to_pydict()
    unbiased = dict(zip(table["age_code"], table["unbiased"], strict=True))
    return _summed([(unbiased[band], *ages[(band,)]) for band in _CHILD_BANDS])


def _summed(cells: Sequence[tuple[float, int, int]]) -> tuple[int, int]:
    """The interval of a sum of figures with independent noise: unbiased figures add, ways to their ends in squares.

    A lower end cut at nobody tells nothing of the noise: it is as far as the upper one.
    """
    figures, lowers, uppers = np.array(cells, dtype=float).T
    above = uppers - figures
    below = np.where(lowers > 0, figures - lowers, above)
    middle, down, up = figures.sum(), np.sqrt((below**2).sum()), np.sqrt((above**2).sum())
    return int(np.floor(middle - down)), int(np.ceil(middle + up))
