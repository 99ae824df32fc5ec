"""From a partner's files to its records in the standard's fields, inside its own folder.

gather -> decide each distinct value -> apply -> derive -> reject. The result is kept under the fingerprint of the
files, the mapping and the fields agreed on: nothing is done twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cauce
from cauce.recipes import findings_report, harmonised_files
from cauce.recipes.harmonised_files import Work
from cauce.standards import packs
from cauce.standards.errors import Finding, Refusal
from cauce.standards.mappings import PartnerMapping
from cauce.standards.progress import Progress, silent
from cauce.store import mappings, partner_files, scratch, steps
from cauce.store.workspace import Hub

__all__ = ["HarmonisedPartner", "harmonise_partner", "harmonised_in"]

_FORM_OF_RECORDS = 3
_ALWAYS = frozenset({"record_id"})


@dataclass(frozen=True)
class HarmonisedPartner:
    """The records of one partner.

    path          Parquet in the partner's folder: partner_code, record_id, file, row, one text column per field, lists
                  where a person may have several values
    rejects       CSV of the rows rejected and the cells not read, with places and reasons and no value; None if none
    fingerprint   of all that the records were made of
    """

    partner: str
    path: Path
    rows_read: int
    rows_rejected: int
    findings: tuple[Finding, ...]
    rejects: Path | None
    fingerprint: str


def harmonise_partner(
    hub: Hub,
    partner: str,
    *,
    files: Sequence[Path] | None = None,
    allowed_fields: Collection[str] | None,
    progress: Progress = silent,
) -> HarmonisedPartner:
    """The records of a partner in the standard's fields, in its own folder.

    In
        hub              the hub
        partner          code of the partner
        files            those of its files to read; all where None
        allowed_fields   fields that the agreement covers; all that are mapped where None
        progress         told of each step
    Out
        HarmonisedPartner
    Refuses
        harmonise.no_mapping      nothing says what the columns mean
        harmonise.unknown_field   the mapping names a field that the pack does not have
        and what `gather.partner_files.read` refuses
    """
    mapping = _mapping_of(hub, partner)
    pack = packs.load(hub.settings.pack)
    kept = [one for one in partner_files.list_files(hub, partner) if files is None or one.path in set(files)]
    allowed = sorted(column.field for column in mapping.columns if _is_allowed(column.field, allowed_fields))
    fingerprint = steps.fingerprint_of(
        files=[(one.path.name, one.sha256, one.received) for one in kept],
        mapping=repr(mapping),
        allowed=allowed,
        pack=repr(sorted(pack.fields)),
        code=(cauce.__version__, _FORM_OF_RECORDS),
    )
    # Names stay in the partner's own folder: what lies in the vault can be linked without them.
    target = hub.partners_dir / partner / ".harmonised" / "records.parquet"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = steps.recall(target, fingerprint)
    if facts is None:
        with scratch.scratch_folder(hub) as folder:
            rejects = hub.vault_dir / "rejects" / f"{partner}.csv"
            work = Work(partner, mapping, pack, frozenset(allowed), hub.settings.languages[0], folder)
            facts = harmonised_files.harmonise_files(work, kept, target=target, rejects=rejects, progress=progress)
        steps.mark_done(target, fingerprint, facts)
    return _recalled(partner, target=target, facts=facts, fingerprint=fingerprint)


def harmonised_in(hub: Hub, partner: str, *, folder: Path, progress: Progress = silent) -> HarmonisedPartner:
    """The records of a partner as a run would make them, in a folder that the caller throws away.

    In
        hub        the hub
        partner    code of the partner
        folder     new folder
        progress   told of each step
    Out
        HarmonisedPartner
    Refuses
        what `harmonise_partner` refuses
    """
    mapping = _mapping_of(hub, partner)
    folder.mkdir(mode=0o700)
    allowed = frozenset(column.field for column in mapping.columns if column.field)
    language = hub.settings.languages[0]
    work = Work(partner, mapping, packs.load(hub.settings.pack), allowed, language, folder)
    target, kept = folder / "kept.parquet", partner_files.list_files(hub, partner)
    facts = harmonised_files.harmonise_files(
        work, kept, target=target, rejects=folder / "rejects.csv", progress=progress
    )
    return _recalled(partner, target=target, facts=facts, fingerprint="")


def _is_allowed(field: str, allowed: Collection[str] | None) -> bool:
    return bool(field) and (allowed is None or field in allowed or field in _ALWAYS)


def _mapping_of(hub: Hub, partner: str) -> PartnerMapping:
    mapping = mappings.load_mapping(hub, partner)
    if mapping is None:
        raise Refusal(
            "harmonise.no_mapping",
            found="Nothing says what the columns of {partner} mean",
            wanted="mappings/{partner}.toml",
            remedy="Run `cauce add HUB FILE --partner {partner}`",
            partner=partner,
        )
    unknown = [
        one.field for one in mapping.columns if one.field and one.field not in packs.load(hub.settings.pack).fields
    ]
    if unknown:
        raise Refusal(
            "harmonise.unknown_field",
            found="mappings/{partner}.toml names fields that the pack does not have: {fields}",
            wanted="fields of the pack {pack}",
            remedy="Correct their names; docs/reference/fields.md lists all",
            partner=partner,
            fields=", ".join(unknown),
            pack=hub.settings.pack,
        )
    return mapping


def _recalled(partner: str, *, target: Path, facts: Mapping[str, Any], fingerprint: str) -> HarmonisedPartner:
    return HarmonisedPartner(
        partner=partner,
        path=target,
        rows_read=facts["rows_read"],
        rows_rejected=facts["rows_rejected"],
        findings=tuple(findings_report.finding_of(one) for one in facts["findings"]),
        rejects=Path(facts["rejects"]) if facts["rejects"] else None,
        fingerprint=fingerprint,
    )
