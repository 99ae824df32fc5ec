"""Where does a published number come from: which clause, files, mapping, method, code, at what cost?

One construction serves the pages, `provenance.json` and `cauce explain`. It takes from the hub's provenance only the
keys named in `_PUBLIC`: an exact count that strays into it (rows of a file, say) does not reach the public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cauce.standards.cleared import ClearedTable
from cauce.standards.messages import LANGUAGES, Message, Speaker

__all__ = ["Step", "chain_of", "public_provenance", "write_step"]

_PUBLIC: Mapping[str, frozenset[str]] = {
    "files": frozenset({"partner", "file", "sha256"}),
    "mappings": frozenset({"partner", "file", "sha256"}),
    "agreements": frozenset(
        {"partner", "id", "signed", "from", "until", "legal_basis", "linkage", "sha256", "clauses"}
    ),
    "clauses": frozenset({"number", "fields", "purposes", "recipients"}),
    "linkage": frozenset({"method", "fields", "lists"}),
    "code": frozenset({"name", "version", "commit", "python", "libraries"}),
}
_PURPOSE = "publish"

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Step:
    """One link of the chain: what it is, a sentence for people, and the facts behind it for machines."""

    kind: str
    sentence: Message
    facts: Facts


def chain_of(table: ClearedTable, provenance: Mapping[str, object]) -> tuple[Step, ...]:
    """The chain that all numbers of a table share, from the partners' signature to the gate.

    In
        table         ClearedTable
        provenance    as `public_provenance` describes it
    Out
        steps in the order of the work: agreement, file, mapping, linkage, protection, code
    """
    known = public_provenance(provenance)
    return (
        *(step for agreement in known["agreements"] for step in _agreement_steps(agreement, table.by)),
        *(_file_step(file) for file in known["files"]),
        *(_mapping_step(mapping) for mapping in known["mappings"]),
        *_linkage_steps(known["linkage"]),
        _protection_step(table),
        *_code_steps(known["code"]),
    )


def public_provenance(provenance: Mapping[str, object]) -> dict[str, list[dict[str, object]]]:
    """What of the hub's provenance may be published: named keys only, each part a list.

    In
        provenance    files[{partner, file, sha256}], mappings[{partner, file, sha256}],
                      agreements[{partner, id, signed, from, until, legal_basis, linkage, sha256,
                      clauses[{number, fields, purposes, recipients}]}],
                      linkage{method, fields, lists}, code{name, version, commit, python, libraries};
                      any part may be absent
    Out
        the same with nothing else in it

    >>> public_provenance({"files": [{"partner": "police", "sha256": "ab", "rows": 1731}]})["files"]
    [{'partner': 'police', 'sha256': 'ab'}]
    """
    return {part: _only(part, provenance.get(part)) for part in ("agreements", "files", "mappings", "linkage", "code")}


def write_step(step: Step) -> dict[str, object]:
    """A step as JSON keeps it: its kind, its sentence in each language, its facts.

    In
        step    Step
    Out
        mapping of texts, numbers and lists

    >>> write_step(Step("code", Message("Computed by {name}", name="cauce"), {"version": "1"}))["text"]["en"]
    'Computed by cauce'
    """
    return {"kind": step.kind, "text": {one: Speaker(one).say(step.sentence) for one in LANGUAGES}, **step.facts}


def _only(part: str, found: object) -> list[dict[str, object]]:
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [_kept(part, entry) for entry in found if isinstance(entry, Mapping)]


def _kept(part: str, entry: Mapping[str, object]) -> dict[str, object]:
    kept = {key: value for key, value in entry.items() if key in _PUBLIC[part]}
    if "clauses" in kept:
        kept["clauses"] = _only("clauses", kept["clauses"])
    return kept


def _agreement_steps(agreement: Facts, by: Sequence[str]) -> list[Step]:
    listed = agreement.get("clauses", [])
    clauses = (
        [clause for clause in listed if _PURPOSE in clause.get("purposes", ())] if isinstance(listed, list) else []
    )
    naming = [clause for clause in clauses if set(by) & set(clause.get("fields", ()))]
    return [_clause_step(agreement, clause) for clause in naming or clauses] or [_agreement_step(agreement)]


def _clause_step(agreement: Facts, clause: Facts) -> Step:
    sentence = Message(
        "{partner} allows publication by clause {clause} of agreement {agreement}, until {until}",
        partner=agreement.get("partner", ""),
        clause=str(clause.get("number", "")),
        agreement=str(agreement.get("id", "")),
        until=str(agreement.get("until", "")),
    )
    stated = {key: value for key, value in agreement.items() if key != "clauses"}
    return Step("agreement", sentence, stated | {"clause": clause.get("number"), "fields": clause.get("fields")})


def _agreement_step(agreement: Facts) -> Step:
    sentence = Message(
        "{partner} contributes under agreement {agreement}, until {until}",
        partner=agreement.get("partner", ""),
        agreement=str(agreement.get("id", "")),
        until=str(agreement.get("until", "")),
    )
    return Step("agreement", sentence, {key: value for key, value in agreement.items() if key != "clauses"})


def _file_step(file: Facts) -> Step:
    sentence = Message(
        "{partner} sent the file {file}, kept unedited, SHA-256 {checksum}",
        partner=file.get("partner", ""),
        file=str(file.get("file", "")),
        checksum=str(file.get("sha256", "")),
    )
    return Step("file", sentence, file)


def _mapping_step(mapping: Facts) -> Step:
    sentence = Message(
        "The columns of {partner} were read by the mapping {file}, SHA-256 {checksum}",
        partner=mapping.get("partner", ""),
        file=str(mapping.get("file", "")),
        checksum=str(mapping.get("sha256", "")),
    )
    return Step("mapping", sentence, mapping)


def _linkage_steps(linkages: Sequence[Facts]) -> list[Step]:
    if not linkages:
        return []
    linkage = linkages[0]
    if linkage.get("method") in (None, "", "none"):
        sentence = Message("No file identifies people, so each row counts as one person")
    else:
        sentence = Message(
            "Records of the same person were linked, so that each person counts once ({method})",
            method=str(linkage["method"]),
        )
    return [Step("linkage", sentence, linkage)]


def _protection_step(table: ClearedTable) -> Step:
    facts: Facts = {"epsilon": table.epsilon, "sigma": table.sigma}
    if not table.epsilon:
        return Step("protection", Message("Small figures were withheld by the threshold rule before it left"), facts)
    sentence = Message(
        "Noise of standard deviation {sigma} was added before it left; the table cost {epsilon} of the privacy budget",
        sigma=_short(table.sigma),
        epsilon=_short(table.epsilon),
    )
    return Step("protection", sentence, facts)


def _code_steps(codes: Sequence[Facts]) -> list[Step]:
    if not codes:
        return []
    sentence = Message(
        "Computed by {name}, version {version}",
        name=str(codes[0].get("name", "cauce")),
        version=" ".join(str(codes[0][key]) for key in ("version", "commit") if codes[0].get(key)),
    )
    return [Step("code", sentence, codes[0])]


def _short(figure: float) -> float:
    return float(f"{figure:.3g}")
