"""Procrastinate: the jobs of a queue, by the functions of its manager that its own worker calls."""

import asyncio

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job, Status

from tests.bench.peers import queues

QUEUE = "reminders"
#: How many are stored at a time.
BATCH = 1_000


def fill(job: queues.Job) -> None:
    """Apply its schema and fill the queue in bulk."""
    asyncio.run(_fill(job))


async def _fill(job: queues.Job) -> None:
    async with _app(job).open_async() as app:
        await app.schema_manager.apply_schema_async()
        for first in range(0, job.items, BATCH):
            places = range(first, min(first + BATCH, job.items))
            await app.job_manager.batch_defer_jobs_async([_a_job(place) for place in places])
        # One state after the other, for its triggers note each change.
        for status in (Status.DOING, Status.SUCCEEDED):
            await app.connector.execute_query_async(
                "UPDATE procrastinate_jobs SET status = %(status)s WHERE id <= %(done)s",
                status=status.value, done=job.done,
            )  # fmt: skip


def _a_job(place: int) -> Job:
    return Job(
        id=None, queue=QUEUE, lock=None, queueing_lock=None, task_name="remove", task_kwargs=queues.arguments(place)
    )


def work(job: queues.Job) -> list[object]:
    """Take jobs as its worker does, which keeps them when they are done."""
    return asyncio.run(_work(job))


async def _work(job: queues.Job) -> list[object]:
    given: list[object] = []
    async with _app(job).open_async() as app:
        manager = app.job_manager
        worker = await manager.register_worker()
        for _ in job.turns():
            fetched = await manager.fetch_job([QUEUE], worker)
            if fetched is None:
                break
            await manager.finish_job(fetched, Status.SUCCEEDED, delete_job=False)
            given.append(fetched.id)
    return given


def _app(job: queues.Job) -> App:
    # psycopg's own URL names no driver.
    return App(connector=PsycopgConnector(conninfo=job.url.replace("+psycopg", "", 1)))


if __name__ == "__main__":
    queues.carry_out(fill, work)
