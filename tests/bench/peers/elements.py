"""OpenOrchestrator: the elements of a queue, by the functions that its own connection object passes each call on to."""

import json

from OpenOrchestrator.database import base, db_util
from OpenOrchestrator.database.queues import QueueElement, QueueStatus
from sqlalchemy import Engine, func, select, update

from tests.bench.peers import queues

QUEUE = "reminders"


def fill(job: queues.Job) -> None:
    """Make the tables as its own tests do, since the package brings no migrations, and fill the queue in bulk."""
    engine = _connect(job)
    base.Base.metadata.create_all(engine)
    said = [queues.arguments(place) for place in range(job.items)]
    db_util.bulk_create_queue_elements(
        QUEUE, tuple(each["reminder"] for each in said), tuple(json.dumps(each) for each in said)
    )
    first = select(QueueElement.id).order_by(QueueElement.created_date).limit(job.done)
    ended = {"status": QueueStatus.DONE, "start_date": func.now(), "end_date": func.now()}
    with engine.begin() as connection:
        connection.execute(update(QueueElement).where(QueueElement.id.in_(first)).values(ended))


def work(job: queues.Job) -> list[object]:
    """Take elements as a robot does."""
    _connect(job)
    given: list[object] = []
    for _ in job.turns():
        element = db_util.get_next_queue_element(QUEUE)
        if element is None:
            break
        db_util.set_queue_element_status(element.id, QueueStatus.DONE)
        given.append(element.id)
    return given


def _connect(job: queues.Job) -> Engine:
    db_util.connect(job.url)
    engine: Engine | None = db_util._connection_engine
    if engine is None:
        raise RuntimeError(f"OpenOrchestrator does not reach {job.url}")
    return engine


if __name__ == "__main__":
    queues.carry_out(fill, work)
