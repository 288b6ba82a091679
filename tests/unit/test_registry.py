"""The registry: bots and screens by name, and a sentence for a name that there is not."""

from __future__ import annotations

from dataclasses import is_dataclass

import pytest

from bots import registry
from bots.contract import Rule
from bots.errors import ConfigurationError


def test_the_installed_bots_are_named() -> None:
    """As on the command line."""
    assert registry.names() == ["ivo-reporting", "reminder-cleanup"]


@pytest.mark.parametrize("name", registry.names())
def test_a_bot_is_found_by_its_own_name(name: str) -> None:
    """What the ledger stores finds the same bot again."""
    assert registry.bot(name).name == name


@pytest.mark.parametrize("name", registry.names())
def test_a_bot_has_all_that_the_worker_asks_for(name: str) -> None:
    """Systems with screens, rules with names of their own, words for its steps, a record that can be sealed."""
    bot = registry.bot(name)

    assert bot.systems
    assert all(callable(registry.screens(system)) for system in bot.systems)
    assert all(isinstance(rule, Rule) for rule in bot.rules)
    assert all(bot.steps.values())
    assert is_dataclass(bot.record)


def test_a_bot_says_only_what_differs_from_most() -> None:
    """It writes by itself, its small plans need nobody, and what it has done is done."""
    bot = registry.bot("reminder-cleanup")

    assert (bot.by_person, bot.asks, bot.done) == (False, False, "Borttagna")
    assert registry.bot("ivo-reporting", {"submit": "approved"}).by_person is False


def test_a_bot_that_there_is_not_is_refused_with_those_there_are() -> None:
    """A misspelling is seen at once."""
    with pytest.raises(ConfigurationError, match="reminder-cleanup"):
        registry.bot("reminder-clean")


@pytest.mark.parametrize(
    ("name", "system"), [(name, each) for name in registry.names() for each in registry.bot(name).systems]
)
def test_what_a_bot_uses_of_each_of_its_systems_is_known(name: str, system: str) -> None:
    """What isn't known isn't looked through before a run that nobody watches."""
    assert {"sign_in", "role"} < registry.uses(name, system)


def test_what_any_of_a_bots_modules_calls_is_found() -> None:
    """A bot may have more of them than its flow."""
    flow, helper = "def run(at): return at.lifecare.reminders()", "def last(at): at.lifecare.remove(at.ivo.cases())"

    assert registry.calls([flow, helper], "lifecare") == {"reminders", "remove"}


@pytest.mark.parametrize(
    "flow",
    [
        "def run(at):\n    portal = at.lifecare\n    return portal.reminders()",
        "def run(at):\n    at.lifecare.reminders()\n    return helper(at.lifecare)",
        "def run(at): return helper(at)",
    ],
)
def test_a_system_that_is_called_by_another_name_is_a_developers_error(flow: str) -> None:
    """Its screens would be left out of what is looked through, and nobody would notice."""
    with pytest.raises(ValueError, match=r"at\.lifecare"):
        registry.calls([flow], "lifecare")


def test_a_system_that_has_no_screens_yet_is_said_to_have_none() -> None:
    """A map may be written before them, and can be held against a recording."""
    with pytest.raises(ConfigurationError, match="inga skärmar för litet"):
        registry.screens("litet")
