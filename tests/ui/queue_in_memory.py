"""The add queue of a test's window: as the program's, but not kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from qbt_remote.local.add_queue import QueueFile
from qbt_remote.sync.adding.queue import AddQueue
from qbt_remote.sync.session import Session
from qbt_remote.ui.kit.tasks import Tasks


def queue_in_memory(sessions: Callable[[], Mapping[str, Session]], tasks: Tasks) -> Callable[[], AddQueue]:
    """Give what ``Hooks.add_queue`` is to be: the queue is made when it is asked for first."""

    @cache
    def made() -> AddQueue:
        queue = AddQueue(QueueFile(None), sessions(), lambda work: tasks.spawn(work, "Add torrents"))
        tasks.spawn(queue.open(), "Open the queue")
        return queue

    return made
