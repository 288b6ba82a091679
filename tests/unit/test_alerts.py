"""Alerts: when the numbers are worth one, how messages read, and when a digest is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import alerts
from orchestrator.clock import DAY, ZONE
from orchestrator.ledger.alerts import ENDINGS, WAITS, Alert, Day, finds_nothing, is_slow, wait_after
from orchestrator.present import ALERTS, QUESTIONS, STATES
from tests.builders import NOW

BOT = "reminder-cleanup"


def minutes(*numbers: float) -> list[timedelta]:
    return [timedelta(minutes=number) for number in numbers]


def an_alert(kind: str = "failed", run: str | None = "r1", sentence: str = "Lifecare svarar inte.") -> Alert:
    return Alert(f"{kind}:{run}", kind, sentence, NOW, BOT if run else None, run)


# What the numbers say.


@pytest.mark.parametrize(
    ("lasted", "before", "expected"),
    [
        (90, [30] * 5, False),
        (91, [30] * 5, True),
        (91, [30] * 4, False),
        (500, [], False),
        # One night that hung makes none of the next ones look quick.
        (91, [30, 30, 30, 30, 900], True),
        (91, [10, 20, 30, 40, 50, 60], False),
        (106, [10, 20, 30, 40, 50, 60], True),
        # Seconds become minutes for reasons that need nobody.
        (9.9, [1] * 20, False),
        (10, [1] * 20, True),
    ],
)
def test_a_run_is_too_slow_by_what_its_bot_usually_takes(lasted: float, before: list[float], expected: bool) -> None:
    """Three times as long as the middle one of enough runs, and never within ten minutes."""
    assert is_slow(timedelta(minutes=lasted), minutes(*before), 3.0) is expected


@given(st.lists(st.integers(1, 10_000), min_size=5), st.floats(1.1, 100))
def test_a_run_like_those_before_is_never_too_slow(before: list[int], factor: float) -> None:
    """However they differ among themselves, one that takes no longer than the usual one is left alone."""
    lengths = minutes(*before)

    assert not is_slow(sorted(lengths)[len(lengths) // 2 - 1], lengths, factor)


@pytest.mark.parametrize(
    ("seen", "before", "expected"),
    [
        (0, [300, 280, 310], True),
        (0, [300, 280], False),
        (0, [], False),
        (1, [300, 280, 310], False),
        (0, [0, 0, 300], False),
        (0, [0, 300, 280], True),
        (0, [0] * 10, False),
    ],
)
def test_nothing_is_remarkable_where_there_usually_is_something(seen: int, before: list[int], expected: bool) -> None:
    """By the middle one of enough runs."""
    assert finds_nothing(seen, before) is expected


@pytest.mark.parametrize(("tries", "wait"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (1000, 60)])
def test_a_message_is_tried_again_later_and_later_and_then_every_hour(tries: int, wait: int) -> None:
    """A server that is down is spared, and one that is back is not waited with for long."""
    assert wait_after(tries) == timedelta(minutes=wait)


def test_a_message_is_never_tried_again_while_it_may_still_be_on_its_way() -> None:
    """Whoever took it to send it may be at it until its time is over."""
    from orchestrator.notify import SEND_WITHIN  # noqa: PLC0415 - Apprise, for this one alone

    assert timedelta(seconds=SEND_WITHIN) < min(WAITS)


# How messages read.


def test_an_alert_is_one_line_with_what_shows_more() -> None:
    """What, which bot, when by the Swedish clock, the run's own sentence, and a command to copy."""
    message = alerts.message([an_alert()])

    assert message.subject == "Flotta: 1 misslyckad körning"
    assert message.body == (
        "Misslyckad körning, reminder-cleanup, tis 2026-03-31 04:15: Lifecare svarar inte. Mer: flotta show r1"
    )


def test_several_alerts_are_one_message_that_counts_them() -> None:
    """The worst first in the subject, each with its own paragraph."""
    message = alerts.message([an_alert("missed", None), an_alert(), an_alert(run="r2")])

    assert message.subject == "Flotta: 2 misslyckade körningar, 1 missad körning"
    assert [line.rpartition("Mer: ")[2] for line in message.body.split("\n\n")] == [
        "flotta schedule", "flotta show r1", "flotta show r2",
    ]  # fmt: skip


def test_very_many_alerts_are_not_all_written_out() -> None:
    """A month without the clock is one mail that can be read."""
    message = alerts.message([an_alert("missed", None)] * 2880)

    assert message.subject == "Flotta: 2880 missade körningar"
    assert len(message.body.split("\n\n")) == 51
    assert message.body.endswith("Och 2830 till: flotta alerts")


@pytest.mark.parametrize("kind", ALERTS)
def test_every_kind_has_words_and_a_command_that_there_is(kind: str) -> None:
    """A message must be able to say whatever the ledger finds."""
    from typer.main import get_command  # noqa: PLC0415 - the command line, for this one alone

    from orchestrator.cli import app  # noqa: PLC0415 - as above

    line = alerts.message([an_alert(kind)]).body

    assert line.startswith(ALERTS[kind][0].capitalize())
    assert line.rpartition("Mer: flotta ")[2].split()[0] in get_command(app).commands  # type: ignore[attr-defined]


def test_every_ending_that_is_told_of_is_an_ending_and_has_words() -> None:
    """Neither table goes its own way."""
    assert set(ENDINGS) <= set(STATES)
    assert set(ENDINGS.values()) <= set(ALERTS)
    assert set(alerts.MORE) <= set(ALERTS)


# The digest.


def test_a_digest_has_a_paragraph_for_each_matter() -> None:
    """What was done, what was not, what waits for people, who is there, what comes."""
    text = alerts.digest(
        {BOT: Day(runs={"done": 2, "failed": 1}, done=88, referred=25, uncertain=1)},  # type: ignore[arg-type]
        {"missed": {"natt": 1}, "skipped": {"natt": 2, "kvartal": 1}, "ran": {"natt": 3}},
        {"item": 25, "plan": 1},
        ["robot-1", "robot-2"],
        {"natt": datetime(2026, 4, 1, 2, 15, tzinfo=UTC)},
    )

    assert text.split("\n\n") == [
        "reminder-cleanup: klar × 2, misslyckad × 1; poster: utförda × 88, till handläggare × 25, osäkra × 1.",
        "Missade tider: natt × 1.",
        "Överhoppade tider: natt × 2, kvartal × 1.",
        "Att ta ställning till: hänvisad post × 25, stoppad plan × 1.",
        "Maskiner: robot-1, robot-2.",
        "Nästa tider: natt ons 2026-04-01 04:15.",
    ]


def test_a_day_on_which_nothing_happened_is_one_line() -> None:
    """That it comes at all says that somebody is awake."""
    text = alerts.digest({}, {}, {}, [], {})

    assert text == "Inga körningar det senaste dygnet, och inget som väntar. Maskiner: inga."


def test_every_kind_of_question_can_be_counted() -> None:
    """Whatever waits in the review queue is in the digest."""
    text = alerts.digest({}, {}, dict.fromkeys(QUESTIONS, 2), [], {})

    assert text.count("× 2") == len(QUESTIONS)


def swedish(wall: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("since", "now", "day"),
    [
        ("2026-03-31 06:00", "2026-03-31 06:59", None),
        ("2026-03-31 06:00", "2026-03-31 07:00", "2026-03-31"),
        ("2026-03-31 06:59", "2026-03-31 07:59", "2026-03-31"),
        ("2026-03-31 07:00", "2026-03-31 08:00", None),
        # Nobody was up at seven.
        ("2026-03-30 22:00", "2026-03-31 12:00", "2026-03-31"),
        ("2026-03-30 05:00", "2026-03-31 06:00", "2026-03-30"),
        ("2026-03-01 05:00", "2026-03-31 12:00", "2026-03-31"),
        # By the clock on the wall, also when it is changed.
        ("2026-03-29 06:30", "2026-03-29 07:00", "2026-03-29"),
        ("2026-10-25 06:30", "2026-10-25 07:00", "2026-10-25"),
    ],
)
def test_a_digest_is_due_once_its_time_has_come(since: str, now: str, day: str | None) -> None:
    """And only the last one, when several have passed unseen."""
    found = alerts.digest_day(time(7), swedish(since), swedish(now))

    assert found == (date.fromisoformat(day) if day else None)


@given(at=st.times(), looks=st.lists(st.integers(1, 40 * 24 * 60), min_size=2, unique=True))
def test_a_digest_is_of_a_day_whose_time_has_come_since(at: time, looks: list[int]) -> None:
    """At whatever moments it was looked, over the change to summer time."""
    begin = swedish("2026-03-15 00:00").astimezone(UTC)
    since, now = (begin + timedelta(minutes=minute) for minute in sorted(looks)[:2])

    day = alerts.digest_day(at.replace(tzinfo=None), since, now)

    if now - since > DAY + timedelta(hours=1):
        assert day is not None
    if day is not None:
        assert abs(now.astimezone(ZONE).date() - day) <= DAY
