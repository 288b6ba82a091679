"""What sending promises: real mail, webhook and Teams servers get the message, and nobody gets to see an address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.errors import ConfigurationError
from orchestrator.notify import Delivery, Targets
from tests.servers import Hook, Mail, a_certificate, hook_server, mail_server, mute_server, text_of

SECRET = "hemligt-lösenord"  # noqa: S105 - invented
SUBJECT, BODY = "Flotta: 1 misslyckad körning", "Åtgärden föll.\n\nMer: flotta show r1"
#: Where nobody listens.
NOWHERE = "127.0.0.1:1"


def targets(*addresses: str) -> Targets:
    return Targets([SecretStr(each) for each in addresses])


def taken(*addresses: str) -> list[bool]:
    return [each.taken for each in targets(*addresses).send(SUBJECT, BODY)]


@pytest.fixture
def mail() -> Iterator[Mail]:
    """Return a mail server that asks nobody for a password."""
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Return a webhook."""
    with hook_server() as server:
        yield server


# Who gets it.


def test_a_mailbox_gets_plain_text(mail: Mail) -> None:
    """Å, ä and ö among it."""
    assert taken(mail.address()) == [True]

    message = mail.next()
    assert (message["subject"], message["from"], message["to"]) == (SUBJECT, "flotta@kommun.test", "drift@kommun.test")
    assert (message.get_content_type(), text_of(message)) == ("text/plain", f"{SUBJECT}\n{BODY}")


def test_a_webhook_gets_title_and_message(hook: Hook) -> None:
    """As JSON, at its path."""
    assert taken(f"json://127.0.0.1:{hook.port}/flotta") == [True]

    path, content = hook.next()
    assert (path, content["title"], content["message"]) == ("/flotta", SUBJECT, BODY)


def test_a_teams_channel_gets_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through its workflow, over TLS alone. Nothing in it is fetched from anywhere when it is read."""
    certificate = a_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with hook_server(certificate) as teams:
        assert taken(f"workflows://localhost:{teams.port}/flode/signatur") == [True]

        path, content = teams.next()
    card = content["attachments"][0]["content"]
    assert path.startswith("/workflows/flode/")
    # Where Markdown would read something else in it, a backslash says that it is meant so.
    shown = [(each["type"], each["text"].replace("\\", "")) for each in card["body"]]
    assert shown == [("TextBlock", SUBJECT), ("TextBlock", BODY)]


def test_a_mail_server_that_wants_a_password_gets_it() -> None:
    """The right one is let in, a wrong one is not."""
    with mail_server(password="riktigt") as mail:  # noqa: S106 - invented
        assert taken(mail.address("bot:fel"), mail.address("bot:riktigt")) == [False, True]


def test_a_target_that_fails_keeps_no_other_from_it(mail: Mail, hook: Hook) -> None:
    """Each is told of in its place, by its kind."""
    hook.refusing = True
    posted = f"json://127.0.0.1:{hook.port}"

    deliveries = targets(f"mailto://{NOWHERE}/?from=a@b.test", posted, mail.address()).send(SUBJECT, BODY)

    assert deliveries == [
        Delivery("mailto", taken=False),
        Delivery("json", taken=False),
        Delivery("mailto", taken=True),
    ]
    assert mail.next()["subject"] == SUBJECT


def test_a_server_that_never_answers_is_not_waited_for(mail: Mail) -> None:
    """As long as the address says, and else a quarter of a minute."""
    with mute_server() as port:
        assert taken(f"mailto://127.0.0.1:{port}/?from=a@b.test&cto=0.2", mail.address()) == [False, True]


def test_messages_may_follow_each_other_at_once(mail: Mail) -> None:
    """A digest is not held up by the alert before it."""
    everybody = targets(mail.address())

    for _ in range(3):
        assert everybody.send(SUBJECT, BODY) == [Delivery("mailto", taken=True)]


# What nobody gets to see.


@pytest.mark.parametrize(
    "address",
    [
        f"mailto://bot:{SECRET}@{NOWHERE}/?from=a@b.test&to=c@d.test",
        f"mailtos://bot:{SECRET}@{NOWHERE}/?from=a@b.test&to=c@d.test",
        f"json://bot:{SECRET}@{NOWHERE}/{SECRET}?+X-Token={SECRET}",
        f"workflows://{NOWHERE}/flode/{SECRET.replace('ö', 'o')}",
        f"slack://{SECRET.replace('ö', 'o')}@T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    ],
    ids=lambda address: address.partition(":")[0],
)
def test_no_secret_of_an_address_is_said_when_sending_fails(
    address: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is logged: the library below writes the whole address at its lowest level."""
    monkeypatch.setenv("https_proxy", f"http://{NOWHERE}")
    caplog.set_level(1)
    caplog.set_level(1, logger="apprise")

    said = repr(targets(address).send(SUBJECT, BODY))

    out, err = capfd.readouterr()
    assert "taken=False" in said
    assert [where for where in (said, caplog.text, out, err) if "hemligt" in where or "TIiajkdn" in where] == []


@pytest.mark.parametrize("refusing", [True, False])
def test_no_secret_of_an_address_is_said_when_it_is_answered(
    hook: Hook, refusing: bool, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The library that posts has a log of its own, which has the path."""
    caplog.set_level(1)
    hook.refusing = refusing

    assert taken(f"json://127.0.0.1:{hook.port}/{SECRET.replace('ö', 'o')}") == [not refusing]

    out, err = capfd.readouterr()
    assert [where for where in (caplog.text, out, err) if "hemligt" in where] == []


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"mailto://{SECRET}", "mailto"),
        (f"jsons://bot:{SECRET}@", "jsons"),
        (f"nosuch://{SECRET}", "nosuch"),
        (SECRET, "okänt slag"),
        (f"{SECRET}://a", "okänt slag"),
        ("", "okänt slag"),
    ],
)
def test_an_address_that_is_none_is_named_by_its_place(
    address: str, named: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """And by its kind, if it has one. It may be right but for one letter."""
    caplog.set_level(1)

    with pytest.raises(ConfigurationError) as refused:
        targets(f"json://{NOWHERE}", address)

    out, err = capfd.readouterr()
    assert f"adress 2 ({named}) går inte att använda" in refused.value.sentence
    assert [where for where in (refused.value.sentence, caplog.text, out, err) if "hemligt" in where] == []
