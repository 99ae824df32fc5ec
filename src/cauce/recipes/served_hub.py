"""Which folder of a hub may the web door see? Its releases, never the vault."""

from pathlib import Path

from cauce.standards.errors import Refusal
from cauce.store import releases, workspace

__all__ = ["count_releases", "latest_release", "releases_to_serve"]


def releases_to_serve(root: Path) -> Path:
    """The folder of a hub's releases.

    Refuses
        serve.no_release   nothing has been released yet
    """
    hub = workspace.open_hub(root)
    if not releases.list_releases(hub):
        raise Refusal(
            "serve.no_release",
            found="The hub {hub} has no release to serve",
            wanted="at least one release",
            remedy="Run `cauce run` first",
            hub=root.name,
        )
    return hub.releases_dir


def latest_release(folder: Path) -> Path | None:
    """The newest release in a folder of releases, or None where there is none."""
    return releases.newest_in(folder)


def count_releases(folder: Path) -> int:
    """How many releases a folder of releases holds."""
    return sum((path / "release.json").is_file() for path in folder.iterdir())
