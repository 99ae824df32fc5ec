"""From what was a release of this hub made? The chain that every number of it shares, without any exact count."""

import hashlib
import math
import platform
from importlib.metadata import version

import cauce
from cauce.protect import histories
from cauce.recipes.agreed_partners import Participant, Participation
from cauce.recipes.linked_hub import HubPeople
from cauce.store import agreements as agreement_files
from cauce.store import ledger, mappings
from cauce.store.workspace import Hub

__all__ = ["provenance_of"]

_LIBRARIES = ("ibis-framework", "duckdb", "opendp", "numpy", "scipy")


def provenance_of(hub: Hub, taking: Participation, people: HubPeople) -> dict[str, object]:
    """Files by checksum, mappings, agreements with their clauses, the linkage, the ledger's last entry, the code.

    In
        hub      the hub, its ledger charged for the release already
        taking   who took part
        people   the linked people
    Out
        mapping with the parts that `publish.derivations.public_provenance` names
    """
    return {
        "files": [
            {"partner": one.partner, "file": kept.path.name, "sha256": kept.sha256}
            for one in taking.partners
            for kept in one.files
        ],
        "mappings": [
            {"partner": one.partner, "file": f"mappings/{one.partner}.toml", "sha256": _checksum(hub, one)}
            for one in taking.partners
        ],
        "agreements": [_agreement(hub, one) for one in taking.partners],
        "linkage": {
            "method": people.linkage["method"] if people.linkage else "none",
            "lists": [one.partner for one in taking.partners],
            **_quality(people),
        },
        "overlaps": {"lists": histories.list_names(people.captures) if people.captures is not None else []},
        "ledger": {"last_entry": ledger.verify_chain(hub.ledger_path)},
        "code": {
            "name": "cauce",
            "version": cauce.__version__,
            "python": platform.python_version(),
            "libraries": {name: version(name) for name in _LIBRARIES},
        },
    }


def _quality(people: HubPeople) -> dict[str, list[float]]:
    """Precision and recall with their intervals, to half a percent: finer ones would tell of single links."""
    if people.error is None:
        return {}
    rates = {"precision": people.error.precision, "recall": people.error.recall}
    return {
        name: [round(value * 200) / 200, math.floor(lower * 200) / 200, math.ceil(upper * 200) / 200]
        for name, (value, lower, upper) in rates.items()
    }


def _checksum(hub: Hub, one: Participant) -> str:
    return hashlib.sha256(mappings.mapping_path(hub, one.partner).read_bytes()).hexdigest()


def _agreement(hub: Hub, one: Participant) -> dict[str, object]:
    signed = one.agreement
    return {
        "partner": one.partner,
        "id": signed.agreement_id,
        "signed": str(signed.signed),
        "from": str(signed.from_date),
        "until": str(signed.until_date),
        "legal_basis": signed.legal_basis,
        "linkage": signed.linkage,
        "sha256": hashlib.sha256(agreement_files.agreement_path(hub, one.partner).read_bytes()).hexdigest(),
        "clauses": [
            {
                "number": clause.number,
                "fields": list(clause.fields),
                "purposes": list(clause.purposes),
                "recipients": list(clause.recipients),
            }
            for clause in signed.clauses
        ],
    }
