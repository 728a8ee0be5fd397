"""huey, in its own environment: `rates FOLDER` prints jobs enqueued and run a second, `idle FOLDER` waits in ms."""

from __future__ import annotations

import sys
import threading
import time

from huey import SqliteHuey

kind, folder = sys.argv[1:]
queue = SqliteHuey("bench", filename=f"{folder}/huey.db", fsync=True)
ran: list[float] = []


@queue.task()
def job(n: int) -> None:
    """Do nothing, and note when."""
    ran.append(time.perf_counter())


def wait_for(count: int) -> None:
    """Return when that many jobs have run."""
    while len(ran) < count:
        time.sleep(0.001)


if kind == "rates":
    begin = time.perf_counter()
    for n in range(2000):
        job(n)
    enqueued = 2000 / (time.perf_counter() - begin)
    consumer = queue.create_consumer(workers=1, periodic=False, check_worker_health=False)
    begin = time.perf_counter()
    consumer.start()
    wait_for(2000)
    print(enqueued, 2000 / (ran[-1] - begin))
    consumer.stop()
else:
    consumer = queue.create_consumer(workers=1, periodic=False, check_worker_health=False)
    consumer.start()
    spent = []
    for n in range(5):
        time.sleep(3.3)
        begin = time.perf_counter()
        job(n)
        wait_for(n + 1)
        spent.append((ran[-1] - begin) * 1000)
    print(*spent)
    consumer.stop()
threading.Event().wait(0.05)
