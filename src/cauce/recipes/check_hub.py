"""What is to be looked at in the partners' files of a hub? `cauce check` tells all of it and writes nothing.

The records are made in a place that is gone afterwards; what stops one partner's files does not hide the others'.
"""

from dataclasses import dataclass
from pathlib import Path

from cauce.recipes import findings_report, lost_partners, unheld_tables
from cauce.recipes.harmonise_partner import harmonised_in
from cauce.standards.derived_fields import with_derived
from cauce.standards.errors import Finding, Refusal
from cauce.standards.messages import Message, Speaker
from cauce.standards.progress import Progress, silent
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


def check_hub(root: Path, *, rejects: Path | None, speaker: Speaker, progress: Progress = silent) -> Checked:
    """Every finding in the partners' files of a hub.

    In
        root      folder of the hub
        rejects   CSV to write with the place and reason of each finding, without values; None to write nothing
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
            try:
                found = harmonised_in(hub, partner, folder=folder / partner, progress=progress)
            except Refusal as refusal:
                told.append(_as_finding(refusal, partner))
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


def _as_finding(refusal: Refusal, partner: str) -> Finding:
    message = Message("{found}. {remedy}", found=refusal.found, remedy=refusal.remedy)
    file = str(refusal.found.values.get("file", f"partners/{partner}"))
    return Finding(refusal.code, message, file=file)
