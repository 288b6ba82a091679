"""Personnummer: the check digit, and numbers that belong to nobody, by Skatteverket's rule for test numbers."""

from __future__ import annotations

from datetime import date, timedelta

#: Births from about 1990 have one test number per sex and day. Older ones are listed, not derived.
_FIRST_BIRTH = date(1990, 1, 1)
_DAYS = (date(2010, 12, 31) - _FIRST_BIRTH).days + 1
_SERIALS = ("238", "239")


def check_digit(nine: str) -> int:
    """Return the Luhn digit for nine digits (ÅÅMMDD and the serial)."""
    total = 0
    for place, digit in enumerate(nine):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return -total % 10


def stand_in(place: int) -> str:
    """Return the test number at a place of a fixed order, 12 digits. Raises ValueError when there are no more."""
    if not 0 <= place < _DAYS * len(_SERIALS):
        raise ValueError(f"there is no test number at place {place}")
    birth = _FIRST_BIRTH + timedelta(days=place // len(_SERIALS))
    nine = f"{birth:%y%m%d}{_SERIALS[place % len(_SERIALS)]}"
    return f"{birth:%Y}{nine[2:]}{check_digit(nine)}"
