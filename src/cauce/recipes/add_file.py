"""From a partner's file to its place in the hub: `cauce add`.

survey -> read -> profile -> propose a mapping -> decide the doubts -> keep the file and the mapping. Where doubts are
left and nobody may decide them, only a proposal is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from cauce.gather import partner_files as files_read
from cauce.gather import tables
from cauce.gather.partner_files import FileSurvey, Intake, SheetSurvey
from cauce.harmonise import column_profiles, doubts, heading_matches, mapping_proposals
from cauce.harmonise.doubts import Answers, Doubt
from cauce.harmonise.mapping_proposals import THRESHOLD, ColumnProposal, Proposal
from cauce.recipes import row_differences
from cauce.recipes.row_differences import RowDifference
from cauce.standards import packs
from cauce.standards.errors import Finding
from cauce.standards.mappings import ColumnMapping, PartnerMapping
from cauce.standards.messages import Message, Speaker
from cauce.standards.packs import Pack
from cauce.standards.progress import Progress, silent
from cauce.store import mappings, partner_files, scratch, vault, workspace
from cauce.store.workspace import Hub

__all__ = ["Added", "Doubt", "Status", "add_file", "add_to_hub"]

Status = Literal["added", "same", "corrected", "waiting"]
_STATUS: Mapping[str, Status] = {"new": "added", "same": "same", "correction": "corrected"}


@dataclass(frozen=True)
class Added:
    """What became of a file.

    status       "added"; "same": these bytes were here already; "corrected": it took the place of an earlier one;
                 "waiting": doubts are left and only a proposal was written
    mapping      the mapping of the partner, the columns that fill no field included (their field is empty)
    doubts       those that nobody decided
    unmapped     columns of this file that fill no field
    difference   how the rows differ from the file that it corrects
    findings     rows left out or rejected while reading
    """

    status: Status
    mapping: PartnerMapping
    doubts: tuple[Doubt, ...]
    unmapped: tuple[str, ...]
    rows: int
    difference: RowDifference | None
    findings: tuple[Finding, ...]
    path: Path


def add_file(
    hub: Hub,
    path: Path,
    *,
    partner: str,
    accept: bool,
    answers: Answers | None,
    today: date,
    progress: Progress = silent,
    speaker: Speaker | None = None,
) -> Added:
    """Adds a partner's file to a hub and maps its columns.

    In
        hub       the hub
        path      the file as received
        partner   code of the partner
        accept    take every proposal above the threshold, leave the rest unmapped
        answers   asks a person about one doubt; None where there is nobody to ask
        today     the day of arrival
        progress  told of each step
        speaker   says the evidence in the mapping; English where None
    Out
        Added
    Refuses
        store.bad_partner_code   the partner's code could be no folder
        and what `gather.partner_files.survey` and `read` refuse
    """
    speaker = speaker or Speaker("en")
    known = mappings.load_mapping(hub, partner)
    said = known.layout if known and known.layout and fnmatchcase(path.name, known.pattern) else None
    survey = files_read.survey(path, known=said)
    arrival = partner_files.arrival_of(hub, partner, path)
    pack = packs.load(hub.settings.pack)
    with scratch.scratch_folder(hub) as folder:
        sheet = _choose_sheet(survey, pack)
        intake = files_read.read(path, sheet.layout, into=folder / "rows.parquet", progress=progress)
        proposal = _propose(intake, pack, known=known, today=today, folder=folder, progress=progress)
        mapping, left = _decide(proposal, known=known, accept=accept, answers=answers, speaker=speaker)
        mapping = _with_file(mapping, partner=partner, path=path, intake=intake, known=known)
        difference = None
        if arrival.kind == "correction" and arrival.current is not None:
            difference = row_differences.differ(arrival.current, intake, mapping=mapping, scratch=folder)
        names = {one.name for one in intake.columns}
        unmapped = tuple(one.name for one in mapping.columns if not one.field and one.name in names)
        if left and not accept:
            asked = {
                doubt.column: [speaker.say(one.question) for one in left if one.column == doubt.column]
                for doubt in left
            }
            target = mappings.save_proposal(hub, mapping, asked)
            return Added("waiting", mapping, left, unmapped, intake.read, difference, intake.findings, target)
        with vault.locked(hub, progress=progress):
            target = partner_files.keep_file(hub, partner, path, received=today)
            mappings.save_mapping(hub, mapping)
        status = _STATUS[arrival.kind]
        return Added(status, mapping, left, unmapped, intake.read, difference, intake.findings, target)


def add_to_hub(
    root: Path,
    path: Path,
    *,
    partner: str,
    accept: bool,
    answers: Answers | None,
    today: date,
    progress: Progress,
    speaker: Speaker,
) -> Added:
    """Adds a partner's file to the hub in a folder: `add_file`, for a door.

    In
        root   folder of the hub; the others as in `add_file`
    Out
        Added
    In
        root       folder of the hub
        path       file to add
        partner    code of the partner
        accept     whether what is above the threshold is taken unasked
        answers    asks a person about doubts; None where nobody can be asked
        today      day of arrival
        progress   told of each step
        speaker    language of the questions
    Out
        Added
    Refuses
        what `store.workspace.open_hub` and `add_file` refuse
    """
    return add_file(
        workspace.open_hub(root),
        path,
        partner=partner,
        accept=accept,
        answers=answers,
        today=today,
        progress=progress,
        speaker=speaker,
    )


def _choose_sheet(survey: FileSurvey, pack: Pack) -> SheetSurvey:
    """The sheet of which most headings name fields; the fullest where none does better."""

    def named(sheet: SheetSurvey) -> float:
        best = [heading_matches.match_heading(name, pack.fields)[:1] for name in sheet.columns if name]
        return sum(match[0].likeness for match in best if match)

    return max(survey.sheets, key=named) if len(survey.sheets) > 1 else survey.sheets[0]


def _propose(
    intake: Intake,
    pack: Pack,
    *,
    known: PartnerMapping | None,
    today: date,
    folder: Path,
    progress: Progress,
) -> Proposal:
    decided = {one.name: one for one in known.columns} if known else {}
    fresh = [(one.key, one.name) for one in intake.columns if one.name not in decided]
    progress(Message("Proposing what its columns mean"), 0, 1)
    engine = tables.open_engine(folder)
    try:
        rows = engine.read_parquet(str(intake.rows))
        profiles = column_profiles.profile_columns(rows.filter(rows.kind == "data"), fresh)
    finally:
        engine.disconnect()
    names = {one.name for one in intake.columns}
    taken = [one.field for one in decided.values() if one.name in names and one.field]
    proposal = mapping_proposals.propose_mapping(profiles, pack, today=today, skip=taken)
    progress(Message("Proposing what its columns mean"), 1, 1)
    return proposal


def _decide(
    proposal: Proposal,
    *,
    known: PartnerMapping | None,
    accept: bool,
    answers: Answers | None,
    speaker: Speaker,
) -> tuple[PartnerMapping, tuple[Doubt, ...]]:
    columns: list[ColumnMapping] = list(known.columns) if known else []
    left: list[Doubt] = []
    for one in proposal.columns:
        column, undecided = _decide_column(one, accept=accept, answers=answers, speaker=speaker)
        columns.append(column)
        left += undecided
    nothing = speaker.say(Message("No field resembles it"))
    columns += [ColumnMapping(name, "", 0.0, nothing) for name in proposal.unmapped]
    missing = known.missing if known else ("",)
    return PartnerMapping("", "", None, tuple(columns), missing), tuple(left)


def _decide_column(
    proposal: ColumnProposal, *, accept: bool, answers: Answers | None, speaker: Speaker
) -> tuple[ColumnMapping, list[Doubt]]:
    column = proposal.mapping(speaker)
    left: list[Doubt] = []
    for doubt in proposal.doubts:
        answer = answers(doubt) if answers is not None else None
        if answer is None and accept and doubt.proposed is not None and doubt.confidence >= THRESHOLD:
            answer = doubt.proposed
        if answer is not None:
            column = doubts.apply_answer(column, doubt, answer)
        else:
            left.append(doubt)
            column = column if doubt.kind == "value" or not accept else replace(column, field="")
        if not column.field:
            break
    return column, left


def _with_file(
    mapping: PartnerMapping, *, partner: str, path: Path, intake: Intake, known: PartnerMapping | None
) -> PartnerMapping:
    in_order = {one.name: place for place, one in enumerate(intake.columns)}
    columns = sorted(mapping.columns, key=lambda column: in_order.get(column.name, len(in_order)))
    if known is not None and known.layout is not None and known.pattern != path.name:
        return replace(mapping, partner=partner, pattern=known.pattern, layout=known.layout, columns=tuple(columns))
    return replace(mapping, partner=partner, pattern=path.name, layout=intake.layout, columns=tuple(columns))
