"""What the commands about selector maps and recordings do."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.prompt import Prompt

from bots.errors import ConfigurationError, MapInvalid
from orchestrator import bootstrap, mocks, present
from orchestrator.operate import print_json
from orchestrator.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bots.browser.selector_map import SelectorMap
    from bots.browser.walk import Recorded, Walk


def check(
    system: str, *, base_url: str | None, map_file: str | None, recording: str | None, mock: bool, ui: str | None,
    json: bool,
) -> int:  # fmt: skip
    """Carry out `flotta selectors check`: 0 when every element is found as the map says, 4 when one is not."""
    with ExitStack() as stack:
        if mock:
            mocks.give_accounts((system,))
            base_url = stack.enter_context(mocks.serving({system: ui}, 300, 1, bootstrap.today()))[system]
        settings = load()
        if recording is not None:
            found = bootstrap.inspect_recorded(settings, stack, system, map_file, recording)
        else:
            doors = bootstrap.Doors(
                settings,
                stack,
                base_urls={system: base_url} if base_url else {},
                maps={system: map_file} if map_file else {},
            )
            found = bootstrap.inspect(doors, system, may_open=True)
    if json:
        print_json(found)
    else:
        present.show(present.findings(found, everything=True))
    return 4 if any(each["verdict"] == "drift" for each in found) else 0


def record(
    system: str, *, base_url: str | None, out: str | None, script: str | None, version: str | None, mock: bool,
    ui: str | None, rows: int, yes: bool,
) -> int:  # fmt: skip
    """Carry out `flotta record`: 0 when the recording is stored, 3 when nobody has said that it may be."""
    with ExitStack() as stack:
        if mock:
            base_url = stack.enter_context(mocks.serving({system: ui}, rows, 1, bootstrap.today()))[system]
        settings = load()
        base_url = base_url or settings.system(system).base_url
        if not base_url:
            raise ConfigurationError("Ange systemets adress med --url.")
        if script is None and not sys.stdin.isatty():
            raise ConfigurationError("Ange vad som ska göras med --script FIL, eller kör i en terminal.")
        recorded = bootstrap.record(
            settings, stack, system, base_url, lambda walk: _walk(walk, script),
            known=[each.model_dump_json() for each in _maps(settings, system)], version=version,
            headed=script is None,
        )  # fmt: skip
        if not yes and not _is_clean(recorded):
            _tell("Inget sparades.")
            return 3
        folder = Path(out) if out else settings.recordings / system / recorded.clean.version
        recorded.store(folder)
        _tell(f"Inspelningen finns i {folder}.")
        return 0


def _tell(sentence: str) -> None:
    Console(stderr=True).print(sentence, highlight=False, markup=False, soft_wrap=True)


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
    if recorded.doubted:
        _tell("Det här kan vara namn, och är utbytt (`keep` på vandringen behåller ord):")
        _tell("  " + "; ".join(sorted(recorded.doubted)))
    _tell("Det här tas för systemets egna ord, och står kvar:")
    _tell("  " + ("; ".join(recorded.clean.wording) or "(inget utöver kartorna)"))
    return Prompt.ask("Står där något om en person?", choices=["j", "n"], default="j") == "n"


def _said(script: str | None) -> Iterator[str]:
    if script is not None:
        try:
            yield from Path(script).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ConfigurationError(f"{script} kan inte läsas ({type(error).__name__}).") from error
        return
    _tell("Gå igenom systemet i fönstret, och säg här vad som syns. `help` visar hur.")
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
