"""APScheduler 3 as a clock: it starts the jobs in time, holds no truth, and never runs one twice at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.background import BackgroundScheduler

from broadcast.clock import SystemClock
from broadcast.dispatch.turn import CREW
from broadcast.errors import BroadcastError
from scheduler.jobs import Job
from scheduler.log import Log

#: A job that could not start in time (a machine that slept) still starts: what is due is a query anyway.
MISFIRE_GRACE_S = 3600


class _Crew(BaseExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Runs jobs in threads that do not keep a program that was told to stop."""

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        def work() -> None:
            try:
                events = run_job(job, job._jobstore_alias, run_times, self._logger.name)
            except BaseException:  # noqa: BLE001  (APScheduler tells it)
                self._run_job_error(job.id, *sys.exc_info()[1:])
            else:
                self._run_job_success(job.id, events)

        CREW.do(work)


class Ticking:
    """The clock of one active process."""

    def __init__(self, jobs: Sequence[Job], log: Log) -> None:
        self._log = log
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": _Crew()},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_S},
            timezone=UTC,
        )
        now = SystemClock().wall()
        for job in jobs:
            self._scheduler.add_job(
                self._guarded,
                "interval",
                args=[job],
                seconds=job.every_s,
                id=job.name,
                name=job.name,
                next_run_time=now + timedelta(seconds=job.first_s),
            )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    @property
    def is_alive(self) -> bool:
        """False once the thread that starts the jobs has ended."""
        thread = self._scheduler._thread
        return thread is not None and thread.is_alive()

    def stop(self) -> None:
        """Start no job any more; those under way end by themselves."""
        with suppress(SchedulerNotRunningError):
            self._scheduler.shutdown(wait=False)

    def _guarded(self, job: Job) -> None:
        # A job that fails is said once, and tried again at its next time.
        try:
            job.work()
        except BroadcastError as error:
            self._log.once(job.name, f"{job.name} : {error}")
        except Exception as error:  # noqa: BLE001  (a fault in one job must not stop the others; it is told)
            self._log.once(job.name, f"{job.name} : erreur inattendue : {error!r}")
        else:
            self._log.once(job.name, "")
