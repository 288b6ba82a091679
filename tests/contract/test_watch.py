"""The watch over a ledger and a real mail server: people are told of each thing, once, and nobody is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any, NoReturn

import pytest
from pydantic import SecretStr

from bots.errors import StateNotWritable
from orchestrator.alerts import Watch
from orchestrator.ledger import alerts as told
from orchestrator.ledger.store import Concern, Ledger
from orchestrator.ledger.tables import evidence, items, steps
from orchestrator.notify import Delivery, Targets
from orchestrator.settings import AlertSettings, ScheduleSettings, Settings
from tests.builders import NOW, a_page, an_item
from tests.contract.claims import claimed
from tests.contract.test_alerts import BOT, HOUR, MINUTE, begun, ended
from tests.contract.test_ledger import a_plan, both_at_once
from tests.fakes import Clock as Wall
from tests.fakes import KeptLog
from tests.servers import Mail, mail_server, text_of

Opener = Callable[[], Ledger]
#: Where nobody listens.
NOWHERE = "json://127.0.0.1:1"


class Office:
    """Watches over one ledger, at 04:15 in Sweden at first, and a mailbox that they write to."""

    def __init__(self, open_ledger: Opener, mail: Mail) -> None:
        """The first look is done."""
        self._open = open_ledger
        self.ledger = open_ledger()
        self.mail = mail
        self.wall = Wall(NOW)
        self.log = KeptLog()
        self.watch = self.another()
        self.watch.look()

    def another(self, *also: str, alone: bool = False, **alerts: Any) -> Watch:
        """Return one more watch, as another orchestrator would have it. `alone`: it has nobody to tell."""
        nightly = ScheduleSettings(bot=BOT, days="every", at=time(4, 15))
        settings = Settings(alerts=AlertSettings(**alerts), schedules={"natt": nightly})
        targets = None if alone else Targets([SecretStr(each) for each in (*also, self.mail.address())])
        return Watch(settings, self._open(), targets, now=self.wall.now, log=self.log.logger)

    def fail(self, run: str = "r1") -> None:
        """Let a run fail a second from now."""
        self.wall.forward(1)
        ended(self.ledger, run, "failed", sentence="Lifecare svarar inte.", at=self.wall.now())

    def pass_(self, time: timedelta, watch: Watch | None = None) -> None:
        """Let time pass, and look."""
        self.wall.forward(time.total_seconds())
        (watch or self.watch).look()

    def subjects(self) -> list[str]:
        """Return the subjects of what has come since it was last asked."""
        return [each["subject"] for each in self.mail.all()]


@pytest.fixture
def mail() -> Iterator[Mail]:
    """Return a mail server."""
    with mail_server() as server:
        yield server


@pytest.fixture
def office(open_ledger: Opener, mail: Mail) -> Office:
    """Return an office where nothing has happened yet."""
    return Office(open_ledger, mail)


# Alerts.


def test_what_goes_wrong_is_mailed_once(office: Office) -> None:
    """However often it is looked."""
    office.fail()

    for _ in range(3):
        office.pass_(MINUTE)

    (message,) = office.mail.all()
    assert text_of(message).splitlines() == [
        "Flotta: 1 misslyckad körning",
        "Misslyckad körning, reminder-cleanup, tis 2026-03-31 04:15: Lifecare svarar inte. Mer: flotta show r1",
    ]


def test_what_one_look_finds_is_one_message(office: Office) -> None:
    """A night on which Lifecare is away fills nobody's mailbox."""
    for number in range(20):
        office.fail(f"r{number}")

    office.pass_(MINUTE)

    assert office.subjects() == ["Flotta: 20 misslyckade körningar"]


def test_two_that_look_at_once_mail_it_once(office: Office) -> None:
    """Ten times, each with a ledger of its own."""
    one, other = office.another(), office.another()
    for number in range(10):
        office.fail(f"r{number}")
        both_at_once(one.look, other.look)

    assert office.subjects() == ["Flotta: 1 misslyckad körning"] * 10


def test_what_failed_before_the_first_look_is_history(open_ledger: Opener, mail: Mail) -> None:
    """Who upgrades isn't told of years."""
    ended(open_ledger(), state="failed", at=NOW - MINUTE)

    office = Office(open_ledger, mail)
    office.pass_(MINUTE)

    assert office.subjects() == []


def test_a_message_that_is_refused_comes_later_and_once(office: Office) -> None:
    """The mail server is full, for an hour and a half."""
    watch = office.another(digest="never")
    office.mail.refusing = True
    office.fail()
    for _ in range(18):
        office.pass_(5 * MINUTE, watch)
    assert (office.subjects(), office.mail.refused) == ([], 5)

    office.mail.refusing = False
    for _ in range(18):
        office.pass_(5 * MINUTE, watch)

    assert office.subjects() == ["Flotta: 1 misslyckad körning"]


def test_what_one_target_took_is_told(office: Office) -> None:
    """The other is named in the log by its kind, and doesn't hold the mail back or double it."""
    watch = office.another(NOWHERE)
    office.fail()

    for _ in range(3):
        office.pass_(20 * MINUTE, watch)

    assert office.subjects() == ["Flotta: 1 misslyckad körning"]
    sent = [(each["event"], each["kind"]) for each in office.log.lines if each["event"].startswith("message.")]
    assert sent == [("message.refused", "json"), ("message.sent", "mailto")]


def test_without_anybody_to_tell_alerts_are_stored_all_the_same(office: Office) -> None:
    """`flotta alerts` shows them. They aren't sent to whoever is named later, and no digest waits for them."""
    office.fail()
    for _ in range(24):
        office.pass_(HOUR, office.another(alone=True))

    office.watch.look()

    assert office.subjects() == []
    assert [each.key for each in told.latest(office.ledger, 50)] == ["failed:r1"]


# The digest.


def test_a_digest_is_mailed_every_day_at_its_time(office: Office) -> None:
    """At seven by the Swedish clock, unless another time is set; one line on a quiet day."""
    office.pass_(2 * HOUR + 44 * MINUTE)
    assert office.subjects() == []

    office.pass_(MINUTE)

    subject, *text = text_of(office.mail.next()).splitlines()
    quiet = "Inga körningar det senaste dygnet, och inget som väntar. Maskiner: inga."
    assert subject == "Flotta: dygnet till tis 2026-03-31 07:00"
    assert text == [f"{quiet} Nästa tider: natt ons 2026-04-01 04:15."]
    office.pass_(timedelta(days=1))
    assert office.subjects() == ["Flotta: dygnet till ons 2026-04-01 07:00"]


def test_of_several_watches_one_mails_the_digest(office: Office) -> None:
    """Whichever is first."""
    one, other = office.another(), office.another()
    for _ in range(5):
        office.wall.forward(24 * 3600)
        both_at_once(one.look, other.look)
        office.watch.look()

    assert len(office.subjects()) == 5


def test_a_digest_whose_time_passed_unseen_is_mailed_once(office: Office) -> None:
    """Of all days that nobody was up, the last."""
    office.pass_(timedelta(days=9, hours=5))

    assert office.subjects() == ["Flotta: dygnet till tor 2026-04-09 07:00"]


def test_a_digest_that_nobody_wants_is_not_made(office: Office) -> None:
    """The time may be `never`."""
    office.pass_(timedelta(days=2), office.another(digest="never"))

    assert told.latest(office.ledger, 50) == []


def test_a_digest_tells_of_the_day_before_it(office: Office) -> None:
    """What was done, and what waits for people."""
    epoch = begun(office.ledger)
    a_plan(office.ledger, "r1", epoch, an_item())
    office.ledger.end_run("r1", epoch, state="waiting", exit_code=3, sentence="För många.", now=NOW + MINUTE)

    office.pass_(3 * HOUR)

    _, digest = office.mail.all()
    assert "reminder-cleanup: väntar på godkännande × 1." in text_of(digest)
    assert "Att ta ställning till: stoppad plan × 1, ny regelversion × 1." in text_of(digest)


# Nobody is named.


def test_no_mail_has_anything_of_a_person(office: Office) -> None:
    """Every sealed column of the run is about somebody; no mail is."""
    person = ("Märta", "Åkesson", "199003152385", "LSS-2025-0001", "P-17")
    epoch = begun(office.ledger)
    page = a_page(id="P-17", person=person[2], text=" ".join(person[:2]))
    a_plan(office.ledger, "r1", epoch, an_item("P-17", page=page))
    step = claimed(office.ledger)
    office.ledger.uncertain("r1", epoch, step, "Svaret uteblev.", detail=" ".join(person))
    office.ledger.keep("r1", epoch, step, "trace", " ".join(person).encode(), now=NOW)
    _seal_everywhere(office.ledger, " ".join(person))
    office.ledger.end_run(
        "r1", epoch, state="partial", exit_code=1, sentence="1 poster blev inte klara.", now=NOW + MINUTE
    )

    office.pass_(3 * HOUR)

    alert, digest = office.mail.all()
    for said in (alert.as_string(), digest.as_string(), text_of(alert), text_of(digest), office.log.text):
        assert [word for word in person if word in said] == []


def _seal_everywhere(ledger: Ledger, said: str) -> None:
    """Let every sealed column say it."""
    sealed = ledger.vault.seal(said)
    with ledger.changing() as connection:
        for table in (items, steps, evidence):
            names = [column.name for column in table.columns if column.type.python_type is bytes]
            assert names
            connection.execute(table.update().values(dict.fromkeys(names, sealed)))
        concern = ledger.vault.seal(Concern(said, said, date(2026, 3, 31)))
        connection.execute(items.update().values(concern=concern))


# The watch itself.


class Broken:
    """Somebody to tell, and a library below that breaks."""

    def send(self, _subject: str, _body: str) -> list[Delivery]:
        """Break, with the address in the message."""
        raise RuntimeError("mailto://bot:hemligt@example.se")


def test_whatever_breaks_is_logged_by_its_class(office: Office) -> None:
    """The watch goes on, and the message comes again."""
    office.watch._targets = Broken()  # type: ignore[assignment] # all of `Targets` that it uses
    office.fail()
    office.pass_(MINUTE)

    assert ("watch.broke", "RuntimeError") in [(each["event"], each.get("error")) for each in office.log.lines]
    assert "hemligt" not in office.log.text
    office.pass_(MINUTE, office.another())
    assert office.subjects() == ["Flotta: 1 misslyckad körning"]


def test_a_watch_without_a_database_looks_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened meanwhile is told then."""
    office.fail()
    with monkeypatch.context() as away:
        away.setattr(office.watch._ledger, "changing", _gone)
        office.pass_(MINUTE)
    assert (office.subjects(), office.log.events) == ([], ["ledger.gone", "ledger.gone"])

    office.pass_(MINUTE)

    assert office.subjects() == ["Flotta: 1 misslyckad körning"]


def _gone() -> NoReturn:
    raise StateNotWritable("databasen")


def test_a_watch_looks_by_itself_until_it_is_stopped(office: Office) -> None:
    """In a thread of its own, which is gone when `stop` returns."""
    office.fail()

    office.watch.start()
    try:
        assert office.mail.next()["subject"] == "Flotta: 1 misslyckad körning"
    finally:
        office.watch.stop()

    assert not office.watch._thread.is_alive()


def test_a_watch_that_was_stopped_before_it_began_ends_at_once(office: Office) -> None:
    """A signal may come at any time."""
    office.watch._stopping.set()
    office.watch.start()

    office.watch.stop()

    assert office.subjects() == []
