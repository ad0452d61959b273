"""The add queue of a test's window: as the program's, but not kept."""

from __future__ import annotations

import weakref
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
        file = QueueFile(None)
        queue = AddQueue(file, sessions(), lambda work: tasks.spawn(work, "Add torrents"))
        weakref.finalize(queue, file.close)  # no window of a test does it; Python 3.13 tells of open databases
        tasks.spawn(queue.open(), "Open the queue")
        return queue

    return made
