"""Which versions does a list of requirements bring, with all that these need in turn?

It asks the packages installed in the virtual environment that runs it, never an index: install, try, then lock.
"""

import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

__all__ = ["close_over", "read_requirements"]


def read_requirements(path: Path) -> list[str]:
    """The lines of a requirements file that name a package."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def close_over(lines: list[str]) -> list[str]:
    """Pins of the packages named and of all that they need here, by name."""
    found: dict[tuple[str, str], Distribution] = {}
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (_plain_name(wanted.name), extra)
            if key not in found:
                found[key] = distribution(wanted.name)
                waiting += _needs(found[key], extra=extra)
    return sorted({f"{_plain_name(item.metadata['Name'])}=={item.version}" for item in found.values()})


def _needs(installed: Distribution, *, extra: str) -> list[Requirement]:
    needs = [Requirement(line) for line in installed.requires or []]
    return [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]


def _plain_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sources = [Path(argument) for argument in sys.argv[1:]]
    print(f"# Every package that {' and '.join(map(str, sources))} bring, direct or not; written by `make lock`.")
    print(*close_over([line for source in sources for line in read_requirements(source)]), sep="\n")
