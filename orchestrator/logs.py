"""Logs as facts: past-tense events with keys from a list, so that personal data cannot slip in by a new key."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from structlog.typing import WrappedLogger

#: The only keys that reach a log. A key belongs here if its value can name no person.
ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "run", "bot", "epoch", "item", "step", "state", "rule", "outcome", "system",
        "screen", "element", "map_version", "located_by", "receipt", "attempt", "count", "error", "exit_code",
        "kind", "failed", "machine",
    }
)  # fmt: skip


def only_allowed(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every key that is not allowed, and say how many were dropped."""
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    if len(kept) < len(event):
        kept["dropped_keys"] = len(event) - len(kept)
    return kept


def logger(
    out: TextIO | None = None,
    **facts: Any,  # noqa: ANN401 - any fact
) -> structlog.typing.FilteringBoundLogger:
    """Return a logger that writes JSON lines to `out`, standard error by default, each with `facts`."""
    bound: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr if out is None else out),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    ).bind(**facts)
    return bound
