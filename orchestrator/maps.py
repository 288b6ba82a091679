"""What the commands about selector maps and recordings do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bots import registry
from bots.errors import ConfigurationError, MapInvalid, RecordingNotClean, SignInNeeded
from orchestrator import bootstrap, mocks, present
from orchestrator.operate import print_json
from orchestrator.settings import Settings, load

if TYPE_CHECKING:
    from bots.browser.needs import Unshown
    from bots.browser.selector_map import SelectorMap
    from bots.browser.walk import Recorded, Walk


def check(
    system: str, *, base_url: str | None, map_file: str | None, recording: str | None, mock: bool, ui: str | None,
    json: bool,
) -> int:  # fmt: skip
    """Carry out `flotta selectors check`: 0 when every element is found as the map says, 4 when one is not.

    Raises what kept it from the rest of the screens, when it has told what it found until then.
    """
    with _signed_in_here(), ExitStack() as stack:
        base_url = _mocked(stack, system, ui, 300) if mock else base_url
        doors = _doors(load(), stack, system, base_url, map_file, mock=mock, live=recording is None)
        if recording is not None:
            found, ended = bootstrap.inspect_recorded(doors, system, recording), None
        else:
            found, ended = bootstrap.inspect(doors, system, may_open=True)
        if json:
            print_json(found)
        else:
            present.show(present.findings(found, everything=True))
        if any(each["verdict"] == "drift" for each in found):
            return 4
        if ended is not None:
            raise ended
    return 0


@contextmanager
def _signed_in_here() -> Iterator[None]:
    """Say where a person signs in for a command that is no run, when it ends because none has."""
    try:
        yield
    except SignInNeeded as error:
        then = "Kör det här i en terminal på en dator med skärm: då öppnas ett fönster att logga in i."
        raise SignInNeeded(error.system, then=then) from error


def _mocked(stack: ExitStack, system: str, ui: str | None, rows: int) -> str:
    """Serve the mock system, with a stand-in for the person where one signs in; return its address."""
    urls = stack.enter_context(mocks.serving({system: ui}, rows, 1, bootstrap.today()))
    mocks.give_accounts((system,))
    # Each page is looked through as it is; who signs in must not have left it before.
    mocks.seat(urls, sends=False, look=3_000)
    return urls[system]


def _doors(
    settings: Settings, stack: ExitStack, system: str, base_url: str | None, map_file: str | None = None, *,
    headed: bool = False, mock: bool = False, live: bool = False,
) -> bootstrap.Doors:  # fmt: skip
    """Return the doors; in a window if `headed`, or where somebody at the terminal is to sign in to a `live` system."""
    base_urls, maps = {system: base_url} if base_url else {}, {system: map_file} if map_file else {}
    if live and not mock and settings.system(system).attended and present.has_keyboard():
        _tell(f"Logga in i {system} i fönstret som öppnas, och rör sedan inget där.")
        headed = True
    return bootstrap.Doors(settings, stack, base_urls=base_urls, maps=maps, attended=headed, seated=mock, local=mock)


def record(
    system: str, *, base_url: str | None, out: str | None, script: str | None, version: str | None, mock: bool,
    ui: str | None, rows: int, yes: bool,
) -> int:  # fmt: skip
    """Carry out `flotta record`: 0 when the recording is stored, 3 when nobody has said that it may be."""
    with _disputed(), ExitStack() as stack:
        if mock:
            base_url = stack.enter_context(mocks.serving({system: ui}, rows, 1, bootstrap.today()))[system]
        settings = load()
        if script is None and not present.has_keyboard():
            raise ConfigurationError("Ange vad som ska göras med --script FIL, eller kör i en terminal.")
        recorded = bootstrap.record(
            settings, _doors(settings, stack, system, base_url, headed=script is None), system,
            lambda walk: _walk(walk, script),
            known=[each.wording for each in _maps(settings, system)], version=version,
            accepts=script is not None,
        )  # fmt: skip
        if not yes and not _is_clean(recorded):
            _tell("Inget sparades.")
            return 3
        folder = Path(out) if out else settings.recordings / system / recorded.clean.version
        recorded.store(folder)
        _tell(f"Inspelningen finns i {folder}.")
        _tell_of_first_map(folder / "map.yaml")
        return 0


@contextmanager
def _disputed() -> Iterator[None]:
    """Name to the person at the terminal the words for which a recording is refused; nobody else, and nowhere else."""
    try:
        yield
    except RecordingNotClean as error:
        if error.words and present.has_keyboard():
            _tell(f"De här orden står kvar och kan vara någons: {', '.join(error.words)}.")
            _tell("Är de systemets egna säger du `keep ORD` på vandringen.")
        raise


def _tell(sentence: str) -> None:
    Console(stderr=True).print(sentence, highlight=False, markup=False, soft_wrap=True)


def _tell_of_first_map(file: Path) -> None:
    """Say what keeps the first map of a recording from being one, if anything does."""
    from bots.browser.selector_map import load as load_map  # noqa: PLC0415 - pydantic models, 0.1 s

    try:
        load_map(file)
    except MapInvalid as error:
        _tell(f"Den första kartan måste fyllas i för hand innan den går att använda. {error.sentence}")


def _walk(walk: Walk, script: str | None) -> None:
    """Let what a script says, or a person in the terminal, be done. A script stops at what can't be."""
    for number, line in enumerate(_said(script), 1):
        try:
            if told := walk.do(line):
                _tell(told)
        except ConfigurationError as error:
            if script is not None:
                raise ConfigurationError(f"{script}, rad {number}: {error.sentence}") from error
            _tell(error.sentence)


def _is_clean(recorded: Recorded) -> bool:
    """Show what words stay, and ask. Only a person can tell whether one of them is somebody's."""
    if recorded.doubted and present.has_keyboard():
        _tell("Det här kan vara namn, och är utbytt (`keep` på vandringen behåller ord):")
        for phrase, words in sorted(recorded.doubted.items()):
            _tell(f"  {phrase}" + (f" (för {', '.join(words)})" if words else ""))
    elif recorded.doubted:
        _tell(f"{len(recorded.doubted)} fraser kan innehålla namn, och är utbytta. I en terminal visas vilka.")
    _tell("Det här tas för systemets egna ord, och står kvar:")
    _tell("  " + ("; ".join(recorded.clean.wording) or "(inget utöver kartorna)"))
    if not present.has_keyboard():
        _tell("Ingen har sett efter om något av det säger något om en person. Kör i en terminal, eller ange --yes.")
        return False
    return present.agreed("Har du sett efter att inget av det säger något om en person?", present.console(err=True))


def _said(script: str | None) -> Iterator[str]:
    if script is not None:
        try:
            yield from Path(script).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ConfigurationError(f"{script} kan inte läsas ({type(error).__name__}).") from error
        return
    _tell("Gå igenom systemet i fönstret, och säg här vad som syns. `help` visar hur.")
    with suppress(EOFError):
        while (line := input("> ").strip()) != "done":
            yield line


def _maps(settings: Settings, system: str) -> list[SelectorMap]:
    """Return the system's maps; none for one that is new."""
    try:
        return bootstrap.maps_of(settings, system, None)
    except MapInvalid:
        if (settings.maps / system).is_dir():
            raise
        return []


def propose(
    system: str, *, base_url: str | None, map_file: str | None, recording: str | None, mock: bool, ui: str | None,
    yes: bool, json: bool,
) -> int:  # fmt: skip
    """Carry out `flotta selectors propose`: 0 when the map still holds, 3 when there is a draft to look at, or not.

    4 when a screen stopped the walk and what was recorded shows nothing that the map does not say.
    """
    with _signed_in_here(), _disputed(), ExitStack() as stack:
        base_url = _mocked(stack, system, ui, 60) if mock else base_url
        settings = load()
        doors = _doors(settings, stack, system, base_url, map_file, mock=mock, live=recording is None)
        try:
            made, changes, ended = bootstrap.propose(
                settings, doors, system, recording, lambda it: yes or _is_clean(it)
            )
        except bootstrap.Unclean:
            _tell("Inget sparades.")
            return 3
    if json:
        said = [asdict(each) for each in changes]
        print_json({"version": made and made.map.version, "ended": ended, "changes": said})
        return 3 if made else 4 if ended else 0
    if ended:
        _tell(f"Längre än så här gick det inte: {ended}")
    if made is None:
        for each in changes:
            if each.kind == "unknown":
                _tell(f"{each.screen}.{each.what}: {each.why}.")
        unseen = ", ".join(f"{each.screen}.{each.what}" for each in changes if each.kind == "unseen")
        _tell("Inget utkast gjordes." if ended else "Kartan stämmer med det som sågs. Inget utkast gjordes.")
        if unseen:
            _tell(f"Det här sågs inte: {unseen}.")
        return 4 if ended else 0
    present.show(present.draft(made))
    _tell(
        f"Utkastet finns i {made.folder}. `flotta selectors diff {system}` visar det, och "
        f"`flotta selectors approve {system}` godkänner det."
    )
    return 3


def diff(system: str, *, version: str | None, json: bool) -> int:
    """Carry out `flotta selectors diff`."""
    from orchestrator import drafting  # noqa: PLC0415 - the kit, 0.3 s

    made = drafting.load(load(), system, version)
    if json:
        print_json(
            {"version": made.map.version, "changes": [asdict(each) for each in made.changes], "diff": made.diff()}
        )
        return 0
    present.show(present.draft(made))
    present.show(present.diff(made.diff()))
    _tell(f"Med bilder: file://{(made.folder / 'index.html').resolve()}")
    return 0


def approve(system: str, *, version: str | None, yes: bool) -> int:
    """Carry out `flotta selectors approve`: 0 when the map is approved, 3 when it is not."""
    from orchestrator import drafting  # noqa: PLC0415 - as above

    settings = load()
    made = drafting.load(settings, system, version)
    present.show(present.draft(made))
    if left := [f"{each.screen}.{each.what}" for each in made.changes if each.kind in drafting.OPEN]:
        _tell(f"Det här finns det inget förslag till, och robotar som behöver det stannar där: {', '.join(left)}.")
    for each in made.switched_off:
        _tell(_switched_off(system, each))
    if made.asks:
        _tell("Det som leder till något som inte går att ångra pekas ut i fönstret som öppnas.")
        with ExitStack() as stack:
            doors = _doors(settings, stack, system, None, headed=True)
            made = drafting.located(made, doors.on_stage)
            is_approved = doors.ask_to_point(drafting.page(settings, made), drafting.places(made))
    else:
        harmless = yes and made.is_harmless
        if yes and not harmless:
            _tell("--yes räcker inte här: någon måste se efter i en terminal.")
        is_approved = harmless or (
            present.has_keyboard() and present.agreed("Godkänn kartan?", present.console(err=True))
        )
    if not is_approved:
        _tell(f"Kartan godkändes inte. `flotta selectors approve {system} {made.map.version}` frågar igen.")
        return 3
    by = bootstrap.login()
    ledger = bootstrap.open_ledger(settings)

    def enter(digest: str) -> None:
        with ledger.changing() as connection:
            ledger.enter(
                connection, by, "map.approved", None, system=system, version=made.map.version, sha256=digest,
                pointed=[f"{made.changes[at].screen}.{made.changes[at].what}" for at in made.asks] or None,
            )  # fmt: skip

    file = drafting.approve(settings, made, by, bootstrap.today(), enter)
    _tell(f"Kartan är godkänd, och finns i {file}.")
    return 0


def _switched_off(system: str, of: Unshown) -> str:
    """Say what a map says of what its version does not show, and what can then not look at it."""
    where = f"{of.screen}.{of.name}" if of.name else of.screen
    what = f"»{of.value}« överallt, utan att skärmen visar det" if of.value is not None else "inte finns"
    read_by = registry.readers(system, of.name or of.screen)
    looks = f"Det gäller {', '.join(read_by)}." if read_by else "Inget ser på det."
    return f"Kartan säger att {where} {'är ' if of.value is not None else ''}{what}. {looks}"


def impact(system: str, version: str, *, json: bool) -> int:
    """Carry out `flotta selectors impact`: which bots use what is changed between a map and its parent."""
    from orchestrator import drafting  # noqa: PLC0415 - as above

    settings = load()
    there = {each.version: each for each in bootstrap.maps_of(settings, system, None)}
    new = there.get(version) or drafting.load(settings, system, version).map
    if new.parent is None or new.parent not in there:
        raise ConfigurationError(f"Kartan {version} har ingen tidigare karta att jämföra med.")
    changed = drafting.changed(there[new.parent], new)
    used = {
        name: words for name in registry.names()
        if system in registry.bot(name).systems and (words := drafting.used(registry.uses(name, system), changed, new))
    }  # fmt: skip
    if json:
        print_json({"system": system, "version": version, "parent": new.parent, "bots": used})
    elif not used:
        Console().print(f"Ingen robot använder något som skiljer {version} från {new.parent}.", highlight=False)
    else:
        present.show(present.impact(used))
    return 0
