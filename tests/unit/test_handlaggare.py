"""What each handläggare gets: her own matters and nobody else's, and a calendar that a later one updates in place."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from bots.reminder_cleanup.bot import BOT
from orchestrator.ledger.store import Concern
from orchestrator.report import handlaggare as personal
from tests.builders import NOW, options
from tests.unit.test_present import a_line, a_run

DAY = date(2026, 4, 17)


def a_concern(handlaggare: str | None = "KAEK", due: date | None = DAY) -> Concern:
    return Concern(handlaggare, "LSS-2025-1", due)


def events(share: personal.Share, **run: Any) -> list[Event]:
    made = Calendar.from_ical(personal.calendar(a_run(**run), share))
    assert isinstance(made, Calendar)
    return [each for each in made.walk("VEVENT") if isinstance(each, Event)]


def shared(*lines: Any, **concerns: Concern) -> dict[str, personal.Share]:
    return personal.shares(lines, {f"reminder:{name.replace('_', '-')}": found for name, found in concerns.items()})


def test_each_gets_what_is_hers() -> None:
    """A list of other people's matters is nobody's business."""
    found = shared(
        a_line("done", key="reminder:P-1", reference="P-1"), a_line("left", key="reminder:P-2", reference="P-2"),
        P_1=a_concern("KAEK"), P_2=a_concern("LEPA"),
    )  # fmt: skip

    assert list(found) == ["KAEK", "LEPA"]
    assert [each.line.reference for each in found["KAEK"].done] == ["P-1"]
    assert [each.line.reference for each in found["LEPA"].open] == ["P-2"]
    assert found["LEPA"].done == []


def test_what_nobody_answers_for_has_a_list_of_its_own() -> None:
    """Somebody must take it over, and must find it first."""
    found = shared(a_line("referred", key="reminder:P-1"), P_1=a_concern(None))

    assert list(found) == [personal.NOBODY]


def test_what_is_protected_is_told_apart_from_what_nobody_answers_for() -> None:
    """One goes to who may see it, the other to who hands matters out; also where its case is not known."""
    found = shared(
        *(a_line("referred", key=f"reminder:P-{number}", reference=f"P-{number}") for number in range(4)),
        P_0=Concern(None, None, None, protected=True), P_1=Concern(None, None, None, protected=False),
        P_2=Concern(None, "LSS-2025-1", None, protected=False), P_3=a_concern(),
    )  # fmt: skip

    assert {account: [each.line.reference for each in share.asked] for account, share in found.items()} == {
        "KAEK": ["P-3"], personal.NOBODY: ["P-1", "P-2"], personal.PROTECTED: ["P-0"],
    }  # fmt: skip
    assert list(found) == ["KAEK", personal.NOBODY, personal.PROTECTED]


def test_what_an_older_version_stored_may_be_protected() -> None:
    """It said nothing of that, and left the case out."""
    assert list(shared(a_line("referred", key="reminder:P-1"), P_1=Concern(None, None, None))) == [personal.PROTECTED]


def test_what_is_purged_is_in_no_list() -> None:
    """Whose it was is gone."""
    assert personal.shares([a_line("referred", key="reminder:P-1")], {}) == {}


@pytest.mark.parametrize(("account", "words"), [("NOBODY", "fördelar"), ("PROTECTED", "behörighet")])
def test_a_list_that_is_no_handlaggares_says_to_whom_it_goes(account: str, words: str) -> None:
    """It names neither case, reason nor day of a protected person's matter."""
    name = getattr(personal, account)
    concern = Concern(None, "LSS-2025-1", DAY, protected=account == "PROTECTED")
    line = a_line("referred", key="reminder:P-1", reference="P-1", reason="Varför?")
    share = shared(line, P_1=concern)[name]

    said = personal.page(BOT, a_run(), name, share)

    assert words in said
    assert "P-1" in said
    assert ("LSS-2025-1" in said, "Varför?" in said) == (account == "NOBODY", account == "NOBODY")


@pytest.mark.parametrize(
    ("state", "due", "parts"),
    [
        ("done", DAY, {"done"}),
        ("left", DAY, {"open"}),
        ("left", None, set()),
        ("referred", DAY, {"asked", "open"}),
        ("referred", None, {"asked"}),
        ("uncertain", DAY, {"open"}),
        ("declined", DAY, {"open"}),
    ],
)
def test_a_matter_is_where_it_is_looked_for(state: str, due: date | None, parts: set[str]) -> None:
    """Until it is known to be done with, it is open, if it has a day."""
    share = shared(a_line(state, key="reminder:P-1"), P_1=a_concern(due=due))["KAEK"]

    assert {part for part in ("done", "asked", "open") if getattr(share, part)} == parts


def test_the_nearest_day_comes_first() -> None:
    """That is the one to look at."""
    share = shared(
        a_line("left", key="reminder:P-1", reference="P-1"), a_line("left", key="reminder:P-2", reference="P-2"),
        P_1=a_concern(), P_2=a_concern(due=DAY - timedelta(days=1)),
    )["KAEK"]  # fmt: skip

    assert [each.line.reference for each in share.open] == ["P-2", "P-1"]


def test_an_event_is_a_whole_day_with_the_reference_alone() -> None:
    """A calendar is seen by colleagues and telephones: no case, no reason, no name."""
    share = shared(a_line("left", key="reminder:P-1", reference="P-1", reason="Gäller Anna."), P_1=a_concern())["KAEK"]

    (event,) = events(share)

    assert event.summary == "P-1"
    assert (event.start, event.end) == (DAY, DAY + timedelta(days=1))
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"}


def test_a_later_file_updates_the_earlier_ones_events() -> None:
    """The same UID and a higher number; what was removed meanwhile is cancelled."""
    before = shared(a_line("left", key="reminder:P-1"), P_1=a_concern())["KAEK"]
    after = shared(a_line("done", key="reminder:P-1"), P_1=a_concern())["KAEK"]

    (first,), (second,) = events(before), events(after, id="r2", created=NOW + timedelta(days=1))

    assert first.uid == second.uid
    assert second.sequence > first.sequence
    assert (first.status, second.status) == ("CONFIRMED", "CANCELLED")


def test_two_systems_reminders_do_not_take_each_others_place() -> None:
    """Both may have one of that number."""
    share = shared(a_line("left", key="reminder:P-1"), P_1=a_concern())["KAEK"]

    (here,) = events(share, options=options(instances={"lifecare": "lifecare-a"}))
    (there,) = events(share, options=options(instances={"lifecare": "lifecare-b"}))

    assert here.uid != there.uid


def test_the_list_has_reasons_and_receipts_and_escapes_what_a_system_wrote() -> None:
    """It is what she checks the night by."""
    share = shared(
        a_line("done", key="reminder:P-1", reference="P-1", reason="<b>Dubblett</b>", receipt="KV-7"), P_1=a_concern()
    )["KAEK"]

    said = personal.page(BOT, a_run(), "KAEK", share)

    assert "KAEK" in said
    assert "LSS-2025-1" in said
    assert "KV-7" in said
    assert "&lt;b&gt;Dubblett&lt;/b&gt;" in said
