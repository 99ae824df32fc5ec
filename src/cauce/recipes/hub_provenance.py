"""From what was a release of this hub made? The chain that every number of it shares, without any exact count."""

import hashlib
import math
import platform
from importlib.metadata import version
from pathlib import Path

import cauce
from cauce.protect import histories
from cauce.recipes.agreed_partners import Participant, Participation
from cauce.recipes.linked_hub import HubPeople
from cauce.store import agreements as agreement_files
from cauce.store import hub_secret, ledger, mappings
from cauce.store.workspace import Hub

__all__ = ["provenance_of"]

_LIBRARIES = ("ibis-framework", "duckdb", "opendp", "numpy", "scipy")


def provenance_of(hub: Hub, taking: Participation, people: HubPeople) -> dict[str, object]:
    """Files by keyed checksum, mappings, agreements with their clauses, the linkage, the ledger's last entry, the code.

    In
        hub      the hub, its ledger charged for the release already
        taking   who took part
        people   the linked people
    Out
        mapping with the parts that `publish.derivations.public_provenance` names
    """
    return {
        "files": [
            {
                "partner": one.partner,
                "file": f"{one.partner} {number}",  # the name that the partner gave it may be a person's
                "keyed_sha256": hub_secret.keyed(hub, kept.sha256),
            }
            for one in taking.partners
            for number, kept in enumerate(one.files, start=1)
        ],
        "mappings": [
            {
                "partner": one.partner,
                "file": f"mappings/{one.partner}.toml",
                "keyed_sha256": _checksum(hub, mappings.mapping_path(hub, one.partner)),
            }
            for one in taking.partners
        ],
        "agreements": [_agreement(hub, one) for one in taking.partners],
        "linkage": {
            "method": people.method,
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


def _checksum(hub: Hub, path: Path) -> str:
    return hub_secret.keyed(hub, hashlib.sha256(path.read_bytes()).hexdigest())


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
        "keyed_sha256": _checksum(hub, agreement_files.agreement_path(hub, one.partner)),
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
