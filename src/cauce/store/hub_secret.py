"""What stands for a checksum where everybody may read it? The checksum under a secret of the hub.

Whoever knows a file but for one person's row can try every row against its plain checksum; without the secret nobody
can. The steward still can tell which file it was. The secret lies beside the ledger, not in the vault: a vault that is
made anew must find what was charged already.
"""

import hmac
import secrets

from cauce.store.workspace import Hub
from cauce.store.written import write_whole

__all__ = ["keyed"]

_BYTES = 32


def keyed(hub: Hub, checksum: str) -> str:
    """HMAC-SHA256 of a checksum, in hexadecimal; the hub's secret is drawn the first time.

    In
        hub        its hub
        checksum   plain SHA-256, in hexadecimal
    Out
        str   the same for the same file of the same hub
    """
    return hmac.new(_secret(hub), checksum.encode("ascii"), "sha256").hexdigest()


def _secret(hub: Hub) -> bytes:
    path = hub.ledger_path.with_name("hub.secret")
    if not path.is_file():
        write_whole(path, secrets.token_bytes(_BYTES))  # readable by its owner alone
    return path.read_bytes()
