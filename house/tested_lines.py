"""Which tests run which lines? A plugin of pytest that writes it down, so that a planted fault meets those tests first.

`pytest -p tested_lines --lines-to lines.json --lines-of FILE --lines-of FILE…`, with this folder on the path. Lines run
as a module is imported, in another process or in a fixture of several tests are not told of each test: the answer
says whom to ask first, never whom not to ask.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write, and of which files."""
    parser.addoption("--lines-to", type=Path, help="file for the lines that each test runs, as JSON")
    parser.addoption("--lines-of", action="append", default=[], help="a source file whose lines are watched")


def pytest_configure(config: pytest.Config) -> None:
    """Watches the tests where a file was named for it."""
    if config.getoption("--lines-to"):
        watched = {str(Path(name).resolve()) for name in config.getoption("--lines-of")}
        config.pluginmanager.register(_Watch(watched, config.getoption("--lines-to")))


class _Watch:
    """Collects `test -> {"seconds": …, "lines": {file: [line…]}}`, in the order of the tests, all cases of one as one.

    The name of a case may hold the bytes that it is given, and those may be others in the next run.
    """

    def __init__(self, watched: set[str], path: Path) -> None:
        self._watched, self._path = watched, path
        self._seen: set[tuple[str, int]] = set()
        self._tests: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._seen, began = set(), time.perf_counter()
        sys.settrace(self._enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            told = self._tests.setdefault(item.nodeid.split("[")[0], {"seconds": 0.0, "lines": {}})
            told["seconds"] += time.perf_counter() - began
            for name, line in sorted(self._seen):
                told["lines"].setdefault(name, []).append(line)

    def pytest_sessionfinish(self) -> None:
        self._path.write_text(json.dumps(self._tests), encoding="utf-8")

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        return self._step if frame.f_code.co_filename in self._watched else None

    def _step(self, frame: FrameType, event: str, argument: object) -> Any:
        self._seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._step
