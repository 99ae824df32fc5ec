"""What stands for a checksum where everybody may read it? The checksum under a secret of the hub.

Whoever knows a file but for one person's row can try every row against its plain checksum; without the secret nobody
can. The steward still can tell which file it was. The secret lies beside the ledger, not in the vault: a vault that is
made anew must find what was charged already.
"""

import hmac
import secrets
from pathlib import Path
from typing import Protocol

from cauce.standards.errors import Refusal
from cauce.store import ledger_file
from cauce.store.written import write_whole

__all__ = ["draw_secret", "keyed"]

_BYTES = 32


class _Hub(Protocol):
    """Of a `workspace.Hub`, which is founded with a secret, its folder."""

    @property
    def root(self) -> Path: ...


def draw_secret(root: Path) -> None:
    """Draws the secret of a new hub, readable by its owner alone.

    In
        root   folder of the hub
    """
    write_whole(root / "hub.secret", secrets.token_bytes(_BYTES))


def keyed(hub: _Hub, checksum: str) -> str:
    """HMAC-SHA256 of a checksum, in hexadecimal.

    In
        hub        its hub; one founded without a secret gets it while nothing is charged
        checksum   plain SHA-256, in hexadecimal
    Out
        str   the same for the same file of the same hub
    Refuses
        store.lost_secret   the hub's secret is gone: what was charged could not be told from what is new
    """
    return hmac.new(_secret(hub.root), checksum.encode("ascii"), "sha256").hexdigest()


def _secret(root: Path) -> bytes:
    path = root / "hub.secret"
    if not path.is_file():
        if ledger_file.is_begun(root / "ledger.sqlite"):
            raise _lost()
        draw_secret(root)
    return path.read_bytes()


def _lost() -> Refusal:
    return Refusal(
        "store.lost_secret",
        found="The file hub.secret is gone, under which this hub's releases and charges were made",
        wanted="the secret that lay beside the ledger",
        remedy="Put back its copy; where there is none, write 32 random bytes to it: the next run is charged anew",
    )
