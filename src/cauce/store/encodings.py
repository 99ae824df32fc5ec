"""Where does an encoded list lie? In one Parquet file that appears whole or not at all, readable by its owner alone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cauce.standards.errors import Refusal
from cauce.store.written import written_whole

__all__ = ["load_encoding", "save_encoding"]


def save_encoding(table: pa.Table, path: Path) -> None:
    """Writes an encoding.

    In
        table   rows and heading, as the room `link` lays them out
        path    file to write
    """
    # Tokens look like noise: compressing or indexing them costs time and saves nothing.
    with written_whole(path) as stream:
        pq.write_table(table, stream, compression={"tokens": "none"}, use_dictionary=False, write_statistics=False)


def load_encoding(path: Path) -> pa.Table:
    """Reads an encoding as it was written.

    In
        path   file that `cauce encode` wrote
    Out
        rows and heading
    Refuses
        store.not_parquet   the file was cut short, or is something else
    """
    try:
        return pq.read_table(path, memory_map=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise Refusal(
            "store.not_parquet",
            found="{file} cannot be read as an encoding: it was cut short, or is something else",
            wanted="a file that `cauce encode` wrote, whole",
            remedy="Copy it again from where it was made, and compare the sizes",
            file=path.name,
        ) from error
