"""The engine's promises, on both databases: one run of an account at a time, people first, no more than the slots."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator import bootstrap
from orchestrator.engine import Engine

#: How long a test waits for what must come. Seconds.
PATIENCE = 30


class Hands:
    """What carries the runs: it notes them, and holds each until it is let go."""

    def __init__(self) -> None:
        """Nothing is in hand."""
        self._changed = threading.Condition()
        self._free: set[str] = set()
        self.begun: list[str] = []
        self.over: list[str] = []

    def carry(self, run_id: str, _asked: int) -> int:
        """Hold the run until it is let go."""
        with self._changed:
            self.begun.append(run_id)
            self._changed.notify_all()
            self._changed.wait_for(lambda: run_id in self._free, PATIENCE)
            self.over.append(run_id)
            self._changed.notify_all()
        return 0

    def let_go(self, *run_ids: str) -> None:
        """Let these end, and wait until they have."""
        with self._changed:
            self._free.update(run_ids)
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: set(run_ids) <= set(self.over), PATIENCE), self.over

    def wait_for(self, count: int) -> list[str]:
        """Return what has begun, once it is so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.begun) >= count, PATIENCE), self.begun
            return list(self.begun)


Opener = Callable[..., Engine]


@pytest.fixture
def url(place: Path | str, tmp_path: Path) -> str:
    """Return where the engine's queues are: a file of their own, or the ledger's server."""
    return place if isinstance(place, str) else f"sqlite:///{tmp_path / 'engine.db'}"


@contextmanager
def engine(url: str, hands: Hands, pools: Mapping[str, int], machine: str = "m1") -> Iterator[Engine]:
    made = Engine(url, machine, pools, hands.carry)
    made.open(bootstrap.now())
    try:
        yield made
    finally:
        made.close()


def submit(engine: Engine, run_id: str, account: str, *, urgent: bool = False, asked: int = 1) -> None:
    engine.submit(run_id, asked, account=account, pool="standard", urgent=urgent)


def test_runs_of_one_account_come_one_after_the_other_and_others_beside_them(url: str) -> None:
    """Whoever waits for an account holds nobody else up."""
    hands = Hands()
    with engine(url, hands, {"standard": 3}) as one:
        for run_id, account in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            submit(one, run_id, account)

        assert sorted(hands.wait_for(2)) == ["a1", "b1"]

        assert one.has("a2", 1)
        hands.let_go("a1", "b1")
        assert hands.wait_for(3)[2] == "a2"
        hands.let_go("a2")


def test_no_more_runs_begin_than_there_are_slots(url: str) -> None:
    """A machine that took on everything would finish nothing."""
    hands = Hands()
    with engine(url, hands, {"standard": 2}) as one:
        for account in "abc":
            submit(one, account, account)

        first = hands.wait_for(2)

        (left,) = {"a", "b", "c"} - set(first)
        assert one.has(left, 1)
        hands.let_go(*first)
        assert hands.wait_for(3)[2] == left
        hands.let_go(left)


def test_a_persons_run_has_its_turn_before_the_clocks(url: str) -> None:
    """Of one account; the one that has begun is not taken off."""
    hands = Hands()
    with engine(url, hands, {"standard": 2}) as one:
        submit(one, "first", "a")
        hands.wait_for(1)
        submit(one, "the clock's", "a")
        submit(one, "a person's", "a", urgent=True)

        hands.let_go("first")

        assert hands.wait_for(2) == ["first", "a person's"]
        hands.let_go("a person's", "the clock's")


def test_what_is_handed_over_twice_is_passed_on_once(url: str) -> None:
    """Whoever does not know whether it was told the engine may tell it again."""
    hands = Hands()
    with engine(url, hands, {"standard": 2}) as one:
        for _ in range(2):
            submit(one, "r1", "a")
        hands.wait_for(1)
        hands.let_go("r1")
        submit(one, "r1", "a")
        submit(one, "r2", "a")
        hands.wait_for(2)
        hands.let_go("r2")

        assert hands.begun == ["r1", "r2"]


def test_the_engine_knows_what_it_has_in_its_hands(url: str) -> None:
    """What it has not, the ledger hands over again."""
    hands = Hands()
    with engine(url, hands, {"standard": 2}) as one:
        assert not one.has("r1", 1)

        submit(one, "r1", "a")
        hands.wait_for(1)

        assert one.has("r1", 1)
        assert not one.has("r1", 2)
        hands.let_go("r1")


def test_of_what_a_dead_machine_had_in_hand_the_accounts_are_free_again(url: str) -> None:
    """Else an account would wait for a machine that never comes back."""
    hands = Hands()
    with engine(url, hands, {"standard": 2}, machine="dead") as one:
        submit(one, "r1", "a")
        hands.wait_for(1)

        one.forget(["dead"])

        assert not one.has("r1", 1)
        submit(one, "r1", "a", asked=2)
        assert hands.wait_for(2) == ["r1", "r1"]
        hands.let_go("r1")


def test_what_was_over_long_ago_is_forgotten(url: str) -> None:
    """A fleet that runs for years does not keep every night."""
    hands = Hands()
    with engine(url, hands, {"standard": 1}) as one:
        submit(one, "r1", "a")
        hands.wait_for(1)
        hands.let_go("r1")

    later = Engine(url, "m1", {"standard": 1}, hands.carry)
    later.open(bootstrap.now() + timedelta(days=8))
    submit(later, "r1", "a")

    assert hands.wait_for(2) == ["r1", "r1"]
    later.close()
