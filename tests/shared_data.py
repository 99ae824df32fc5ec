"""Where do tests find the real data that are not part of the product? Beside the repository, or nowhere: then they skip."""

from pathlib import Path

import pytest

__all__ = ["shared_data"]

_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """The path of one real file; the test that asks skips, saying so, where the folder is absent."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"real data absent: ../shared/data/{name}")
    return path
