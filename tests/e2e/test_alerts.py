"""The commands that tell people: `up` mails what went wrong, `alerts` lists it, `alerts --test` tries who is told."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from orchestrator import bootstrap
from orchestrator.ledger import alerts as told
from orchestrator.ledger.store import Errand
from tests.builders import TODAY, a_holder, options
from tests.e2e.house import BOT, House, ended
from tests.servers import Mail, mail_server, text_of

SECRET = "hemligt"  # noqa: S105 - invented
NOWHERE = f"json://bot:{SECRET}@127.0.0.1:1/{SECRET}"


@pytest.fixture
def mail() -> Iterator[Mail]:
    """Return a mail server."""
    with mail_server() as server:
        yield server


def tell(house: House, *addresses: str) -> None:
    """Let these be told."""
    house.environment["FLOTTA_ALERTS__TO"] = json.dumps(addresses)


def fail(house: House, run: str) -> None:
    """Let a run of the machines' fail now, in a house where people are told of what goes wrong."""
    with closing(house.ledger()) as ledger:
        now = bootstrap.now()
        told.watched(ledger, now - timedelta(minutes=1))
        ledger.create_run(run, BOT, today=TODAY, options=options(), now=now, errand=Errand("standard", "konto"))
        epoch = ledger.claim(run, a_holder(), ["konto"], now)
        ledger.end_run(run, epoch, state="failed", exit_code=1, sentence="Lifecare svarar inte.", now=now)


def test_what_failed_is_mailed_and_listed(house: House, mail: Mail) -> None:
    """Also when it did while nobody was up. What does not get through is said by its kind alone."""
    tell(house, NOWHERE, mail.address())
    house.environment["FLOTTA_ALERTS__DIGEST"] = "never"
    fail(house, "r1")

    up = house.start("up")
    message = mail.next()
    up.send_signal(signal.SIGTERM)
    end = ended(up)

    assert (end.code, SECRET in end.said) == (0, False), end.said
    assert "flotta show r1" in text_of(message)
    (alert,) = house.flotta("alerts", "--json").json()
    assert (alert["key"], alert["tries"], alert["next_try"]) == ("failed:r1", 1, None)
    listed = house.flotta("alerts")
    assert "misslyckad körning" in listed.out
    assert "Lifecare svarar inte." in listed.out


def test_a_trial_says_of_each_target_whether_it_took_it(house: House, mail: Mail) -> None:
    """By kind, and never by address."""
    tell(house, NOWHERE, mail.address())

    some = house.flotta("alerts", "--test")
    tell(house, mail.address())
    every = house.flotta("alerts", "--test", "--json")

    assert (some.code, every.code) == (1, 0)
    assert some.out.splitlines() == [
        "1. json: togs inte emot. Kontrollera adressen, lösenordet och servern.",
        "2. mailto: mottaget",
    ]
    assert every.json() == [{"kind": "mailto", "taken": True}]
    assert SECRET not in some.said
    assert [message["subject"] for message in mail.all()] == ["Flotta: prov", "Flotta: prov"]


@pytest.mark.parametrize("command", [("up",), ("alerts", "--test")], ids=" ".join)
def test_an_address_that_is_none_is_refused_at_the_start(house: House, command: tuple[str, ...]) -> None:
    """Not on the night when it is needed."""
    tell(house, "json://127.0.0.1", f"jsons://bot:{SECRET}@")

    end = house.flotta(*command)

    assert end.code == 2
    assert "[alerts] to: adress 2 (jsons) går inte att använda." in end.err
    assert SECRET not in end.said


def test_without_anybody_to_tell_there_is_nothing_to_try(house: House) -> None:
    """And the list is empty, which is no error."""
    assert house.flotta("alerts").code == 0
    trial = house.flotta("alerts", "--test")

    assert trial.code == 2
    assert "Lägg till [alerts] to" in trial.err
