"""Texts that a person words otherwise: the page they edit reads back as it was written, and bad texts are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.errors import ConfigurationError
from orchestrator import operate, wording

NOW = {"beskrivning": "Brist på en ledig bostad.", "under tiden": "Under tiden: boendestöd."}
LONGEST = {"beskrivning": 60, "konsekvenser": 60, "under tiden": 60}
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=40)


@given(LINES.filter(lambda line: not line.startswith("## ")))
def test_a_page_that_is_saved_as_it_was_changes_nothing(text: str) -> None:
    """Whatever is in it, but for a line that looks like a heading."""
    now = {"beskrivning": " ".join(text.split()) or "x", "under tiden": "y"}

    assert wording.read(wording.page("B-1", now, LONGEST)).keys() == now.keys()
    read = {name: " ".join(each.split()) for name, each in wording.read(wording.page("B-1", now, LONGEST)).items()}
    assert read == now


def test_only_what_differs_is_changed_on_one_line() -> None:
    """The form shows a line where it takes several."""
    page = wording.page("B-1", NOW, LONGEST).replace("Brist på en ledig bostad.", "Brist på\n  bostad.\n")

    assert wording.checked(wording.read(page), NOW, LONGEST) == {"beskrivning": "Brist på bostad."}


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("beskrivning", " \n ", "är tom"),
        ("beskrivning", "x" * 61, "är 61 tecken, och får vara 60"),
        ("beskrivning", "Gäller 19900101-2385.", "personnummer"),
        ("beskrivning", "Gäller 900101 2385.", "personnummer"),
        ("beskrivning", "Gäller 199001012385.", "personnummer"),
        ("beskrivning", "Gäller 1990-01-01-2385.", "personnummer"),
        ("beskrivning", "Gäller 19900101-T123.", "personnummer"),
        ("beskrivning", "Gäller 19900101-TF10.", "personnummer"),
        ("konsekvenser", "Inga.", "De som finns är beskrivning, under tiden"),
    ],
)
def test_what_may_not_be_sent_is_refused(name: str, text: str, why: str) -> None:
    """The form would cut it, ask for it, or tell who it is about."""
    with pytest.raises(ConfigurationError, match=why):
        wording.checked({name: text}, NOW, LONGEST)


def test_days_are_no_numbers() -> None:
    """A text is full of them."""
    said = {"beskrivning": "Följdes upp 2026-05-20, 2026-07-11; ring 042-105000."}

    assert wording.checked(said, NOW, LONGEST) == said


def test_no_editor_is_opened_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for ever. One that was named may be a script."""
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(ConfigurationError, match="--text"):
        operate._edited("B-1", {"konsekvenser": "Inga."}, {"konsekvenser": 100})
