"""What does the demo print and show today? Puts its words in README.md and the tutorial, its page in docs/images.

`make pictures` runs it; Chromium takes the photograph.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["photograph", "run_demo"]

_ROOT = Path(__file__).resolve().parents[1]
_PAGES = ("README.md", "docs/tutorials/first-fifteen-minutes.md")
_BLOCK = re.compile(r"(```console figures-vary\n\$ (?:make demo|cauce demo [^\n]*)\n).*?(```)", re.DOTALL)


def run_demo(folder: Path) -> str:
    """The words of the demo in English, the folder's own path left out."""
    command = [sys.executable, "-m", "cauce", "demo", str(folder), "--no-serve", "--lang", "en"]
    settings = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "LC_ALL": "C.UTF-8"}
    said = subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout
    return said.replace(str(folder.parent), "...")


def photograph(page: Path, picture: Path) -> None:
    """The top of a page, as a reader at a desk sees it."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1100,640"]
    subprocess.run([browser, *flags, f"--screenshot={picture}", page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        hub = Path(place) / "demo"
        words = run_demo(hub)
        site = next((hub / "releases").glob("*/site"))
        photograph(site / "en" / "index.html", _ROOT / "docs" / "images" / "overview.png")
    for name in _PAGES:
        text = _BLOCK.sub(lambda match: match[1] + words + match[2], (_ROOT / name).read_text(encoding="utf-8"))
        (_ROOT / name).write_text(text, encoding="utf-8")
    print(f"Wrote docs/images/overview.png and the words of {' and '.join(_PAGES)}")
