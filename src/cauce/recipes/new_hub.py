"""How is an empty hub founded? `cauce new`."""

from pathlib import Path

from cauce.standards.messages import LANGUAGES
from cauce.store import workspace
from cauce.store.workspace import Hub

__all__ = ["new_hub"]


def new_hub(root: Path) -> Hub:
    """An empty hub whose hub.toml holds every key with its default; its name is the folder's until somebody edits it.

    Refuses
        store.folder_not_empty   something is in the folder already
    """
    return workspace.found_hub(root, names=dict.fromkeys(LANGUAGES, root.resolve().name), area="")
