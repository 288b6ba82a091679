"""What people see in a terminal: the plan, the progress, the summary. Swedish, and never anything sealed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bots import registry
from bots.contract import AnyBot
from orchestrator.ledger.audit import Break, Entry
from orchestrator.ledger.review import Change, Question
from orchestrator.ledger.store import ItemLine, Run

if TYPE_CHECKING:
    from orchestrator.doctor import Check
    from orchestrator.drafting import Draft
    from orchestrator.ledger.alerts import Alert
    from orchestrator.ledger.expected import Expected, Pause
    from orchestrator.ledger.fleet import Machine
    from orchestrator.ledger.retention import Due
    from orchestrator.ledger.reveal import Revealed
    from orchestrator.report.handlaggare import Share
    from orchestrator.settings import Retention, ScheduleSettings

STATES = {
    "new": "inte påbörjad",
    "running": "pågår",
    "orphaned": "stannade: processen är borta",
    "planned": "planerad, inte utförd",
    "waiting": "väntar på godkännande",
    "waiting_for_sign_in": "väntar på inloggning",
    "waiting_for_system": "väntar på systemet",
    "done": "klar",
    "partial": "delvis klar",
    "interrupted": "avbruten",
    "cancelled": "avbruten av en person",
    "failed": "misslyckad",
    "drifted": "stoppad: skärmen har ändrats",
    "rejected": "planen avvisades",
    "expired": "gallrad innan den var klar",
    "todo": "återstår",
    "declined": "inte godkänd",
    "left": "kvar",
    "referred": "till handläggare",
    "postponed": "utanför --limit",
    "uncertain": "osäker",
}
NUMBERS = {"Antal", "Sedda", "Slutkod", "Nr", "Utfört", "Frågor", "Aktuella"}
VERDICTS = {"ok": "stämmer", "weak": "svag", "drift": "stämmer inte", "unseen": "inte sedd"}


#: Room for the longest words of a state and of a kind of question: in a terminal of 80 what is long needs the rest.
_STATE, _KIND = len("stoppad: skärmen"), len("regelversion")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(
            column,
            overflow="fold",
            justify="right" if column in NUMBERS else "left",
            no_wrap=column in NUMBERS or column in {"Post", "Körning", "Kvitto", "Tid", "Schema", "Nästa gånger"},
        )
    return table


def about(run: Run) -> str:
    """Return what a run is about: its day, and the settings of the bot's own that it was started with."""
    return ", ".join([f"dag {run.today}", *(f"{name} {value}" for name, value in run.options.own.items())])


def _told(name: str, *more: str | None) -> RenderableType:
    """Return a cell with a name, and below it what is told of that: in a column of its own it would have no room."""
    return Group(Text(name), *(Text(each, style="dim") for each in more if each))


def summary(bot: AnyBot, run: Run, lines: Sequence[ItemLine]) -> RenderableType:
    """Return the run's result: seen, done, left and referred with their reasons, and what is unfinished."""
    titles = {rule.id: rule.title for rule in bot.rules}
    table = _table("", "", "Antal", "Varför")
    table.add_row("Sedda", str(len(lines) or run.seen), "")
    for heading, states in (
        (bot.done, ("done",)),
        ("Planerade", ("todo", "postponed") if run.state in {"planned", "waiting"} else ()),
        ("Kvar", ("left",)),
        ("Till handläggare", ("referred",)),
        ("Utanför --limit", () if run.state in {"planned", "waiting"} else ("postponed",)),
        ("Inte godkända", ("declined",)),
        ("Inte klara", () if run.state in {"planned", "waiting"} else ("todo", "failed", "uncertain")),
    ):
        chosen = [line for line in lines if line.state in states]
        if not chosen and heading not in {bot.done, "Kvar", "Till handläggare"}:
            continue
        table.add_section()
        table.add_row(Text(heading, style="bold"), Text(str(len(chosen)), style="bold"), "")
        for reason, count in Counter(why(line, titles) for line in chosen).most_common():
            table.add_row("", str(count), Text(reason))
    # Not the table's own title: that is broken to the width of the table, which is narrow where nothing was done.
    parts: list[RenderableType] = [Text(f"{bot.name}, {about(run)}: {STATES[run.state]}", style="bold")]
    if lines or run.seen:
        parts.append(table)
    if run.sentence:
        parts.append(Text(run.sentence, style="yellow"))
    if run.findings:
        parts.append(findings(run.findings))
    return Group(*parts)


def why(line: ItemLine, titles: Mapping[str, str]) -> str:
    """Group by the rule, or by what happened after the plan."""
    return line.note or titles.get(line.rule, line.rule)


def plan(bot: AnyBot, run: Run, lines: Iterable[ItemLine]) -> RenderableType:
    """Return what the plan would do, item by item."""
    table = _table("", "Post", "Regel", "Skäl")
    titles = {rule.id: rule.title for rule in bot.rules}
    for line in lines:
        if line.outcome == "act" and line.state == "todo":
            table.add_row(line.reference, titles.get(line.rule, line.rule), Text(line.reason))
    return Group(Text(f"Plan för {bot.name}, {about(run)}", style="bold"), table)


def items(lines: Iterable[ItemLine], *, everything: bool) -> RenderableType:
    """Return the items one by one: all, or those that something was done or asked about."""
    table = _table("Poster", "Post", "Läge", "Skäl", "Kvitto")
    for line in lines:
        if everything or line.state != "left":
            why = f"{line.reason} {line.note}" if line.note else line.reason
            table.add_row(line.reference, STATES[line.state], Text(why), line.receipt or "")
    return table


def history(of_item: Sequence[tuple[str, ItemLine]]) -> RenderableType:
    """Return what became of one item in each run that saw it, newest first."""
    table = _table(of_item[0][1].reference, "Körning", "Läge", "Kvitto")
    table.columns[0].no_wrap, table.columns[1].width = False, _STATE
    for run, line in of_item:
        table.add_row(_told(run, line.reason, line.note), STATES[line.state], line.receipt or "", end_section=True)
    return table


def runs(found: Iterable[Run]) -> RenderableType:
    """Return the runs, newest first."""
    table = _table("Körningar", "Körning", "Läge", "Sedda", "Slutkod")
    table.columns[0].no_wrap, table.columns[1].width = False, _STATE
    for run in found:
        code = "" if run.exit_code is None else str(run.exit_code)
        said = _told(run.id, about(run), run.sentence)
        table.add_row(said, STATES[run.state], str(run.seen), code, end_section=True)
    return table


def machines(found: Iterable[Machine], now: datetime) -> RenderableType:
    """Return the machines of the fleet: which pools they carry, when they last said that they live, what they carry."""
    table = _table("Maskiner", "Maskin", "Pooler", "Läge", "Körningar")
    for each in found:
        silent = int((now - each.seen).total_seconds())
        state = f"borta sedan {each.left:%Y-%m-%d %H:%M} UTC" if each.left else f"hördes för {silent} s sedan"
        pools = ", ".join(f"{pool} ({slots})" for pool, slots in each.pools.items())
        table.add_row(each.id, pools, state, ", ".join(each.runs))
    return table


#: What became of a due time.
EXPECTED = {"due": "pågår", "ran": "kördes", "caught_up": "togs igen", "skipped": "hoppades över", "missed": "missades"}
WEEKDAYS = ("mån", "tis", "ons", "tor", "fre", "lör", "sön")


def moment(at: datetime | None) -> str:
    """Return a moment as people in Sweden say it: `mån 2026-03-30 04:15`."""
    if at is None:
        return "aldrig mer"
    wall = at.astimezone(ZoneInfo("Europe/Stockholm"))
    return f"{WEEKDAYS[wall.weekday()]} {wall:%Y-%m-%d %H:%M}"


def coming(
    schedules: Mapping[str, ScheduleSettings], ahead: Mapping[str, Sequence[datetime]], paused: Mapping[str, Pause]
) -> RenderableType:
    """Return the next times of each schedule."""
    table = _table("Scheman (svensk tid)", "Schema", "Robot", "Nästa gånger", "Anmärkning")
    for name, times in ahead.items():
        bot = schedules[name].bot
        table.add_row(name, bot, "\n".join(map(moment, times)) or moment(None), Text(str(paused.get(bot, ""))))
    return table


def past(found: Iterable[Expected]) -> RenderableType:
    """Return what became of each due time, the latest first."""
    table = _table("De senaste trettio dagarna", "Tid", "Schema", "Utfall")
    table.columns[0].no_wrap, table.columns[2].width = False, _STATE
    for each in found:
        outcome = EXPECTED[each.state]
        if each.state in {"ran", "caught_up"} and each.run_state not in {None, "done"}:
            outcome += f", {STATES[each.run_state or '']}"
        table.add_row(_told(moment(each.due), each.run, each.why), each.schedule, outcome, end_section=True)
    return table


#: What people are told of, one and several, the worst first.
ALERTS = {
    "failed": ("misslyckad körning", "misslyckade körningar"),
    "drift": ("ändrad skärm", "ändrade skärmar"),
    "guard": ("stoppad plan", "stoppade planer"),
    "sign_in": ("körning som väntar på inloggning", "körningar som väntar på inloggning"),
    "missed": ("missad körning", "missade körningar"),
    "uncertain": ("körning med osäkra åtgärder", "körningar med osäkra åtgärder"),
    "partial": ("delvis klar körning", "delvis klara körningar"),
    "weak": ("karta på väg att bli inaktuell", "kartor på väg att bli inaktuella"),
    "slow": ("långsam körning", "långsamma körningar"),
    "nothing": ("körning som inte såg något", "körningar som inte såg något"),
    "unserved": ("körning som ingen maskin tar", "körningar som ingen maskin tar"),
    "machine": ("maskin som är borta", "maskiner som är borta"),
    "digest": ("dygnsrapport", "dygnsrapporter"),
}


def alerts(found: Sequence[Alert]) -> RenderableType:
    """Return what people have been told of, the latest first."""
    table = _table("Larm (svensk tid)", "Larm", "Skickat")
    table.columns[1].width = _STATE
    for each in found:
        if each.sent:
            state = moment(each.sent)
        else:
            state = f"försöks {moment(each.next_try)}" if each.next_try else "nej, ingen mottagare fanns"
        kind, _ = ALERTS[each.kind]
        said = _told(f"{moment(each.at)}: {kind}", each.run or each.bot, each.sentence)
        table.add_row(said, state, end_section=True)
    return table


def findings(found: Sequence[Mapping[str, Any]], *, everything: bool = False) -> RenderableType:
    """Return what an inspection found: what does not agree, or all of it."""
    version = next((each["map"] for each in found if each.get("map")), None)
    table = _table(
        f"Jämfört med karta {version}" if version else "Avvikelser",
        "Skärmbild",
        "Element",
        "Utfall",
        "Träffar per sökväg",
    )
    styles = {"drift": "red", "weak": "yellow", "ok": "green"}
    for each in found:
        if everything or each["verdict"] in {"drift", "weak"}:
            counts = ", ".join(f"{seen['locator']}: {seen['found']}" for seen in each["sightings"])
            verdict = Text(VERDICTS[each["verdict"]], style=styles.get(each["verdict"], "dim"))
            table.add_row(
                each["screen"],
                each["element"],
                verdict,
                Text("; ".join(part for part in (each.get("why"), counts) if part)),
            )
    return table


#: What a question of the review queue is about, who may answer it, and what an approval or a rejection then does.
QUESTIONS = {
    "item": (
        "hänvisad post",
        "handläggaren",
        "posten är omhändertagen för hand. Roboten frågar inte igen så länge uppgifterna är oförändrade.",
        "posten ska stå kvar som den är. Roboten frågar inte igen så länge uppgifterna är oförändrade.",
    ),
    "plan": (
        "stoppad plan",
        "systemförvaltaren",
        "åtgärderna får utföras (`flotta resume {run}`), och regelversionerna i planen är därmed godkända.",
        "ingen av åtgärderna utförs. Nästa körning gör en ny plan.",
    ),
    "rule": (
        "ny regelversion",
        "systemförvaltaren",
        "regelversionen får verka utan att fråga från och med nästa körning.",
        "regelversionens åtgärder i den här planen utförs inte.",
    ),
    "map": (
        "ändrad skärm",
        "systemförvaltaren",
        "kartan är ordnad. Klockan startar roboten igen.",
        "roboten får vila. `flotta unpause` startar den igen.",
    ),
    "step": (
        "osäker åtgärd",
        "handläggaren, som har sett efter i systemet",
        "åtgärden är utförd. Den görs inte om.",
        "åtgärden är inte utförd: `flotta resume {run}` försöker igen.",
    ),
}


def _age(since: datetime, now: datetime) -> str:
    hours = int((now - since).total_seconds() // 3600)
    if hours < 1:
        return "< 1 h"
    return f"{hours} h" if hours < 48 else f"{hours // 24} dygn"  # noqa: PLR2004 - two days


def questions(found: Sequence[Question], now: datetime) -> RenderableType:
    """Return the review queue as a table, oldest question first."""
    table = _table(f"Att ta ställning till: {len(found)}", "Id", "Slag", "Ålder", "Fråga")
    table.columns[0].no_wrap = table.columns[2].no_wrap = True
    table.columns[1].width = _KIND
    for each in found:
        kind, who, *_ = QUESTIONS[each.kind]
        said = _told(each.reference, each.reason, f"Avgörs av {who}.")
        table.add_row(each.id, kind, _age(each.since, now), said, end_section=True)
    return table


def question(asked: Question, behind: Sequence[Change], now: datetime) -> RenderableType:
    """Return one question with all that is behind it: what was read, what would be written, what a decision does."""
    kind, who, approved, rejected = QUESTIONS[asked.kind]
    facts = _table(f"{asked.id}: {kind}", "", "")
    facts.show_header = False
    for name, value in (
        ("Post", asked.reference),
        ("Körning", asked.run),
        ("Ställd", f"{asked.since:%Y-%m-%d %H:%M} UTC ({_age(asked.since, now)} sedan)"),
        ("Fråga", asked.reason),
        ("Vem avgör", who),
        ("Godkänn", f"{approved.format(run=asked.run)} (`flotta review approve {asked.id} --note …`)"),
        ("Avvisa", f"{rejected.format(run=asked.run)} (`flotta review reject {asked.id} --note …`)"),
    ):
        facts.add_row(Text(name, style="bold"), Text(value))
    table = _table("", "Post", "Före", "Efter", "Skäl")
    steps = registry.bot(asked.bot).steps
    for each in behind:
        before = "\n".join(f"{name}: {value or '–'}" for name, value in each.before.items())
        table.add_row(
            each.reference, Text(before or "–"), _after(each, steps), Text(f"{each.reason} [{each.rule}]"),
            end_section=True,
        )  # fmt: skip
    return Group(facts, table) if behind else facts


def _after(change: Change, steps: Mapping[str, str]) -> Text:
    """Return what would be written, but for what the change is about, which stands beside it."""
    if not change.after:
        return Text("ingen ändring", style="dim")
    said = Text()
    for step in change.after:
        said.append(steps.get(step["gör"], step["gör"]) + "\n", style="green")
        told = {name: value for name, value in step.items() if name != "gör" and value != change.reference}
        said.append("\n".join(f"{name}: {value}" for name, value in told.items()))
    return said


def shares(found: Mapping[str, Share]) -> RenderableType:
    """Return how much each handläggare has of a run."""
    table = _table("Per handläggare", "Handläggare", "Utfört", "Frågor", "Aktuella")
    for account, share in found.items():
        table.add_row(account, str(len(share.done)), str(len(share.asked)), str(len(share.open)))
    return table


def due(what: Due, keep: Retention) -> RenderableType:
    """Return what `flotta purge` takes away."""
    table = _table("Att gallra", "Vad", "Sparas", "Antal")
    for name, time, count in (
        ("uppgifter i körningar", keep.records, len(what.runs)),
        ("vad andra hade skrivit", keep.memories, len(what.memories)),
        ("bilder och spår", keep.evidence, len(what.evidence)),
        ("loggar", keep.logs, len(what.logs)),
    ):
        table.add_row(name, f"{time.days} dygn", str(count))
    if not what.held:
        return table
    held = f"{len(what.held)} äldre körningar hålls kvar: de är robotens senaste, eller har en osäker åtgärd."
    return Group(table, Text(held, style="dim"))


def revealed(found: Revealed) -> RenderableType:
    """Return all that is kept of an item, opened."""
    table = _table(f"{found.line.reference}, {found.run}", "", "")
    table.show_header = False
    for heading, facts in found.parts.items():
        for name, value in facts:
            table.add_row(Text(f"{heading}: {name}" if name else heading, style="bold"), Text(value))
    return table


#: A longer remedy is printed below the table, where it can be copied: a column would break it. Letters.
LONG_REMEDY = 70


def checks(found: Sequence[Check]) -> RenderableType:
    """Return what `flotta doctor` found: how each thing is, and what mends what is not well."""
    table = _table("Den här datorn", "", "Vad", "Läge", "Åtgärd")
    signs = {"ok": Text("✓", style="green"), "warning": Text("!", style="yellow"), "missing": Text("✗", style="red")}
    for each in found:
        remedy = each.remedy if len(each.remedy) <= LONG_REMEDY else "se under tabellen"
        table.add_row(signs[each.state], each.what, Text(each.found), Text(remedy))
    return table


#: What an entry of the audit trail says, in Swedish.
EVENTS = {
    "run.created": "körningen begärdes",
    "run.claimed": "robot började",
    "run.taken_up": "robot tog vid",
    "run.ended": "körningen slutade",
    "run.signed_in": "en person loggar in",
    "run.cancelled": "avbröts",
    "run.died": "processen dog",
    "run.recovered": "togs över",
    "run.postponed": "väntar på systemet",
    "machine.buried": "maskinen var borta",
    "run.missed": "ingen maskin tog den",
    "bot.paused": "roboten pausades",
    "bot.unpaused": "pausen hävdes",
    "plan.stored": "planen sparades",
    "plan.approved": "planen godkändes",
    "step.intended": "åtgärd inleddes",
    "step.done": "åtgärd utförd",
    "step.uncertain": "utfall okänt",
    "step.not_sent": "inget sändes",
    "matters.learnt": "systemets egna uppgifter lästes",
    "step.reworded": "texter skrevs om",
    "item.referred": "till handläggare",
    "item.failed": "misslyckades",
    "evidence.kept": "bevis sparades",
    "item.revealed": "uppgifter öppnades",
    "lists.written": "listor skrevs",
    "ledger.purged": "gallrades",
    "review.opened": "frågan öppnades",
    "review.approved": "godkändes",
    "review.rejected": "avvisades",
}


#: The facts of an entry that people read, in Swedish and in this order.
FACTS = {
    "reason": "{}",
    "why": "{}",
    "bot": "robot {}",
    "limit": "högst {} åtgärder",
    "holder": "{}",
    "rules": "regler {}",
    "seen": "{} sedda",
    "outcomes": "varav {}",
    "uncertain": "{} osäkra",
    "again": "{} försöks igen",
    "receipt": "kvitto {}",
    "map": "karta {}",
    "maps": "karta {}",
    "state": "{}",
}
OUTCOMES = {"act": "att utföra", "leave": "kvar", "refer": "till handläggare"}


def _fact(name: str, fact: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    if name == "outcomes":
        return ", ".join(f"{count} {OUTCOMES[outcome]}" for outcome, count in fact.items())
    if name == "maps":
        return ", ".join(f"{system} {version}" for system, version in fact.items())
    if name == "state":
        return STATES[fact]
    return ", ".join(fact) if isinstance(fact, list) else str(fact)


def trail(entries: Sequence[Entry]) -> RenderableType:
    """Return the audit trail as a table: number, time, who, what, which item, on what grounds."""
    table = _table("Spår", "Nr", "Tid (UTC)", "Vem", "Vad", "Post", "Grund")
    for each in entries:
        said = ", ".join(
            words.format(_fact(name, each.facts[name])) for name, words in FACTS.items() if name in each.facts
        )
        if each.facts.get("confirmed"):
            said += ", hittat i efterhand"
        table.add_row(
            str(each.seq), f"{each.at:%Y-%m-%d %H:%M:%S}", each.who, EVENTS.get(each.what, each.what), each.item or "",
            Text(said),
        )  # fmt: skip
    return table


def breaks(found: Sequence[Break]) -> RenderableType:
    """Return where the audit trail is not as it was written."""
    table = _table("Fel i spåret", "Nr", "Fel")
    for each in found:
        table.add_row(str(each.seq), each.why)
    return table


def console(*, err: bool = False) -> Console:
    """Return what people are told on. What stands in [brackets] is a table of settings there, never markup."""
    return Console(stderr=err, markup=False)


def show(what: RenderableType) -> None:
    """Print to the terminal."""
    console().print(what)


def has_keyboard() -> bool:
    """Return whether somebody is there to answer: standard input is a terminal. It may be closed."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def agreed(question: str, on: Console) -> bool:
    """Ask, and return whether the answer is yes. Nothing typed, or the end of all that is, is no."""
    while True:
        try:
            answer = on.input(f"{question} (ja/nej) [nej] ", markup=False).strip().lower()
        except EOFError:
            on.print()
            return False
        if answer in {"j", "ja", "n", "nej", ""}:
            return answer.startswith("j")
        on.print("Svara ja eller nej.")


def scope(run: Run) -> dict[str, Any]:
    """Return for machines what `about` says to people."""
    return {"today": run.today.isoformat(), "own": dict(run.options.own)}


def as_json(run: Run, lines: Sequence[ItemLine]) -> dict[str, Any]:
    """Return the run for machines: counts per state and reason, and every item."""
    return {
        "run": run.id,
        "bot": run.bot,
        **scope(run),
        "state": run.state,
        "exit_code": run.exit_code,
        "sentence": run.sentence,
        "retry_at": run.retry_at,
        "seen": len(lines) or run.seen,
        "states": dict(Counter(line.state for line in lines)),
        "rules": dict(Counter(f"{line.outcome}:{line.rule}/{line.rule_version}" for line in lines)),
        "findings": run.findings,
        "items": [{name: getattr(line, name) for name in ItemLine.__slots__} for line in lines],
    }


def draft(made: Draft) -> RenderableType:
    """Return what a draft changes."""
    from orchestrator.drafting import KINDS  # noqa: PLC0415 - the kit, 0.3 s

    is_new = made.parent.version == made.map.version
    title = f"{made.map.system} {made.map.version}, efter {'kartan som den skrevs' if is_new else made.parent.version}"
    table = Table("Skärmbild", "Vad", "Utfall", "Förr", "Nu", title=title, title_justify="left", box=box.SIMPLE)
    for at, each in enumerate(made.changes):
        told = KINDS[each.kind] + (", pekas ut i bilden" if at in made.asks else "")
        new = f"{each.new}\n{each.why}" if each.new and each.kind == "moved" else each.new or each.why
        table.add_row(each.screen, each.what, told, Text(each.old), Text(new))
    return table


def diff(lines: Sequence[str]) -> RenderableType:
    """Return the lines of a difference, with what goes and what comes set apart."""
    styles = {"+": "green", "-": "red", "@": "dim"}
    return Group(*(Text(line, style=styles.get(line[:1], "")) for line in lines))


def impact(used: Mapping[str, Mapping[str, Sequence[str]]]) -> RenderableType:
    """Return which bots use what is changed."""
    table = Table("Robot", "Skärmbild", "Ändrat", box=box.SIMPLE)
    for bot, screens in used.items():
        for screen, parts in screens.items():
            table.add_row(bot, screen, ", ".join(parts))
    return table
