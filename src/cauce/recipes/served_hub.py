"""What of a hub may the web door see? Its releases, never the vault; and what it says where there is no page."""

from collections.abc import Sequence
from pathlib import Path

from cauce.publish import absent_page
from cauce.standards.errors import Refusal
from cauce.standards.messages import LANGUAGES
from cauce.store import releases, workspace

__all__ = ["absent_page_for", "count_releases", "latest_release", "releases_to_serve"]


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


def absent_page_for(folder: Path, *, wishes: Sequence[str]) -> tuple[str, str]:
    """The page that says that there is none, in the first language wished for that there is; Spanish for any other.

    In
        folder   of the releases
        wishes   tags of languages, the dearest first: "fr-CA", "ar"
    Out
        language, HTML
    """
    newest = releases.newest_in(folder)
    known = [one for one in LANGUAGES if newest is not None and (newest / "site" / one).is_dir()]
    wished = [tag.lower().partition("-")[0] for tag in wishes]
    language = next((one for tag in wished for one in LANGUAGES if one == tag), LANGUAGES[0])
    return language, absent_page.render_absent(language, languages=known)
