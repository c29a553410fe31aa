"""SIGTERM and Ctrl-C before the daemon listens for them: it ends at once, with exit 0, as it does afterwards.

Loading what samewire is made of takes longer than everything else that stands before the first poll, so this comes
before that; it knows nothing but the standard library.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

_told = False


def listen(arguments: Sequence[str]) -> None:
    """From now on, and until the daemon listens by itself, end quietly when told to; only where `run` is to be run."""
    if command_of(arguments) == "run":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _end)


def told() -> bool:
    """Whether a signal came that did not end us: some callbacks of the interpreter swallow what is raised in them."""
    return _told


def command_of(arguments: Sequence[str]) -> str | None:
    """The command among the arguments: the first that is neither an option nor the value of --config."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--config":
            next(rest, None)
        elif not argument.startswith("-"):
            return argument
    return None


def _end(_number: int, _frame: object) -> None:
    """Transactions are rolled back and the lock is given back on the way out."""
    global _told  # noqa: PLW0603 - a signal handler has nothing else to write to
    _told = True
    sys.exit(0)
