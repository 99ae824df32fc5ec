"""How is one draw of noise kept, so that a release interrupted after it is finished with the same noise?

As bytes for the ledger: only what is noisy already, with what each part cost. Reading them back gives the same draw.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cauce.protect import noise, tables
from cauce.protect.left_counts import LeftCounts

__all__ = ["Draw", "pack", "pack_counts", "unpack", "unpack_counts"]


@dataclass(frozen=True)
class Draw:
    """All the noise of one release: its tables, and its capture histories where an estimate is made from them."""

    tables: Sequence[tables.NoisyTable]
    histories: noise.Noised | None


def pack(draw: Draw) -> bytes:
    """A draw as bytes.

    In
        draw   Draw
    Out
        bytes   a NumPy archive without pickles
    """
    described = [
        {"by": table.by, "sigma": table.sigma, "rho": table.rho, "persons_repeat": table.persons_repeat}
        for table in draw.tables
    ]
    histories = None if draw.histories is None else {"sigma": draw.histories.sigma, "rho": draw.histories.rho}
    arrays = {f"table_{place}": table.values for place, table in enumerate(draw.tables)}
    if draw.histories is not None:
        arrays["histories"] = draw.histories.values
    text = json.dumps({"tables": described, "histories": histories})
    stream = io.BytesIO()
    np.savez_compressed(stream, description=np.frombuffer(text.encode(), dtype=np.uint8), **arrays)  # type: ignore[arg-type]  # typed as its flags
    return stream.getvalue()


def unpack(content: bytes) -> Draw:
    """The draw that `pack` wrote.

    In
        content   bytes
    Out
        Draw

    >>> drawn = Draw([tables.NoisyTable(("sex",), np.array([3, 4]), 2.0, 0.1, False)], None)
    >>> unpack(pack(drawn)).tables[0].values.tolist()
    [3, 4]
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        description = json.loads(archive["description"].tobytes())
        noisy = [
            tables.NoisyTable(
                tuple(told["by"]), archive[f"table_{place}"], told["sigma"], told["rho"], told["persons_repeat"]
            )
            for place, told in enumerate(description["tables"])
        ]
        told = description["histories"]
        histories = noise.Noised(archive["histories"], told["sigma"], told["rho"]) if told else None
    return Draw(noisy, histories)


def pack_counts(left: LeftCounts) -> bytes:
    """Counts as they left under thresholds, as bytes.

    In
        left   LeftCounts
    Out
        bytes   a NumPy archive without pickles
    """
    stream = io.BytesIO()
    names = {name for by in left.tables for name in by}
    told = {"tables": list(left.tables), "domain": {name: left.domain[name] for name in sorted(names)}}
    arrays = {f"table_{place}": table for place, table in enumerate(left.tables.values())}
    description = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    np.savez_compressed(stream, description=description, **arrays)  # type: ignore[arg-type]  # typed as its flags
    return stream.getvalue()


def unpack_counts(content: bytes) -> LeftCounts:
    """The counts that `pack_counts` wrote.

    In
        content   bytes
    Out
        LeftCounts

    >>> unpack_counts(pack_counts(LeftCounts({("a",): np.array([12, -1])}, {"a": ("x", "y")})))
    LeftCounts(tables={('a',): array([12, -1])}, domain={'a': ('x', 'y')})
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        told = json.loads(archive["description"].tobytes())
        tables = {tuple(by): archive[f"table_{place}"] for place, by in enumerate(told["tables"])}
    return LeftCounts(tables, {name: tuple(codes) for name, codes in told["domain"].items()})
