"""What do the encodings that others publish look like to a stranger? Plain Bloom filters of a record (CLK).

Nothing of Cauce uses them: they are here to be attacked, so that a failed attack on our tokens means something.
"""

import hmac
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["compare_filters", "fill_filters"]

_BITS = 1024
_HASHES = 10


def fill_filters(texts: Sequence[Sequence[str]], *, key: bytes) -> NDArray[np.bool_]:
    """The filter of each record: ten bits for each pair of neighbouring letters of its fields.

    In
        texts   (record,) the fields of each record
        key     secret of the filters
    Out
        (record, bit) bool
    Source
        Schnell, Bachteler & Reiher 2011, A novel error-tolerant anonymous linking code (CLK)

    >>> int(fill_filters([["ana"]], key=b"k").sum()) <= 40
    True
    """
    places: dict[str, NDArray[np.int64]] = {}
    filters = np.zeros((len(texts), _BITS), dtype=bool)
    for row, fields in enumerate(texts):
        for field in fields:
            padded = f"_{field}_"
            for start in range(len(padded) - 1):
                gram = padded[start : start + 2]
                if gram not in places:
                    places[gram] = _places(gram, key)
                filters[row, places[gram]] = True
    return filters


def compare_filters(filters: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Dice similarity of each two filters.

    In
        filters   (record, bit) bool
    Out
        (record, record) between 0 and 1
    """
    numbers = filters.astype(np.float32)
    sizes = numbers.sum(axis=1)
    shared = numbers @ numbers.T
    return np.asarray(2 * shared / np.maximum(sizes[:, None] + sizes[None, :], 1), dtype=np.float64)


def _places(gram: str, key: bytes) -> NDArray[np.int64]:
    first = int.from_bytes(hmac.digest(key, b"1" + gram.encode(), "sha256")[:8], "big")
    second = int.from_bytes(hmac.digest(key, b"2" + gram.encode(), "sha256")[:8], "big")
    return np.array([(first + turn * second) % _BITS for turn in range(_HASHES)], dtype=np.int64)
