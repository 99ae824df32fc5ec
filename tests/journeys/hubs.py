"""The commands as a person types them, in a process of their own, and a small fictitious hub that journeys share."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Said", "cauce"]


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        return json.loads(self.out)


def cauce(*words: object, cwd: Path | None = None, stdin: str | None = None) -> Said:
    """Runs `cauce WORDS` and waits."""
    line = [sys.executable, "-m", "cauce", *(str(word) for word in words)]
    done = subprocess.run(line, capture_output=True, text=True, cwd=cwd, input=stdin, timeout=600, check=False)
    return Said(done.returncode, done.stdout, done.stderr)
