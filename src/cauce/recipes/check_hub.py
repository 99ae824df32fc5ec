"""What is to be looked at in the partners' files and agreements of a hub? `cauce check` tells all, writes nothing.

The records are made in a place that is gone afterwards; what stops one partner's files does not hide the others'.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cauce.agree import permissions
from cauce.recipes import agreed_partners, findings_report, lost_partners, unheld_tables
from cauce.recipes.agree_partner import agreement_of
from cauce.recipes.harmonise_partner import harmonised_in
from cauce.standards.derived_fields import with_derived
from cauce.standards.errors import Finding, Refusal
from cauce.standards.messages import Message, Speaker
from cauce.standards.progress import Progress, silent
from cauce.store import agreements as agreement_files
from cauce.store import mappings, partner_files, scratch, workspace, written
from cauce.store.workspace import Hub

__all__ = ["Checked", "check_hub"]


@dataclass(frozen=True)
class Checked:
    """Every finding of every partner's files, and the rows that a run would reject."""

    findings: tuple[Finding, ...]
    rows_read: int
    rows_rejected: int
    rejects: Path | None


def check_hub(
    root: Path, *, rejects: Path | None, today: date, speaker: Speaker, progress: Progress = silent
) -> Checked:
    """Every finding in the partners' files and agreements of a hub.

    In
        root      folder of the hub
        rejects   CSV to write with the place and reason of each finding, without values; None to write nothing
        today     the day on which agreements must be in force
        speaker   says the reasons in that file
        progress  told of each partner
    Out
        Checked
    Refuses
        store.no_hub and what `open_hub` refuses; a file that cannot be read is a finding here
    """
    hub = workspace.open_hub(root)
    told = [_as_finding(refusal, str(refusal.found.values["partner"])) for refusal in lost_partners.lost_partners(hub)]
    told += [Finding("run.table_unheld", said, file="hub.toml") for said in _unheld_tables(hub)]
    read = lost = 0
    with scratch.scratch_folder(hub) as folder:
        for partner in partner_files.list_partners(hub):
            told += [_as_finding(one, partner) for one in _agreement_faults(hub, partner, today=today)]
            try:
                found = harmonised_in(hub, partner, folder=folder / partner, progress=progress)
            except (Refusal, ExceptionGroup) as refused:
                told += [_as_finding(one, partner) for one in agreed_partners.refusals_in(refused)]
                continue
            told += found.findings
            read, lost = read + found.rows_read, lost + found.rows_rejected
    if rejects is not None:
        written.write_whole(rejects, findings_report.as_csv(told, speaker=speaker))
    return Checked(tuple(told), read, lost, rejects)


def _unheld_tables(hub: Hub) -> list[Message]:
    try:
        known = [mappings.load_mapping(hub, partner) for partner in partner_files.list_partners(hub)]
    except (Refusal, ExceptionGroup):
        return []  # a mapping that cannot be read is a finding of its own
    mapped = [column.field for mapping in known if mapping for column in mapping.columns if column.field]
    return unheld_tables.tell_unheld(hub.settings.tables, with_derived(mapped))


def _agreement_faults(hub: Hub, partner: str, *, today: date) -> list[Refusal]:
    """What is wrong in the agreement that a partner has; whether it must have one is asked by a run."""
    if not agreement_files.agreement_path(hub, partner).is_file():
        return []
    try:
        permissions.refuse_unless_in_force(agreement_of(hub, partner), today=today)
    except (Refusal, ExceptionGroup) as refused:
        return agreed_partners.refusals_in(refused)
    return []


def _as_finding(refusal: Refusal, partner: str) -> Finding:
    message = Message("{found}. {remedy}", found=refusal.found, remedy=refusal.remedy)
    file = str(refusal.found.values.get("file", f"partners/{partner}"))
    return Finding(refusal.code, message, file=file)
