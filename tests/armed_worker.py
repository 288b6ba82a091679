"""A real worker that meets its end at a named point of a step: `armed_worker.py RUN POINT N ACT`.

At the N-th time that the point is reached it is killed (`kill`), frozen (`stop`) or left without room on its disk
(`fill`). The signals are real ones, sent to itself: they come at exactly that point, which no other process could time.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable

from orchestrator.bootstrap import carry


def _fill() -> None:
    # No file can grow any more, as on a full disk. Python ignores the signal that comes with it, so a write just fails.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


ACTS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "fill": _fill,
}


def main() -> int:
    """Carry the run that is named on the command line, armed."""
    run_id, armed_at, nth, act = sys.argv[1:]
    left = int(nth)

    def reached(point: str) -> None:
        nonlocal left
        left -= point == armed_at
        if point == armed_at and left == 0:
            ACTS[act]()

    return carry(run_id, reached)


if __name__ == "__main__":
    sys.exit(main())
