"""Texts that a person words otherwise before a plan is approved: the page they edit, and what may not stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bots.errors import ConfigurationError

#: What may be somebody's personnummer, or a number that an authority has given in its place.
_NUMBER = re.compile(r"(?:\d[ .-]?){6,8}[-+ ]?(?:\d{4}|T\d{3}|TF\d{2})(?!\d)", re.IGNORECASE)
_HEADING = re.compile(r"^## (.*?)(?: \(.*\))?$", re.MULTILINE)


def page(reference: str, now: Mapping[str, str], longest: Mapping[str, int]) -> str:
    """Return the texts as a page to edit, each under its heading."""
    parts = [f"## {name} (högst {longest[name]} tecken)\n{text}\n" for name, text in now.items()]
    return "\n".join(
        [
            f"{reference}: ändra texten under en rubrik, spara och stäng. Rubrikerna ska stå kvar.",
            "Inga namn, personnummer eller diagnoser.\n",
            *parts,
        ]
    )


def read(saved: str) -> dict[str, str]:
    """Return the texts of an edited page, by name."""
    _before, *found = _HEADING.split(saved)
    return dict(zip(found[::2], found[1::2], strict=True))


def checked(said: Mapping[str, str], now: Mapping[str, str], longest: Mapping[str, int]) -> dict[str, str]:
    """Return the texts that differ from what they are now, on one line each.

    Raises ConfigurationError for a text that is not there now, is empty or too long, or may hold a personnummer.
    """
    found = {name: " ".join(text.split()) for name, text in said.items()}
    for name, text in found.items():
        if name not in now:
            raise ConfigurationError(f"Det finns ingen text {name!r}. De som finns är {', '.join(now)}.")
        if not text:
            raise ConfigurationError(f"Texten {name!r} är tom. Inget ändrades.")
        if len(text) > longest[name]:
            raise ConfigurationError(
                f"Texten {name!r} är {len(text)} tecken, och får vara {longest[name]}. Inget ändrades."
            )
        if _NUMBER.search(text):
            raise ConfigurationError(f"Texten {name!r} ser ut att innehålla ett personnummer. Inget ändrades.")
    return {name: text for name, text in found.items() if text != now[name]}
