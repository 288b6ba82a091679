"""What the commands about selector maps do."""

from __future__ import annotations

from contextlib import ExitStack

from orchestrator import bootstrap, mocks, present
from orchestrator.operate import print_json
from orchestrator.settings import load


def check(system: str, *, base_url: str | None, map_file: str | None, mock: bool, ui: str | None, json: bool) -> int:
    """Carry out `flotta selectors check`: 0 when every element is found as the map says, 4 when one is not."""
    with ExitStack() as stack:
        if mock:
            mocks.give_accounts((system,))
            base_url = stack.enter_context(mocks.serving({system: ui}, 300, 1, bootstrap.today()))[system]
        settings = load()
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
