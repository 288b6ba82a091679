"""The seam to the distributed engine: it passes run ids to machines, a bounded number at a time, one to an account.

DBOS Transact is behind it, and only here. Its status decides nothing: the ledger is the truth, and asks again when the
engine has lost something. A workflow carries a run id in and a number out and never raises, since the engine would
store an exception with its text; nor is anything in it an engine step, which the engine would repeat after a crash.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

#: Carries a run as far as it goes: its id, and how often it has been handed over. Returns a number for the record.
Carry = Callable[[str, int], int]

#: How often a machine asks for what it may carry. Seconds.
POLL_EVERY = 0.2
#: Without any limit over all accounts the engine's limit for one account leaks: 12 of 900 runs overlapped.
AT_ONCE = 1000
#: What people ask for goes before what the clock asks for.
URGENT, ORDINARY = 1, 2
#: How long the engine remembers what is over.
KEPT = timedelta(days=7)
_WORKFLOW = "carry"
#: In which of the engine's states a run is in its hands.
_IN_HAND = {"ENQUEUED", "DELAYED", "PENDING"}

# It logs names of hosts, and errors with the text of statements. What matters of it is in the ledger.
logging.getLogger("dbos").setLevel(logging.CRITICAL)


class Engine:
    """One machine's part of the engine. There is one in a process."""

    def __init__(self, url: str, machine: str, pools: Mapping[str, int], carry: Carry) -> None:
        """`url` is SQLite's or PostgreSQL's; `pools` says how many runs of each this machine carries at a time."""
        self._pools = dict(pools)
        config: DBOSConfig = {
            "name": "flotta",
            "system_database_url": url,
            "executor_id": machine,
            "application_version": "1",
            "serializer": DBOSPortableJSONSerializer(),
            "enable_otlp": False,
            "log_level": "CRITICAL",
            "console_log_level": "CRITICAL",
        }
        DBOS(config=config)

        @DBOS.workflow(name=_WORKFLOW)
        def workflow(run_id: str, asked: int) -> int:
            return carry(run_id, asked)

    def open(self, now: datetime) -> None:
        """Begin to carry. What this machine had in hand when it went is passed on again."""
        DBOS.listen_queues(list(self._pools))
        DBOS.launch()
        self._tidy(now)
        for pool, slots in self._pools.items():
            DBOS.register_queue(
                pool,
                worker_concurrency=slots,
                partition_concurrency=1,
                global_concurrency=AT_ONCE,
                polling_interval_sec=POLL_EVERY,
            )

    @staticmethod
    def _tidy(now: datetime) -> None:
        """Forget what was over long ago. The ledger remembers it, for as long as it is to be."""
        before = (now - KEPT).isoformat()
        over = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], completed_before=before, load_input=False, load_output=False
        )
        DBOS.delete_workflows([each.workflow_id for each in over])

    def close(self) -> None:
        """Take no more on. What is in hand must have ended."""
        DBOS.destroy(destroy_registry=True)

    def submit(self, run_id: str, asked: int, *, account: str, pool: str, urgent: bool) -> None:
        """Hand a run over. Handing the same over twice does nothing."""
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": _WORKFLOW,
                "queue_name": pool,
                "workflow_id": _name(run_id, asked),
                "queue_partition_key": account,
                "priority": URGENT if urgent else ORDINARY,
            },
            run_id,
            asked,
        )

    def has(self, run_id: str, asked: int) -> bool:
        """Return whether the engine has the run in its hands, by that passing."""
        found: Any = DBOS.get_workflow_status(_name(run_id, asked))
        return found is not None and found.status in _IN_HAND

    def forget(self, machines: Sequence[str]) -> None:
        """Let go of all that dead machines had in hand, so that its accounts are free for others."""
        if machines:
            for each in DBOS.list_workflows(executor_id=list(machines), status=["PENDING"], load_input=False):
                DBOS.cancel_workflow(each.workflow_id)


def _name(run_id: str, asked: int) -> str:
    return f"{run_id}#{asked}"
