"""What starts when somebody types `cauce`? Nothing heavy is read before Ctrl-C and closed streams can be answered."""

import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cauce.cli.help import TranslatedGroup

__all__ = ["build", "main"]

_REFUSED, _INTERRUPTED = 2, 130
_SOON = 0.05


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command, whatever its streams can write and whenever it is interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    sys.unraisablehook = _heed_lost_interrupt
    try:
        from cauce.cli import family

        family.run(given)
    except KeyboardInterrupt:
        _leave_interrupted(is_json="--json" in given)
    except BrokenPipeError:
        _let_go_of_output()  # whoever read our words has read enough
        sys.exit(0)
    except OSError:
        _let_go_of_output()
        sys.stderr.write("The answer could not be written.\n")
        sys.exit(_REFUSED)


def build() -> "TranslatedGroup":
    """The tree of commands."""
    from cauce.cli import family

    return family.build()


def _open_streams() -> None:
    """Both streams exist and can write any letter."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - it lives as long as we do
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _heed_lost_interrupt(lost: "sys.UnraisableHookArgs") -> None:
    """Ctrl-C while Python clears an object away is lost: it is given again. Other faults there tell nobody anything."""
    if lost.exc_type is KeyboardInterrupt:
        threading.Timer(_SOON, os.kill, [os.getpid(), signal.SIGINT]).start()


def _leave_interrupted(*, is_json: bool) -> None:
    """Ctrl-C before the commands were read, or while another Ctrl-C was being answered: English, and no wait."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if is_json:
        sys.stdout.write('{"refusals": [{"code": "cli.interrupted"}]}\n')
    else:
        sys.stderr.write("Interrupted.\n")
    sys.exit(_INTERRUPTED)


def _let_go_of_output() -> None:
    """What is still to be written goes nowhere: Python would complain of it at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
