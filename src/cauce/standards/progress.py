"""How does long work tell what is done and what is left, without knowing who listens?"""

from typing import Protocol

from cauce.standards.messages import Message

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Called by a recipe whenever a step moves on; a door shows it, a test ignores it."""

    def __call__(self, step: Message, /, done: int, total: int) -> None: ...


def silent(step: Message, /, done: int, total: int) -> None:
    """The listener that says nothing."""
