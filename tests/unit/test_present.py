"""What people are shown of a run: every item counted once, in Swedish, and nothing that is sealed."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType

from bots.reminder_cleanup.bot import BOT
from orchestrator import present
from orchestrator.ledger.alerts import Alert
from orchestrator.ledger.audit import Entry
from orchestrator.ledger.expected import Expected
from orchestrator.ledger.review import Change, Question
from orchestrator.ledger.store import OPEN_STATES, ItemLine, Run
from orchestrator.ledger.tables import items as item_table
from tests.builders import NOW, TODAY, options


def a_run(**facts: Any) -> Run:
    usual = Run(
        id="r1", bot=BOT.name, state="done", epoch=1, today=TODAY, options=options(), created=NOW, planned=NOW,
        ended=NOW, seen=0, exit_code=0, sentence=None, findings=None, holder=None, approved_by=None,
    )  # fmt: skip
    return replace(usual, **facts)


def a_line(state: str = "done", **facts: Any) -> ItemLine:
    usual = ItemLine(
        key="reminder:P-1", reference="P-1", outcome="act", rule="duplicate", rule_version=1,
        reason="Dubblett av påminnelse P-2, som är kvar.", state=state, note=None, receipt="KV-000001",
        located_by="reminder.confirm_removal", map_version="lifecare 2023.10", attempts=1,
    )  # fmt: skip
    return replace(usual, **facts)


def shown(what: RenderableType, *, width: int = 200) -> str:
    out = StringIO()
    Console(width=width, file=out).print(what)
    return out.getvalue()


def counted(run: Run, *lines: ItemLine) -> dict[str, int]:
    """Return the summary's headings with their numbers."""
    rows = [row.split() for row in shown(present.summary(BOT, run, lines)).splitlines()]
    return {" ".join(row[:-1]): int(row[-1]) for row in rows if len(row) > 1 and row[-1].isdecimal()}


def test_the_summary_counts_every_item_under_one_heading() -> None:
    """What was seen is what was done, left, asked about and not finished, together."""
    lines = [
        a_line(state) for state in ("done", "done", "left", "referred", "postponed", "todo", "failed", "uncertain")
    ]

    found = counted(a_run(state="partial"), *lines)

    assert found == {
        "Sedda": 8, "Borttagna": 2, "Kvar": 1, "Till handläggare": 1, "Utanför --limit": 1, "Inte klara": 3,
    }  # fmt: skip


@pytest.mark.parametrize("state", ["planned", "waiting"])
def test_the_summary_of_a_plan_says_what_is_planned(state: str) -> None:
    """Nothing of it is late or left out yet."""
    found = counted(a_run(state=state), a_line("todo"), a_line("postponed"), a_line("left"))

    assert found == {"Sedda": 3, "Borttagna": 0, "Planerade": 2, "Kvar": 1, "Till handläggare": 0}


def test_the_summary_says_why_by_the_rule_in_peoples_words() -> None:
    """And by what happened after the plan, where something did."""
    text = shown(present.summary(BOT, a_run(), [a_line(), a_line("referred", note="Ändrades av någon annan.")]))

    assert "dubblett" in text
    assert "Ändrades av någon annan." in text


def test_the_summary_ends_with_what_the_run_says_of_itself() -> None:
    """Why it stopped, if it did."""
    run = a_run(state="waiting", sentence="Planen väntar på godkännande.")

    assert "Planen väntar på godkännande." in shown(present.summary(BOT, run, [a_line("todo")]))


def test_a_plan_lists_what_would_be_done_and_nothing_else() -> None:
    """Item by item, with its reason."""
    text = shown(
        present.plan(BOT, a_run(), [a_line("todo", reference="P-7"), a_line("left", reference="P-8", outcome="leave")])
    )

    assert "P-7" in text
    assert "Dubblett av påminnelse P-2" in text
    assert "P-8" not in text


def test_a_run_says_which_day_and_which_quarter_it_is_about() -> None:
    """Two quarters' plans have the same items, and the wrong one is approved."""
    run = a_run(today=date(2026, 10, 5), options=options(own={"period": "2026Q3"}), state="planned")

    for what in (
        present.summary(BOT, run, [a_line("todo")]),
        present.summary(BOT, run, []),
        present.plan(BOT, run, [a_line("todo")]),
        present.runs([run]),
    ):
        assert "dag 2026-10-05, period 2026Q3" in shown(what)
    assert {"today": "2026-10-05", "own": {"period": "2026Q3"}}.items() <= present.as_json(run, []).items()
    assert "dag 2026-03-31:" in shown(present.summary(BOT, a_run(), [a_line()]))


@pytest.mark.parametrize("everything", [True, False])
def test_what_was_left_is_listed_only_when_it_is_asked_for(everything: bool) -> None:
    """Two hundred lines of nothing hide the five that matter."""
    text = shown(present.items([a_line("left", reference="P-8"), a_line(reference="P-7")], everything=everything))

    assert "P-7" in text
    assert ("P-8" in text) == everything


@pytest.mark.parametrize("state", [*OPEN_STATES, "done"])
def test_every_state_of_a_run_has_words(state: str) -> None:
    """Nobody is shown a word of the program's."""
    text = shown(present.runs([a_run(state=state)]))

    assert [word for word in present.STATES[state].split() if word not in text] == []


@pytest.mark.parametrize("state", ["todo", "done", "left", "referred", "postponed", "failed", "uncertain"])
def test_every_state_of_an_item_has_words(state: str) -> None:
    """As above."""
    assert present.STATES[state] in shown(present.items([a_line(state)], everything=True))


def test_findings_tell_screen_element_and_what_each_locator_found() -> None:
    """Whoever mends the map begins there; what agrees is not shown."""
    sightings = [{"locator": "role=button[Ta bort]", "found": 0}, {"locator": "css=button", "found": 2}]
    found: list[dict[str, Any]] = [
        {"map": "2024.04", "screen": "reminder", "element": "remove", "verdict": "drift", "sightings": sightings},
        {"map": "2024.04", "screen": "start", "element": "identity", "verdict": "ok", "sightings": []},
    ]

    text = shown(present.findings(found))

    for told in ("2024.04", "reminder", "remove", "role=button[Ta bort]: 0", "css=button: 2"):
        assert told in text
    assert "identity" not in text
    assert "identity" in shown(present.findings(found, everything=True))


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    """A locator's brackets are not an instruction to the terminal."""
    said = "css=input[name=user]: 0"

    assert said in shown(present.items([a_line(reason=said)], everything=True))
    assert said in shown(present.plan(BOT, a_run(), [a_line("todo", reason=said)]))
    assert said in shown(present.runs([a_run(sentence=said)]))
    assert said in shown(present.summary(BOT, a_run(sentence=said), [a_line(note=said)]))


def test_for_machines_there_is_one_document_with_every_item() -> None:
    """The same numbers that people see."""
    run = a_run(state="partial", exit_code=1)

    told = json.loads(json.dumps(present.as_json(run, [a_line(), a_line("left", outcome="leave", rule="free-text")])))

    assert (told["run"], told["state"], told["exit_code"], told["seen"]) == ("r1", "partial", 1, 2)
    assert told["states"] == {"done": 1, "left": 1}
    assert told["rules"] == {"act:duplicate/1": 1, "leave:free-text/1": 1}
    assert [item["receipt"] for item in told["items"]] == ["KV-000001", "KV-000001"]


def test_a_line_holds_nothing_that_is_sealed() -> None:
    """What can't be in it can't be shown."""
    sealed = {column.name for column in item_table.columns if column.type.python_type is bytes}

    assert sealed == {"inputs", "record", "concern", "detail"}
    assert not sealed & {each.name for each in fields(ItemLine)}


def tables_of_long_words() -> dict[str, tuple[RenderableType, list[str]]]:
    """Return each table that tells of runs, with the words that must stand whole in it."""
    run, why = "reminder-cleanup:2026-03-31T02:15:00.123Z", "Regelversionerna i planen har ingen godkänt."
    stopped = a_run(id=run, state="waiting", sentence=why, seen=300, options=options(own={"period": "2026Q3"}))
    asked = Question("3fa4c2d1", "step", BOT.name, "prov", run, why, NOW, "P-10001")
    plan = replace(asked, kind="plan", reference=run)
    due = Expected("paminnelser", NOW, BOT.name, "caught_up", late=True, why=why, run=run, run_state="waiting")
    alert = Alert("k", "weak", why, NOW, BOT.name, run, next_try=NOW)
    said = [run, *why.split()]
    return {
        "runs": (present.runs([stopped]), [*said, "2026Q3", "godkännande", "300"]),
        "questions": (present.questions([asked, plan], NOW), [*said, "3fa4c2d1", "P-10001", "< 1 h", "handläggaren,"]),
        "history": (present.history([(run, a_line("referred", reason=why))]), [*said, "handläggare", "KV-000001"]),
        "past": (present.past([due]), [*said, "paminnelser", "godkännande"]),
        "alerts": (present.alerts([alert]), [*said, "inaktuell", "försöks"]),
    }


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("table", tables_of_long_words())
def test_a_narrow_terminal_breaks_no_word(table: str, width: int) -> None:
    """Eighty columns is what a window has to begin with, and a column of one letter is read by nobody."""
    what, words = tables_of_long_words()[table]

    text = shown(what, width=width)

    assert [word for word in words if word not in text] == []
    assert "…" not in text


@pytest.mark.parametrize(
    ("typed", "is_yes", "again"),
    [
        ("ja\n", True, 0),
        ("J\n", True, 0),
        ("nej\n", False, 0),
        ("N\n", False, 0),
        ("\n", False, 0),
        ("", False, 0),
        ("jo\n Ja \n", True, 1),
        ("jo\n", False, 1),
    ],
)
def test_a_question_is_answered_by_yes_or_no(
    typed: str, is_yes: bool, again: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whichever case, by word or letter; whoever goes away has not said yes."""
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    out = StringIO()

    assert present.agreed("Utföra [5] åtgärder?", Console(file=out)) == is_yes
    assert "Utföra [5] åtgärder? (ja/nej) [nej]" in out.getvalue()
    assert out.getvalue().count("Svara ja eller nej.") == again


def an_entry(what: str, **facts: object) -> Entry:
    return Entry(7, NOW, "robot, epok 1", what, "r1", "reminder:P-1", facts, "a" * 64)


def test_the_trail_says_what_was_done_and_on_what_grounds() -> None:
    """Read by auditors: in Swedish, without digests."""
    said = shown(
        present.trail([
            an_entry("plan.stored", seen=12, outcomes={"act": 7, "leave": 5}, maps={"lifecare": "2024.04"}),
            an_entry("step.intended", rule="duplicate/1", reason="Dubblett av P-2.", before="b" * 64),
            an_entry("step.done", receipt="KV-1", map="lifecare 2024.04", confirmed=True, after="c" * 64),
            an_entry("run.ended", state="partial", exit_code=1),
        ])
    )  # fmt: skip

    assert "12 sedda, varav 7 att utföra, 5 kvar, karta lifecare 2024.04" in said
    assert "Dubblett av P-2." in said
    assert "kvitto KV-1, karta lifecare 2024.04, hittat i efterhand" in said
    assert "delvis klar" in said
    assert "bbb" not in said


def test_what_would_be_written_is_said_in_the_bots_own_words() -> None:
    """With all of it, but for what it is about, which stands beside it."""
    question = Question("q1", "plan", BOT.name, "i", "r1", "Över gränsen.", NOW, "planen")
    step = {"gör": "remove", "reminder": "P-1", "why": "Dubblett av P-2."}
    change = Change("P-1", "duplicate", "Dubblett.", {"typ": "egen"}, (step,))

    text = shown(present.question(question, [change], NOW))

    assert "tas bort" in text
    assert "why: Dubblett av P-2." in text
    assert "reminder:" not in text
