"""What does a command leave that is killed at its k-th durable step? It runs in a child, and the child is killed there.

A durable step is a statement that changes the ledger, a flush to the disk, a rename, a removal, or a file of a release
written. The children are forked from a server that has loaded Cauce and has touched nothing else.
"""

import multiprocessing
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

__all__ = ["finish", "forked", "kill_at"]

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["tests.killed", "cauce.recipes.ask", "cauce.recipes.protect_file"])

_CHANGES = ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT")
_FILES_A_STEP = 25


def finish(call: Callable[..., Any], *words: Any) -> tuple[Any, int]:
    """What the call returns when nothing kills it, and how many durable steps it took."""
    here, there = forked.Pipe(duplex=False)
    child = forked.Process(target=_run, args=(there, 0, call, words))
    child.start()
    there.close()
    told = here.recv()
    child.join()
    return told


def kill_at(step: int, call: Callable[..., Any], *words: Any) -> bool:
    """Runs the call and kills it before its k-th durable step; claims that it was killed."""
    here, there = forked.Pipe(duplex=False)
    child = forked.Process(target=_run, args=(there, step, call, words))
    child.start()
    there.close()
    child.join()
    here.close()
    return child.exitcode == -signal.SIGKILL


def _run(pipe: Connection, step: int, call: Callable[..., Any], words: tuple[Any, ...]) -> None:
    steps = _Steps(step)
    steps.watch()
    pipe.send((call(*words), steps.taken))


class _Steps:
    """Counts the durable steps of this process and kills it before the one that is asked (0: never)."""

    def __init__(self, last: int) -> None:
        self.last, self.taken, self.files = last, 0, 0

    def watch(self) -> None:
        for module, name in ((os, "fsync"), (os, "rename"), (os, "replace"), (shutil, "rmtree")):
            setattr(module, name, self._counted(getattr(module, name)))
        Path.write_bytes = self._counted_file(Path.write_bytes)
        steps = self

        class Connected(sqlite3.Connection):
            def execute(self, sql: str, *words: Any) -> sqlite3.Cursor:
                if sql.startswith(_CHANGES):
                    steps.take()
                return super().execute(sql, *words)

        sqlite3.connect = partial(sqlite3.connect, factory=Connected)

    def take(self) -> None:
        self.taken += 1
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*words: Any, **options: Any) -> Any:
            self.take()
            return function(*words, **options)

        return counted

    def _counted_file(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """One file in twenty-five is a step: a release has some hundreds, all written the same way."""

        def counted(path: Path, content: bytes) -> Any:
            self.files += 1
            if self.files % _FILES_A_STEP == 1:
                self.take()
            return function(path, content)

        return counted
