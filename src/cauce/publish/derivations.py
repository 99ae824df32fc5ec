"""Where does a published number come from: which clause, files, mapping, method, code, at what cost?

The numbers of a table share one chain, those of the hidden total another. One construction serves the pages,
`provenance.json` and `cauce explain`. It takes from the hub's provenance only the keys named in `_PUBLIC`: an exact
count that strays into it (rows of a file, say) does not reach the public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cauce.standards.cleared import ClearedEstimate, ClearedTable
from cauce.standards.invariants import KnownFigure
from cauce.standards.messages import LANGUAGES, Message, Speaker

__all__ = ["HIDDEN_TOTAL", "Step", "chain_of", "chain_of_estimate", "public_provenance", "write_step"]

# The place of a table in the address of a number: RELEASE/hidden_total/total.
HIDDEN_TOTAL = "hidden_total"

_PUBLIC: Mapping[str, frozenset[str]] = {
    "files": frozenset({"partner", "file", "keyed_sha256"}),
    "mappings": frozenset({"partner", "file", "keyed_sha256"}),
    "agreements": frozenset(
        {"partner", "id", "signed", "from", "until", "legal_basis", "linkage", "keyed_sha256", "clauses"}
    ),
    "clauses": frozenset({"number", "fields", "purposes", "recipients"}),
    "linkage": frozenset({"method", "fields", "lists", "precision", "recall"}),
    "overlaps": frozenset({"lists"}),
    "ledger": frozenset({"last_entry"}),
    "code": frozenset({"name", "version", "commit", "python", "libraries"}),
}
_LINKAGES: Mapping[str, Message] = {
    "splink-clear-text": Message("by their names in clear, inside the vault"),
    "encoded": Message("by their names encoded, without showing them"),
    "splink-clear-text-and-encoded": Message("by their names, in clear or encoded as each agreement says"),
}

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
        steps in the order of the work: agreement, file, mapping, linkage, protection, invariant, code
    """
    known = public_provenance(provenance)
    return (
        *_agreed_steps(known["agreements"], purpose="publish", by=table.by),
        *_source_steps(known),
        _protection_step(table),
        *(Step("invariant", one.told(), {"published_figure": _published(one)}) for one in table.known),
        *_code_steps(known["code"]),
    )


def chain_of_estimate(estimate: ClearedEstimate, provenance: Mapping[str, object]) -> tuple[Step, ...]:
    """The chain that the hidden total and the figure of each method share.

    In
        estimate      ClearedEstimate
        provenance    as `public_provenance` describes it
    Out
        steps in the order of the work: agreement, file, mapping, linkage, protection, estimation, code
    """
    known = public_provenance(provenance)
    return (
        *_agreed_steps(known["agreements"], purpose="estimate"),
        *_agreed_steps(known["agreements"], purpose="publish"),
        *_source_steps(known),
        *_overlap_protection_steps(estimate),
        _estimation_step(estimate, known["overlaps"]),
        *_linkage_share_steps(estimate),
        *_code_steps(known["code"]),
    )


def public_provenance(provenance: Mapping[str, object]) -> dict[str, list[dict[str, object]]]:
    """What of the hub's provenance may be published: named keys only, each part a list.

    In
        provenance    files[{partner, file, keyed_sha256}], mappings[{partner, file, keyed_sha256}],
                      agreements[{partner, id, signed, from, until, legal_basis, linkage, keyed_sha256,
                      clauses[{number, fields, purposes, recipients}]}],
                      linkage{method, fields, lists, precision, recall}, overlaps{lists},
                      ledger{last_entry}, code{name, version, commit, python, libraries}; any part may be absent
    Out
        the same with nothing else in it

    >>> public_provenance({"files": [{"partner": "police", "keyed_sha256": "ab", "rows": 1731}]})["files"]
    [{'partner': 'police', 'keyed_sha256': 'ab'}]
    """
    parts = ("agreements", "files", "mappings", "linkage", "overlaps", "ledger", "code")
    return {part: _only(part, provenance.get(part)) for part in parts}


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


def _source_steps(known: Mapping[str, Sequence[Facts]]) -> list[Step]:
    return [
        *(_file_step(file) for file in known["files"]),
        *(_mapping_step(mapping) for mapping in known["mappings"]),
        *_linkage_steps(known["linkage"]),
    ]


def _agreed_steps(agreements: Sequence[Facts], *, purpose: str, by: Sequence[str] = ()) -> list[Step]:
    return [step for agreement in agreements for step in _agreement_steps(agreement, purpose=purpose, by=by)]


def _agreement_steps(agreement: Facts, *, purpose: str, by: Sequence[str]) -> list[Step]:
    """A step for each clause with the purpose, or for those naming a field of `by` where some do."""
    listed = agreement.get("clauses", [])
    clauses = [clause for clause in listed if purpose in clause.get("purposes", ())] if isinstance(listed, list) else []
    naming = [clause for clause in clauses if set(by) & set(clause.get("fields", ()))]
    steps = [_clause_step(agreement, clause, purpose=purpose) for clause in naming or clauses]
    return steps or ([_agreement_step(agreement)] if purpose == "publish" else [])


def _clause_step(agreement: Facts, clause: Facts, *, purpose: str) -> Step:
    told = {
        "partner": agreement.get("partner", ""),
        "clause": str(clause.get("number", "")),
        "agreement": str(agreement.get("id", "")),
        "until": str(agreement.get("until", "")),
    }
    if purpose == "publish":
        sentence = Message(
            "{partner} allows publication by clause {clause} of agreement {agreement}, until {until}", **told
        )
    else:
        sentence = Message(
            "{partner} allows estimation by clause {clause} of agreement {agreement}, until {until}", **told
        )
    stated = {key: value for key, value in agreement.items() if key != "clauses"}
    facts = {"purpose": purpose, "clause": clause.get("number"), "fields": clause.get("fields")}
    return Step("agreement", sentence, stated | facts)


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
        "{partner} sent the file {file}, kept unedited, keyed SHA-256 {checksum}",
        partner=file.get("partner", ""),
        file=str(file.get("file", "")),
        checksum=str(file.get("keyed_sha256", "")),
    )
    return Step("file", sentence, file)


def _mapping_step(mapping: Facts) -> Step:
    sentence = Message(
        "The columns of {partner} were read by the mapping {file}, keyed SHA-256 {checksum}",
        partner=mapping.get("partner", ""),
        file=str(mapping.get("file", "")),
        checksum=str(mapping.get("keyed_sha256", "")),
    )
    return Step("mapping", sentence, mapping)


def _linkage_steps(linkages: Sequence[Facts]) -> list[Step]:
    if not linkages:
        return []
    linkage = linkages[0]
    if linkage.get("method") in (None, "", "none"):
        sentence = Message("No file identifies people, so each row counts as one person")
    else:
        method = str(linkage["method"])
        sentence = Message(
            "Records of the same person were linked, so that each person counts once ({method})",
            method=_LINKAGES.get(method, method),
        )
    return [Step("linkage", sentence, linkage), *_quality_steps(linkage)]


def _quality_steps(linkage: Facts) -> list[Step]:
    """How good the linkage is, as it went into every interval; told where the hub gives its rounded rates."""
    precision, recall = linkage.get("precision"), linkage.get("recall")
    if not isinstance(precision, list) or not isinstance(recall, list):
        return []
    sentence = Message(
        "Of the links made, {precision} % are estimated true ({precision_lower} to {precision_upper}); of the true "
        "ones, {recall} % were made ({recall_lower} to {recall_upper}); the intervals contain this error",
        **_percents("precision", precision),
        **_percents("recall", recall),
    )
    return [Step("linkage", sentence, {"precision": precision, "recall": recall})]


def _percents(name: str, rate: Sequence[float]) -> dict[str, float]:
    places = (name, f"{name}_lower", f"{name}_upper")
    return {place: _short(100 * share) for place, share in zip(places, rate, strict=True)}


def _protection_step(table: ClearedTable) -> Step:
    facts: dict[str, object] = {"epsilon": table.epsilon, "sigma": table.sigma}
    if not table.epsilon:
        return Step("protection", _threshold_rule(table), facts | {"rounding": table.rounding})
    sentence = Message(
        "Noise of standard deviation {sigma} was added before it left; the table cost {epsilon} of the privacy budget",
        sigma=_short(table.sigma),
        epsilon=_short(table.epsilon),
    )
    return Step("protection", sentence, facts)


def _threshold_rule(table: ClearedTable) -> Message:
    if table.rounding == 1:
        return Message("Small figures were withheld by the threshold rule before it left")
    return Message(
        "Small figures were withheld by the threshold rule, and the others rounded to multiples of {base}, before it "
        "left",
        base=table.rounding,
    )


def _published(known: KnownFigure) -> Facts:
    """A figure of another publisher, outside epsilon, for machines."""
    one = known.invariant
    return {
        "by": list(one.by),
        "codes": list(one.codes),
        "value": one.value,
        "source": one.publisher,
        "published": one.published.isoformat(),
        "agrees": known.agrees,
    }


def _overlap_protection_steps(estimate: ClearedEstimate) -> list[Step]:
    """What protects the overlaps of the lists; no step where there are none to protect."""
    facts: Facts = {"manner": estimate.manner, "epsilon": estimate.epsilon}
    if estimate.manner == "noised" and estimate.epsilon:
        sentence = Message(
            "Noise was added to the overlaps of the lists before anything was estimated; they cost {epsilon} of the "
            "privacy budget",
            epsilon=_short(estimate.epsilon),
        )
        return [Step("protection", sentence, facts)]
    if estimate.manner == "declared" and estimate.total is not None:
        sentence = Message(
            "By decision of the steward it was computed from the exact overlaps and rounded to the width of its "
            "interval; it is not covered by the privacy budget."
        )
        return [Step("protection", sentence, facts)]
    return []


def _linkage_share_steps(estimate: ClearedEstimate) -> list[Step]:
    if estimate.linkage_share is None:
        return []
    sentence = Message(
        "Of its uncertainty, about {share} % comes from not knowing who is the same person in two lists.",
        share=round(100 * estimate.linkage_share),
    )
    return [Step("linkage", sentence, {"linkage_share": estimate.linkage_share})]


def _estimation_step(estimate: ClearedEstimate, overlaps: Sequence[Facts]) -> Step:
    listed = overlaps[0].get("lists", ()) if overlaps else ()
    lists = [str(name) for name in listed] if isinstance(listed, Sequence) else []
    answered = [str(one.get("method", "")) for one in estimate.methods if one.get("total") is not None]
    facts: Facts = {
        "lists": lists,
        "methods": answered,
        "status": estimate.status,
        "linkage_share": estimate.linkage_share,
    }
    if estimate.total is None:
        reason = estimate.reason or Message("no method could answer")
        return Step("estimation", Message("Not estimable: {reason}", reason=reason), facts)
    sentence = Message(
        "Estimated from who is on several of the lists {lists} (multiple systems estimation); methods that answered: "
        "{methods}; their disagreement widens the interval of the total",
        lists=", ".join(lists),
        methods=", ".join(answered),
    )
    return Step("estimation", sentence, facts)


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
