"""Logs: facts by keys from a list, so that nothing personal slips in by a new key."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from orchestrator import logs


def logged(**facts: object) -> dict[str, object]:
    """Log one event with these facts and return its line."""
    out = StringIO()
    logs.logger(out, run="r1").info("step.done", **facts)
    line: dict[str, object] = json.loads(out.getvalue())
    return line


def test_a_line_says_when_what_and_of_which_run() -> None:
    """In UTC."""
    line = logged(item="P-1", receipt="KV-1")

    assert line | {"timestamp": ""} == {
        "event": "step.done", "level": "info", "timestamp": "", "run": "r1", "item": "P-1", "receipt": "KV-1",
    }  # fmt: skip
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize("key", ["name", "personnummer", "text", "reason", "user", "password", "url", "detail", "note"])
def test_a_key_that_is_not_listed_never_reaches_the_log(key: str) -> None:
    """Only that something was dropped is said."""
    line = logged(**{key: "Anna Andersson", "item": "P-1"})

    assert "Anna" not in json.dumps(line)
    assert line["dropped_keys"] == 1
    assert line["item"] == "P-1"


def test_what_is_bound_is_dropped_as_well() -> None:
    """A logger handed on carries nothing that a line may not."""
    out = StringIO()

    logs.logger(out).bind(person="Anna").warning("step.failed")

    assert "Anna" not in out.getvalue()


def test_an_exception_is_not_written_out() -> None:
    """Its text may quote the page."""
    out = StringIO()
    try:
        int("aria-label='Anna Andersson'")
    except ValueError:
        logs.logger(out).exception("run.broke")

    assert "Anna" not in out.getvalue()


def test_no_listed_key_is_one_that_names_a_person() -> None:
    """Whoever adds one must think of it."""
    assert not logs.ALLOWED & {"name", "person", "personnummer", "text", "reason", "note", "detail", "args", "inputs"}
