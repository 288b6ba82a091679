"""Tests. A package, so that tests can share the oracle under one name for pytest and mypy alike."""
