"""The command line. Imports are inside the commands: `flotta --help` must answer at once."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    name="flotta",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Flotta: robotar för kommunal omsorg, med plan, godkännande och kvitto.\n\n"
    "Exempel: flotta run reminder-cleanup --mock --yes",
)
selectors = typer.Typer(no_args_is_help=True, help="Kartor över systemens skärmar.")
app.add_typer(selectors, name="selectors")
review = typer.Typer(no_args_is_help=True, help="Det som väntar på en människa.")
app.add_typer(review, name="review")
audit = typer.Typer(no_args_is_help=True, help="Spåret: vem som gjorde vad och varför.")
app.add_typer(audit, name="audit")

Json = Annotated[bool, typer.Option("--json", help="Svara med JSON.")]
Pairs = list[str]


@app.command()
def run(
    bot: Annotated[str, typer.Argument(help="Robotens namn, t.ex. reminder-cleanup.")],
    mock: Annotated[bool, typer.Option("--mock", help="Kör mot ett låtsassystem som startas här.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte; vakten stoppar det som går över gränserna.")] = False,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Visa bara planen.")] = False,
    today: Annotated[str | None, typer.Option(help="Räkna som om det vore denna dag (ÅÅÅÅ-MM-DD).")] = None,
    period: Annotated[
        str | None, typer.Option(metavar="2026Q3", help="Kvartalet, för en robot som rapporterar.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Gör högst så många åtgärder.")] = None,
    lanes: Annotated[int, typer.Option(min=1, help="Dela åtgärderna på så många processer.")] = 1,
    base_url: Annotated[Pairs | None, typer.Option(metavar="SYSTEM=URL", help="Systemets adress.")] = None,
    map_file: Annotated[
        Pairs | None, typer.Option("--map", metavar="SYSTEM=FIL", help="Använd just denna karta.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Vänta om kontot är upptaget.")] = False,
    queue: Annotated[bool, typer.Option("--queue", help="Lämna över till maskinerna, före det schemalagda.")] = False,
    ui: Annotated[
        Pairs | None, typer.Option(metavar="SYSTEM=VERSION", help="Låtsassystemets version (--mock).")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Antal poster i låtsassystemet (--mock).")] = 300,
    seed: Annotated[int, typer.Option(help="Frö för låtsassystemets data (--mock).")] = 1,
    json: Json = False,
) -> None:
    """Planera, visa, fråga och utför. Exempel: flotta run reminder-cleanup --mock --yes"""
    from orchestrator import operate

    if queue and mock:
        _refuse("--queue och --mock går inte ihop: låtsassystemet stängs när kommandot är klart.")
    raise typer.Exit(
        operate.run(
            operate.Request(
                bot=bot, mock=mock, yes=yes or queue, queue=queue, plan_only=plan_only, today=_date(today),
                period=period, limit=limit, lanes=lanes,
                base_urls=_pairs(base_url, "--base-url"), maps=_pairs(map_file, "--map"), wait=wait,
                uis=_pairs(ui, "--ui"), rows=rows, seed=seed, json=json,
            )
        )
    )  # fmt: skip


@app.command(name="replay")
def replay_bot(
    bot: Annotated[str, typer.Argument(help="Robotens namn, t.ex. reminder-cleanup.")],
    recording: Annotated[
        list[str], typer.Option(metavar="KATALOG", help="En inspelning av vart och ett av robotens system.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte; vakten stoppar det som går över gränserna.")] = False,
    plan_only: Annotated[bool, typer.Option("--plan-only", help="Visa bara planen.")] = False,
    today: Annotated[
        str | None, typer.Option(help="Räkna som om det vore denna dag, annars inspelningens (ÅÅÅÅ-MM-DD).")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="Gör högst så många åtgärder.")] = None,
    map_file: Annotated[
        Pairs | None, typer.Option("--map", metavar="SYSTEM=FIL", help="Använd just denna karta.")
    ] = None,
    json: Json = False,
) -> None:
    """Kör en robot mot inspelade system, utan nätverk. Exempel: flotta replay reminder-cleanup --recording KATALOG"""
    from orchestrator import operate

    raise typer.Exit(
        operate.run(
            operate.Request(
                bot=bot, recordings=tuple(recording), yes=yes, plan_only=plan_only, today=_date(today), limit=limit,
                maps=_pairs(map_file, "--map"), json=json,
            )
        )
    )  # fmt: skip


@app.command()
def resume(
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste som inte är klar.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Godkänn planen utan att fråga.")] = False,
    json: Json = False,
) -> None:
    """Fortsätt en körning. En gammal process avslutas först. Exempel: flotta resume"""
    from orchestrator import operate

    raise typer.Exit(operate.resume(run, yes=yes, json=json))


@app.command(name="sign-in")
def sign_in(
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste som väntar.")] = None,
    json: Json = False,
) -> None:
    """Logga in med din e-legitimation åt en körning som väntar, i ett fönster här. Exempel: flotta sign-in"""
    from orchestrator import operate

    raise typer.Exit(operate.sign_in(run, json=json))


@app.command()
def cancel(
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste som inte är klar.")] = None,
    json: Json = False,
) -> None:
    """Avbryt en körning efter posten i hand. Exempel: flotta cancel"""
    from orchestrator import unattended

    raise typer.Exit(unattended.cancel(run, json=json))


@app.command()
def worker(
    pool: Annotated[Pairs, typer.Option(metavar="POOL", help="Klass av maskin, t.ex. standard.")],
) -> None:
    """Utför körningar på den här maskinen tills den stoppas. Exempel: flotta worker --pool standard"""
    from orchestrator import unattended

    raise typer.Exit(unattended.worker(pool))


@app.command()
def up(
    pool: Annotated[Pairs | None, typer.Option(metavar="POOL", help="Klass av maskin; utan den standard.")] = None,
) -> None:
    """Starta klockan, och utför körningar här, tills det stoppas. Exempel: flotta up"""
    from orchestrator import unattended

    raise typer.Exit(unattended.up(pool or ["standard"]))


@app.command()
def schedule(json: Json = False) -> None:
    """Visa nästa tider och vad som blev av de senaste trettio dagarnas. Exempel: flotta schedule"""
    from orchestrator import unattended

    raise typer.Exit(unattended.schedule(json=json))


@app.command()
def pause(
    bot: Annotated[str, typer.Argument(help="Robotens namn, t.ex. reminder-cleanup.")],
    note: Annotated[str, typer.Option("--note", help="Varför.")],
) -> None:
    """Låt inte klockan starta en robot. Exempel: flotta pause reminder-cleanup --note 'Lifecare uppgraderas'"""
    from orchestrator import unattended

    raise typer.Exit(unattended.pause(bot, note=note))


@app.command()
def unpause(bot: Annotated[str, typer.Argument(help="Robotens namn, t.ex. reminder-cleanup.")]) -> None:
    """Låt klockan starta en pausad robot igen. Exempel: flotta unpause reminder-cleanup"""
    from orchestrator import unattended

    raise typer.Exit(unattended.unpause(bot))


@app.command()
def alerts(
    test: Annotated[bool, typer.Option("--test", help="Skicka ett provlarm till alla mottagare.")] = False,
    json: Json = False,
) -> None:
    """Visa de senaste larmen, och om de är skickade. Exempel: flotta alerts --test"""
    from orchestrator import unattended

    raise typer.Exit(unattended.try_targets(json=json) if test else unattended.alerts(json=json))


@app.command()
def machines(json: Json = False) -> None:
    """Visa maskinerna och vad de har i hand. Exempel: flotta machines"""
    from orchestrator import unattended

    raise typer.Exit(unattended.machines(json=json))


@app.command()
def runs(limit: Annotated[int, typer.Option(min=1, help="Högst så många.")] = 20, json: Json = False) -> None:
    """Lista körningar, nyast först. Exempel: flotta runs"""
    from orchestrator import operate

    raise typer.Exit(operate.runs(limit, json=json))


@app.command()
def show(
    name: Annotated[
        str | None, typer.Argument(metavar="[KÖRNING|POST]", help="Utan namn den senaste körningen.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Visa även de poster som lämnades kvar.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Öppna en posts uppgifter. Det antecknas i spåret.")] = False,
    note: Annotated[str | None, typer.Option("--note", help="Varför uppgifterna öppnas (--reveal kräver det).")] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="KATALOG", help="Lägg postens bilder och spår här.")
    ] = None,
    json: Json = False,
) -> None:
    """Visa en körning eller en post: utfall, skäl och kvitton. Exempel: flotta show --all"""
    from orchestrator import operate

    if reveal:
        raise typer.Exit(operate.reveal(name, note=note, out=out, json=json))
    if note or out:
        _refuse("--note och --out hör till --reveal.")
    raise typer.Exit(operate.show(name, everything=everything, json=json))


@app.command()
def report(
    out: Annotated[str, typer.Option("--out", "-o", metavar="FIL", help="Filen att skriva: .pdf, eller .html.")],
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste.")] = None,
) -> None:
    """Skriv en rapport över en körning, utan personuppgifter. Exempel: flotta report -o rapport.pdf"""
    from orchestrator import operate

    raise typer.Exit(operate.report(run, out))


@app.command()
def documents(
    bot: Annotated[str, typer.Argument(help="Robotens namn, t.ex. ivo-reporting.")],
    period: Annotated[str, typer.Option(metavar="2026Q3", help="Kvartalet.")],
    out: Annotated[str, typer.Option("--out", "-o", metavar="KATALOG", help="Katalogen att skriva i; skapas.")],
    before: Annotated[
        str | None, typer.Option(metavar="FIL.csv", help="Statistiken från ett år tidigare, om den inte skrevs här.")
    ] = None,
) -> None:
    """Skriv vad lagen kräver vid sidan av rapporterna. Exempel: flotta documents ivo-reporting --period 2026Q3 -o K3"""
    from orchestrator import operate

    raise typer.Exit(operate.documents(bot, out, period=period, before=before))


@app.command()
def lists(
    out: Annotated[str, typer.Option("--out", "-o", metavar="KATALOG", help="Katalogen att skriva i; skapas.")],
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste.")] = None,
    handlaggare: Annotated[str | None, typer.Option(metavar="KONTO", help="Bara för denna handläggare.")] = None,
) -> None:
    """Skriv lista (.html) och kalender (.ics) till varje handläggare. Exempel: flotta lists -o listor"""
    from orchestrator import operate

    raise typer.Exit(operate.lists(run, out, handlaggare=handlaggare))


@app.command()
def doctor(json: Json = False) -> None:
    """Visa vad som saknas på den här datorn, och hur det åtgärdas. Exempel: flotta doctor"""
    from orchestrator import operate

    raise typer.Exit(operate.doctor(json=json))


@app.command()
def purge(
    yes: Annotated[bool, typer.Option("--yes", help="Gallra utan att fråga.")] = False, json: Json = False
) -> None:
    """Gallra det som har sparats längre än det får ([retention] i flotta.toml). Exempel: flotta purge --yes"""
    from orchestrator import operate

    raise typer.Exit(operate.purge(yes=yes, json=json))


@app.command()
def mock(
    systems: Annotated[list[str], typer.Argument(help="Systemen, t.ex. lifecare.")],
    port: Annotated[int, typer.Option(help="Första porten; 0 väljer lediga.")] = 8800,
    ui: Annotated[Pairs | None, typer.Option(metavar="SYSTEM=VERSION", help="Version av gränssnittet.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Antal poster.")] = 300,
    seed: Annotated[int, typer.Option(help="Frö för datan.")] = 1,
    today: Annotated[str | None, typer.Option(help="Dag som datan räknas från (ÅÅÅÅ-MM-DD).")] = None,
    faults: Annotated[str | None, typer.Option(metavar="FIL", help="Fel att lägga in (YAML eller JSON).")] = None,
) -> None:
    """Starta låtsassystem att prova mot. Exempel: flotta mock lifecare --ui lifecare=2024.04"""
    from orchestrator import mocks

    raise typer.Exit(
        mocks.serve(systems, port=port, uis=_pairs(ui, "--ui"), rows=rows, seed=seed, today=_date(today), faults=faults)
    )


@app.command()
def record(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    url: Annotated[str | None, typer.Option(help="Adressen, annars den i flotta.toml.")] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="KATALOG", help="Ny katalog för inspelningen.")
    ] = None,
    script: Annotated[
        str | None, typer.Option(metavar="FIL", help="Gå som filen säger, utan fönster, i stället för att fråga.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="Systemets version, om sidorna inte visar den.")] = None,
    mock: Annotated[bool, typer.Option("--mock", help="Spela in ett låtsassystem som startas här.")] = False,
    ui: Annotated[str | None, typer.Option(metavar="VERSION", help="Låtsassystemets version (--mock).")] = None,
    rows: Annotated[int, typer.Option(min=1, help="Antal poster i låtsassystemet (--mock).")] = 300,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte om orden som står kvar.")] = False,
) -> None:
    """Spela in skärmar utan personuppgifter, medan du går igenom dem. Exempel: flotta record lifecare --url URL"""
    from orchestrator import maps

    raise typer.Exit(
        maps.record(system, base_url=url, out=out, script=script, version=version, mock=mock, ui=ui, rows=rows, yes=yes)
    )


@selectors.command()
def check(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    url: Annotated[str | None, typer.Option("--url", "--base-url", help="Adressen, annars den i flotta.toml.")] = None,
    map_file: Annotated[str | None, typer.Option("--map", metavar="FIL", help="Kontrollera just denna karta.")] = None,
    recording: Annotated[
        str | None, typer.Option(metavar="KATALOG", help="Kontrollera mot en inspelning i stället.")
    ] = None,
    mock: Annotated[bool, typer.Option("--mock", help="Kontrollera mot ett låtsassystem som startas här.")] = False,
    ui: Annotated[str | None, typer.Option(metavar="VERSION", help="Låtsassystemets version (--mock).")] = None,
    json: Json = False,
) -> None:
    """Jämför kartan med de levande skärmarna, utan att skriva. Exempel: flotta selectors check lifecare --mock"""
    from orchestrator import maps

    if recording and (url or mock):
        _refuse("Ange --recording, --url eller --mock, inte flera av dem.")
    raise typer.Exit(
        maps.check(system, base_url=url, map_file=map_file, recording=recording, mock=mock, ui=ui, json=json)
    )


Version = Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Utkastets version, om det finns flera.")]


@selectors.command()
def propose(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    url: Annotated[str | None, typer.Option(help="Adressen, annars den i flotta.toml.")] = None,
    recording: Annotated[
        str | None, typer.Option(metavar="KATALOG", help="En inspelning (flotta record) i stället för systemet.")
    ] = None,
    map_file: Annotated[str | None, typer.Option("--map", metavar="FIL", help="Utgå från just denna karta.")] = None,
    mock: Annotated[bool, typer.Option("--mock", help="Mot ett låtsassystem som startas här.")] = False,
    ui: Annotated[str | None, typer.Option(metavar="VERSION", help="Låtsassystemets version (--mock).")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte om orden som står kvar.")] = False,
    json: Json = False,
) -> None:
    """Gör ett utkast till karta av skärmar som har ändrats. Exempel: flotta selectors propose lifecare"""
    from orchestrator import maps

    if recording and (url or mock):
        _refuse("Ange --recording, --url eller --mock, inte flera av dem.")
    raise typer.Exit(
        maps.propose(system, base_url=url, map_file=map_file, recording=recording, mock=mock, ui=ui, yes=yes, json=json)
    )


@selectors.command(name="diff")
def diff_draft(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    version: Version = None,
    json: Json = False,
) -> None:
    """Visa vad ett utkast ändrar, rad för rad och i bilder. Exempel: flotta selectors diff lifecare"""
    from orchestrator import maps

    raise typer.Exit(maps.diff(system, version=version, json=json))


@selectors.command(name="approve")
def approve_draft(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    version: Version = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fråga inte, om utkastet bara minns mer än förut.")] = False,
) -> None:
    """Godkänn ett utkast, och peka ut det som inte går att ångra. Exempel: flotta selectors approve lifecare"""
    from orchestrator import maps

    raise typer.Exit(maps.approve(system, version=version, yes=yes))


@selectors.command()
def impact(
    system: Annotated[str, typer.Argument(help="Systemet, t.ex. lifecare.")],
    version: Annotated[str, typer.Argument(help="Kartan eller utkastet, t.ex. 2024.10.")],
    json: Json = False,
) -> None:
    """Visa vilka robotar som använder det en karta ändrar. Exempel: flotta selectors impact lifecare 2024.10"""
    from orchestrator import maps

    raise typer.Exit(maps.impact(system, version, json=json))


Id = Annotated[str, typer.Argument(help="Frågans id, ur `flotta review list`. Början räcker.")]
Note = Annotated[str, typer.Option("--note", help="Varför. Skriv inga namn eller personnummer.")]
References = Annotated[
    str | None, typer.Option(metavar="POST,POST", help="Bara dessa poster av en plan; de andra utförs inte.")
]


@review.command(name="list")
def list_questions(json: Json = False) -> None:
    """Lista det som väntar på en människa, äldst först. Exempel: flotta review list"""
    from orchestrator import operate

    raise typer.Exit(operate.questions(json=json))


@review.command(name="show")
def show_question(question: Id, json: Json = False) -> None:
    """Visa en fråga med underlag och vad ett svar innebär. Exempel: flotta review show 3fa4c2d1"""
    from orchestrator import operate

    raise typer.Exit(operate.question(question, json=json))


@review.command()
def approve(
    question: Id,
    note: Note,
    only: References = None,
    but: Annotated[str | None, typer.Option("--except", metavar="POST,POST", help="Alla poster utom dessa.")] = None,
) -> None:
    """Godkänn. En plan kan godkännas till en del. Exempel: flotta review approve 3fa4c2d1 --note Ringt"""
    from orchestrator import operate

    raise typer.Exit(operate.decide(question, "approved", note=note, only=_list(only), but=_list(but)))


@review.command()
def reject(question: Id, note: Note) -> None:
    """Avvisa. Exempel: flotta review reject 3fa4c2d1 --note 'Ska stå kvar'"""
    from orchestrator import operate

    raise typer.Exit(operate.decide(question, "rejected", note=note, only=None, but=None))


@review.command()
def edit(
    item: Annotated[str, typer.Argument(metavar="POST", help="Posten i en plan som väntar på godkännande.")],
    text: Annotated[
        Pairs | None, typer.Option(metavar="NAMN=TEXT", help="Texten; utan --text öppnas din textredigerare.")
    ] = None,
) -> None:
    """Skriv om texterna i en planerad åtgärd innan planen godkänns. Exempel: flotta review edit B-20003"""
    from orchestrator import operate

    raise typer.Exit(operate.reword(item, _pairs(text, "--text", "NAMN=TEXT") if text else None))


@audit.command()
def verify(json: Json = False) -> None:
    """Kontrollera att inget i spåret har ändrats eller tagits bort. Exempel: flotta audit verify"""
    from orchestrator import operate

    raise typer.Exit(operate.verify(json=json))


@audit.command(name="show")
def show_audit(
    run: Annotated[str | None, typer.Argument(help="Körningen; utan namn den senaste.")] = None, json: Json = False
) -> None:
    """Visa spåret av en körning, post för post. Exempel: flotta audit show"""
    from orchestrator import operate

    raise typer.Exit(operate.show_audit(run, json=json))


def _pairs(
    given: list[str] | None, option: str, written: str = "SYSTEM=VÄRDE, till exempel lifecare=…"
) -> dict[str, str]:
    pairs = {}
    for each in given or []:
        system, separator, value = each.partition("=")
        if not (system and separator and value):
            _refuse(f"{option} ska skrivas {written}, inte {each}.")
        pairs[system] = value
    return pairs


def _list(given: str | None) -> list[str] | None:
    return None if given is None else [each.strip() for each in given.split(",") if each.strip()]


def _date(given: str | None) -> Any:  # noqa: ANN401 - a date or None, without importing datetime for --help
    from datetime import date

    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        _refuse(f"{given} är inget datum. Skriv ÅÅÅÅ-MM-DD, till exempel 2026-03-31.")


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)


#: What the library of the command line says of a command that it cannot make out, and what we say of it.
_USAGE = {
    r"No such command '(.*)'\. Did you mean (.*)\?": "Det finns inget kommando {}. Menade du {}?",
    r"No such command '(.*)'\.": "Det finns inget kommando {}.",
    r"No such option: (.*) \(Possible options: (.*)\)": "Det finns ingen flagga {}. Menade du {}?",
    r"No such option: (.*)": "Det finns ingen flagga {}.",
    r"Missing argument '(.*)'\.": "Argumentet {} saknas.",
    r"Missing option '(.*)'\.": "Flaggan {} saknas.",
    r"Option '(.*)' requires an argument\.": "Flaggan {} behöver ett värde.",
    r"Option '(.*)' does not take a value\.": "Flaggan {} har inget värde.",
    r"Got unexpected extra argument\(s\) \((.*)\)": "Kommandot tar inte emot {}.",
    r"Invalid value for '(.*)': .* valid integer.*": "{} ska vara ett heltal.",
    r"Invalid value for '(.*)': .* greater than or equal to (.*)": "{} ska vara minst {}.",
}


def _in_swedish(message: str) -> str | None:
    """Return what we say in place of the library's words, None for what we have no words of our own for."""
    for theirs, ours in _USAGE.items():
        if found := re.fullmatch(theirs, message, re.DOTALL):
            return ours.format(*(part.replace("'", "") for part in found.groups()))
    return None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, of this process if no arguments are given, and exit.

    What Flotta itself says has gone wrong is one sentence and its exit code, no traceback.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        # Python has None for one that is closed, and the next file to be opened, the ledger say, would get its number.
        if getattr(sys, name) is None:
            # Until the process ends.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - pathlib is slow here
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows another sign in its place; the answer is not lost for that.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(app(arguments, prog_name="flotta", standalone_mode=False))
    except typer.Abort:
        typer.echo("Avbröts: det fanns inget mer att läsa.", err=True)
        sys.exit(1)
    except typer.TyperException as error:
        # All of them are about how a command is written. Help that nobody asked for is one of them, and stays as it is.
        said, about = _in_swedish(error.format_message()), getattr(error, "ctx", None)
        hint = f" `{about.command_path} --help` visar hur kommandot skrivs." if said and about else ""
        typer.echo(f"{said}{hint}" if said else error.format_message(), err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - no traceback: it may quote the page
        from bots.errors import FlottaError, of_python

        if isinstance(error, FlottaError):
            typer.echo(error.sentence, err=True)
            sys.exit(error.exit_code)
        typer.echo(f"{of_python(error)} Anmäl felet till förvaltningen.", err=True)
        sys.exit(1)
