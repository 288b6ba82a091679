"""What every test stands on: the order in which they are run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run first what takes long, or it is what the whole suite waits for at its end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
