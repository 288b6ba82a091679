"""What the ledger promises of alerts: each thing worth telling is found, stands there once, and is told in the end."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest

from bots.contract import Receipt
from orchestrator import bootstrap
from orchestrator.clock import Clock
from orchestrator.ledger import alerts as told
from orchestrator.ledger import expected
from orchestrator.ledger.alerts import OVERLAP, Alert
from orchestrator.ledger.store import Errand, Ledger
from orchestrator.settings import ScheduleSettings, Settings
from tests.builders import NOW, TODAY, a_holder, a_page, an_item, options
from tests.contract.claims import all_claimed
from tests.contract.test_fleet import GRACE, Computers
from tests.contract.test_ledger import ACCOUNT, a_plan, both_at_once, done
from tests.fakes import Clock as Wall
from tests.fakes import KeptLog

Opener = Callable[[], Ledger]
BOT = "reminder-cleanup"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SINCE = NOW - HOUR
PERSON = "Märta Åkesson 199003152385"


def begun(ledger: Ledger, run: str = "r1", *, at: datetime = NOW, machines: bool = True, **facts: Any) -> int:
    """Begin a run for the machines, or for who sits at a terminal, and return its epoch."""
    errand = Errand("standard", ACCOUNT) if machines else None
    ledger.create_run(run, BOT, today=TODAY, options=options(**facts), now=at, errand=errand)
    return ledger.claim(run, a_holder(), [f"{ACCOUNT}-{run}"], at)


def ended(
    ledger: Ledger, run: str = "r1", state: str = "done", *, sentence: str | None = None, at: datetime = NOW,
    took: timedelta = 30 * MINUTE, seen: int = 300, **facts: Any,
) -> None:  # fmt: skip
    """Carry a run to its end, which comes at that moment."""
    epoch = begun(ledger, run, at=at - took, **facts)
    ledger.seen(run, epoch, seen)
    ledger.end_run(run, epoch, state=state, exit_code=0, sentence=sentence, now=at)


def nights(ledger: Ledger, count: int, **facts: Any) -> None:
    """Let so many nights before this one have gone well."""
    for night in range(1, count + 1):
        ended(ledger, f"night-{night}", at=NOW - night * timedelta(days=1), **facts)


def lost(ledger: Ledger, run: str, count: int, state: str, sentence: str | None = None) -> None:
    """Let a run end with so many steps of which nobody knows whether they happened."""
    epoch = begun(ledger, run)
    a_plan(ledger, run, epoch, *(an_item(f"{run}-{place}") for place in range(count)))
    for step in all_claimed(ledger, run, epoch):
        ledger.uncertain(run, epoch, step, "Svaret uteblev.")
    ledger.end_run(run, epoch, state=state, exit_code=1, sentence=sentence, now=NOW)


def found(ledger: Ledger, now: datetime = NOW) -> list[Alert]:
    return told.find(ledger, SINCE, now, slow=3.0)


def keys(ledger: Ledger, now: datetime = NOW) -> list[str]:
    return [each.key for each in found(ledger, now)]


def an_alert(key: str = "failed:r1", **facts: Any) -> Alert:
    return dataclasses.replace(Alert(key, "failed", "Lifecare svarar inte.", NOW, BOT, "r1"), **facts)


def stored(ledger: Ledger, *which: Alert, now: datetime = NOW, wanted: bool = True) -> list[str]:
    """Store these, and return the keys of what is new."""
    return [each.key for each in told.store(ledger, which, now, wanted=wanted)]


def taken(ledger: Ledger, now: datetime = NOW) -> list[str]:
    return [each.key for each in told.take(ledger, now)]


# How a run ended.


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ("failed", "failed"),
        ("drifted", "drift"),
        ("waiting", "guard"),
        ("waiting_for_sign_in", "sign_in"),
        ("partial", "partial"),
    ],
)
def test_a_run_that_did_not_end_well_is_told_of_in_its_own_words(ledger: Ledger, state: str, named: str) -> None:
    """They were written for people, and name nobody."""
    ended(ledger, state=state, sentence="Lifecare svarar inte.")

    assert found(ledger) == [Alert(f"{named}:r1", named, "Lifecare svarar inte.", NOW, BOT, "r1")]


@pytest.mark.parametrize("state", ["done", "planned", "cancelled", "interrupted", "rejected", "expired"])
def test_a_run_that_ended_as_somebody_wanted_is_not_told_of(ledger: Ledger, state: str) -> None:
    """Nor is one that goes on later."""
    ended(ledger, state=state, took=MINUTE)

    assert found(ledger) == []


@pytest.mark.parametrize("how", [{"machines": False}, {"mock": True}], ids=["at a terminal", "against a mock"])
def test_what_somebody_looks_at_anyway_is_not_told_of(ledger: Ledger, how: dict[str, Any]) -> None:
    """They have seen it."""
    ended(ledger, state="failed", **how)

    assert found(ledger) == []


def test_what_ended_before_the_last_look_is_not_told_of(ledger: Ledger) -> None:
    """A fresh installation says nothing of its past."""
    ended(ledger, state="failed", at=SINCE)

    assert found(ledger) == []


def test_uncertain_steps_are_told_of_by_their_number(ledger: Ledger) -> None:
    """However the run ended otherwise: also one that a person called off."""
    lost(ledger, "r1", 3, "cancelled")

    (alert,) = found(ledger)

    assert (alert.key, alert.sentence) == ("uncertain:r1", "Åtgärder som ingen vet om de blev utförda: 3.")


def test_a_run_that_is_partly_done_for_uncertain_steps_is_told_of_once(ledger: Ledger) -> None:
    """In one sentence after the other."""
    lost(ledger, "r1", 1, "partial", "1 poster blev inte klara.")

    (alert,) = found(ledger)

    assert alert.sentence == "1 poster blev inte klara. Åtgärder som ingen vet om de blev utförda: 1."


def test_a_run_that_failed_with_uncertain_steps_is_told_of_for_both(ledger: Ledger) -> None:
    """One is mended by whoever looks after the bots, the other looked for by a handläggare."""
    lost(ledger, "r1", 1, "failed", "Lifecare svarar inte.")

    assert sorted(keys(ledger)) == ["failed:r1", "uncertain:r1"]


# What the numbers say.


@pytest.mark.parametrize(("minutes", "alerted"), [(90, False), (91, True)])
def test_a_run_that_takes_much_longer_than_usual_is_told_of_while_it_runs(
    ledger: Ledger, minutes: int, alerted: bool
) -> None:
    """Three times as long as the nights before."""
    nights(ledger, 5, took=30 * MINUTE)
    begun(ledger)

    alerts = found(ledger, NOW + minutes * MINUTE)

    assert [each.sentence for each in alerts] == ["Har pågått i 91 min. Vanligtvis tar den 30 min."] * alerted


def test_the_time_that_a_run_waited_is_not_counted(ledger: Ledger) -> None:
    """Nor what a process worked on it that is dead now."""
    nights(ledger, 5, took=30 * MINUTE)
    begun(ledger)
    ledger.claim("r1", a_holder(2), [f"{ACCOUNT}-r1"], NOW + 5 * HOUR)

    assert keys(ledger, NOW + 6 * HOUR) == []


def test_a_map_that_is_getting_old_is_told_of(ledger: Ledger) -> None:
    """The run went well; before the next one does not, somebody can see to it."""
    epoch = begun(ledger)
    worn = [{"screen": "reminder", "element": "more", "verdict": "weak", "sightings": []}]
    ledger.end_run("r1", epoch, state="done", exit_code=0, sentence=None, findings=worn, now=NOW)

    [alert] = [each for each in found(ledger) if each.kind == "weak"]

    assert (alert.key, alert.sentence) == ("weak:r1", "Kartan är på väg att bli inaktuell: reminder.more.")


def test_a_bot_that_suddenly_finds_nothing_is_told_of(ledger: Ledger) -> None:
    """An empty list may be a filter that has changed, and nothing else would say so."""
    nights(ledger, 3, seen=300)
    ended(ledger, seen=0)

    (alert,) = found(ledger)

    assert (alert.key, alert.sentence) == ("nothing:r1", "Såg inga poster. Vanligtvis ser den omkring 300.")


def test_a_bot_that_often_finds_nothing_is_left_alone(ledger: Ledger) -> None:
    """Nothing is what it usually finds."""
    nights(ledger, 3, seen=0)
    ended(ledger, seen=0)

    assert found(ledger) == []


# What did not begin, and who is gone.


def a_clock(ledger: Ledger, wall: Wall, **schedule: Any) -> Clock:
    """Return a clock that has looked once, with one schedule: every day at 05:00."""
    nightly = ScheduleSettings(bot=BOT, days="every", at=time(5), **schedule)
    made = Clock(
        Settings(schedules={"natt": nightly}), ledger, now=wall.now, log=KeptLog().logger,
        errand=lambda _bot: (options(), Errand("standard", ACCOUNT)),
    )  # fmt: skip
    made.tick()
    return made


def test_a_due_time_that_passed_unseen_is_told_of(ledger: Ledger) -> None:
    """At whatever time the clock is up again."""
    wall = Wall(NOW)
    clock = a_clock(ledger, wall, catch_up="never")
    wall.forward(8 * 3600)

    clock.tick()

    assert [(each.key, each.at) for each in found(ledger)] == [
        ("missed:natt:2026-03-31T03:00:00Z", NOW + 45 * MINUTE)
    ]  # fmt: skip


def test_a_run_that_no_machine_took_in_time_is_told_of_when_it_is_given_up(ledger: Ledger) -> None:
    """That is long after it was due, and all up to then has been looked at."""
    wall = Wall(NOW)
    clock = a_clock(ledger, wall, catch_up=6 * HOUR)
    wall.forward(3600)
    clock.tick()
    wall.forward(8 * 3600)
    clock.tick()

    alerts = told.find(ledger, wall.now() - OVERLAP, wall.now(), slow=3.0)

    assert [each.kind for each in alerts] == ["missed"]
    assert "Ingen maskin tog den." in alerts[0].sentence


def test_what_was_skipped_is_not_told_of(ledger: Ledger) -> None:
    """Somebody has paused the bot, and knows."""
    wall = Wall(NOW)
    clock = a_clock(ledger, wall)
    expected.pause(ledger, BOT, by="anna", why="Lifecare uppgraderas.", now=NOW)
    wall.forward(3600)

    clock.tick()

    assert keys(ledger) == []


def test_a_machine_that_was_found_dead_is_told_of_also_when_it_is_back(open_ledger: Opener) -> None:
    """One that freezes for a minute a night is ill, and is there whenever somebody looks."""
    ledger, computers = open_ledger(), Computers(open_ledger)
    dead, heir = computers.up("dead", "heir")
    computers.silence("dead")
    assert heir.bury(GRACE) == {"dead": []}
    while not dead.beat():
        Event().wait(0.02)

    alerts = found(ledger)

    computers.down()
    assert [(each.kind, each.sentence.split()[0], each.run) for each in alerts] == [("machine", "dead", None)]


def test_a_machine_that_left_is_not_told_of(open_ledger: Opener) -> None:
    """Somebody has stopped it."""
    ledger, computers = open_ledger(), Computers(open_ledger)
    (one,) = computers.up("one")
    one.leave()
    computers.down()

    assert found(ledger) == []


@pytest.mark.parametrize(("minutes", "alerted"), [(15, False), (16, True)])
def test_a_run_that_there_is_no_machine_for_is_told_of(ledger: Ledger, minutes: int, alerted: bool) -> None:
    """It would wait for ever."""
    ledger.create_run("r1", BOT, today=TODAY, options=options(), now=NOW, errand=Errand("stora", ACCOUNT))

    assert keys(ledger, NOW + minutes * MINUTE) == ["unserved:r1"] * alerted


def test_a_machine_that_is_restarted_is_waited_for(open_ledger: Opener) -> None:
    """It gives back what it has in hand, and takes it up again when it is there."""
    ledger, computers = open_ledger(), Computers(open_ledger)
    ended(ledger, state="interrupted")
    (one,) = computers.up("one")
    one.leave()
    computers.down()
    left = bootstrap.now()

    assert keys(ledger, left + 14 * MINUTE) == []
    assert keys(ledger, left + 16 * MINUTE) == ["unserved:r1"]


def test_a_run_that_waits_for_its_turn_is_not_told_of(open_ledger: Opener) -> None:
    """There is a machine for it, which has other things in hand."""
    ledger, computers = open_ledger(), Computers(open_ledger)
    computers.up("one")
    ledger.create_run("r1", BOT, today=TODAY, options=options(), now=NOW, errand=Errand("standard", ACCOUNT))

    alerts = found(ledger, NOW + HOUR)

    computers.down()
    assert alerts == []


# Each thing once.


def test_what_is_found_again_stands_there_already(ledger: Ledger) -> None:
    """However often it is looked."""
    ended(ledger, state="failed")

    assert [stored(ledger, *found(ledger)) for _ in range(3)] == [["failed:r1"], [], []]


def test_of_two_that_look_at_once_one_stores_it(open_ledger: Opener) -> None:
    """Twenty times, from two connections: people are told once."""
    one, other = open_ledger(), open_ledger()
    ends = [
        both_at_once(
            partial(stored, one, an_alert(f"failed:r{turn}")),
            partial(stored, other, an_alert(f"failed:r{turn}")),
        )
        for turn in range(20)
    ]

    assert all([] in each and [f"failed:r{turn}"] in each for turn, each in enumerate(ends))
    assert len(told.latest(one, 100)) == 20


def test_of_two_that_take_at_once_one_gets_it(open_ledger: Opener) -> None:
    """Else both would send it."""
    one, other = open_ledger(), open_ledger()
    ends = []
    for turn in range(20):
        stored(one, an_alert(f"failed:r{turn}"))
        ends.append(both_at_once(lambda: taken(one), lambda: taken(other)))

    assert all([] in each and [f"failed:r{turn}"] in each for turn, each in enumerate(ends))


def test_the_first_look_is_where_the_past_ends(ledger: Ledger) -> None:
    """And stays so, whoever looks next."""
    assert told.watched(ledger, NOW) == NOW
    assert told.watched(ledger, NOW + HOUR) == NOW


def test_an_ending_that_waited_for_the_database_is_still_found(ledger: Ledger) -> None:
    """It says when the run ended, which is before the looks that could not see it."""
    told.watched(ledger, NOW)
    for minute in range(0, 24 * 60, 10):
        stored(ledger, now=NOW + minute * MINUTE)
    ended(ledger, state="failed", at=NOW + 23 * HOUR + 10 * MINUTE)

    since = told.watched(ledger, NOW)

    assert since == NOW + 24 * HOUR - 10 * MINUTE - OVERLAP
    assert [each.key for each in told.find(ledger, since, NOW, slow=3.0)] == ["failed:r1"]


def test_a_clock_that_is_slow_takes_nothing_back(ledger: Ledger) -> None:
    """Of two orchestrators one is always behind."""
    told.watched(ledger, NOW)
    stored(ledger, now=NOW + 5 * HOUR)
    stored(ledger, now=NOW + 3 * HOUR)

    assert told.watched(ledger, NOW) == NOW + 4 * HOUR


# Told in the end.


def test_what_is_sent_is_not_due_any_more(ledger: Ledger) -> None:
    """It says when it was."""
    stored(ledger, an_alert())
    told.sent(ledger, told.take(ledger, NOW), NOW + MINUTE)

    assert taken(ledger, NOW + timedelta(days=1)) == []
    (alert,) = told.latest(ledger, 50)
    assert (alert.sent, alert.tries, alert.next_try) == (NOW + MINUTE, 1, None)


def test_what_is_not_sent_comes_again_later_and_later_and_for_ever(ledger: Ledger) -> None:
    """A mail server that is away for a weekend delays a message, and loses none."""
    stored(ledger, an_alert())
    moment, waits = NOW, []
    for _ in range(6):
        assert taken(ledger, moment) == ["failed:r1"]
        (alert,) = told.latest(ledger, 50)
        assert alert.next_try is not None
        assert taken(ledger, alert.next_try - timedelta(seconds=1)) == []
        waits.append(alert.next_try - moment)
        moment = alert.next_try

    assert waits == [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR, HOUR]


def test_what_nobody_wanted_is_not_sent_later(ledger: Ledger) -> None:
    """Who names the first target isn't told of the months before."""
    stored(ledger, an_alert(), wanted=False)

    assert taken(ledger, NOW + HOUR) == []
    assert [each.key for each in told.latest(ledger, 50)] == ["failed:r1"]


def test_the_latest_come_first(ledger: Ledger) -> None:
    """And no more than are asked for."""
    stored(ledger, *(an_alert(f"failed:r{hour}", at=NOW + hour * HOUR) for hour in range(5)))

    assert [each.key for each in told.latest(ledger, 2)] == ["failed:r4", "failed:r3"]


# One day.


def test_a_day_is_told_by_what_each_bot_did(ledger: Ledger) -> None:
    """Runs by how they ended, and items by what came of them; a mock's don't count, a person's do."""
    epoch = begun(ledger, "r1", machines=False)
    a_plan(ledger, "r1", epoch, *(an_item(f"P-{place}") for place in range(5)))
    for place, step in enumerate(all_claimed(ledger)):
        if place < 2:
            done(ledger, step)
        elif place == 2:
            ledger.refer("r1", epoch, step, "Ändrades av någon annan.", sent=False)
        else:
            ledger.uncertain("r1", epoch, step, "Svaret uteblev.")
    ledger.end_run("r1", epoch, state="partial", exit_code=1, now=NOW)
    ended(ledger, "r2")
    ended(ledger, "r3", mock=True)
    ended(ledger, "yesterday's", at=NOW - timedelta(days=1))

    days = told.days(ledger, NOW - timedelta(days=1), NOW)

    assert days == {BOT: told.Day(runs=Counter(partial=1, done=1), done=2, referred=1, uncertain=2)}


def test_an_item_counts_on_the_day_when_it_was_done(ledger: Ledger) -> None:
    """Also when its run went on for days."""
    epoch = begun(ledger)
    a_plan(ledger, "r1", epoch, an_item("P-1"), an_item("P-2"))
    for day, step in enumerate(all_claimed(ledger)):
        ledger.done(
            "r1", epoch, step, Receipt("KV-1", {}), now=NOW + day * timedelta(days=1), confirmed=False,
            map_version="lifecare 2023.10", located_by=None,
        )  # fmt: skip
    ledger.end_run("r1", epoch, state="done", exit_code=0, now=NOW + timedelta(days=1))

    days = [told.days(ledger, NOW + (day - 1) * timedelta(days=1), NOW + day * timedelta(days=1)) for day in range(3)]

    assert [day[BOT].done if day else None for day in days] == [1, 1, None]


# Nobody is named.


def test_nothing_that_is_sealed_is_told(ledger: Ledger) -> None:
    """Messages leave the house; what was read of a person does not."""
    for run, state in (("r1", "failed"), ("r2", "partial"), ("r3", "drifted"), ("r4", "waiting")):
        epoch = begun(ledger, run)
        page = a_page(id=f"{run}-P", person="199003152385", text=PERSON)
        a_plan(ledger, run, epoch, an_item(f"{run}-P", page=page), an_item(f"{run}-Q", page=page))
        first, second = all_claimed(ledger, run, epoch)
        ledger.uncertain(run, epoch, first, "Svaret uteblev.", detail=PERSON)
        ledger.fail(run, epoch, second, "Sidan kom inte.", detail=PERSON)
        ledger.keep(run, epoch, first, "trace", PERSON.encode(), now=NOW)
        ledger.end_run(run, epoch, state=state, exit_code=1, sentence="Det gick inte.", now=NOW)

    alerts = found(ledger)

    assert len(alerts) == 7
    assert not [each for each in alerts for word in PERSON.split() if word in repr(each)]
    assert not [each for each in alerts if "-P" in repr(each) or "-Q" in repr(each)]


def test_an_alert_holds_when_it_is_read_again(ledger: Ledger) -> None:
    """Nothing is lost between finding and sending."""
    whole = an_alert(at=bootstrap.now())
    stored(ledger, whole)

    (again,) = told.take(ledger, NOW)

    assert again == dataclasses.replace(whole, next_try=NOW)
