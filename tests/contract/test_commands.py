"""Every command on torrents, chosen in the real window, does on every server what it should, and nothing else.

All four servers are used at once, each by a window of its own; each command gets none, one and three torrents.
"""

from __future__ import annotations

import asyncio
import fnmatch
from contextlib import nullcontext

import qasync

from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.window.commands import COMMANDS
from tests.contract.command_rows import ROWS
from tests.contract.desk import Desk, Row
from tests.contract.matrix import PROVEN, Matrix
from tests.contract.target import Target, differences
from tests.real.scene import Sample, Tracker
from tests.ui.conftest import qt_loop as qt_loop

ON_TORRENTS = {command.id: command for command in COMMANDS if command.on in ("torrents", "listed")}


def test_every_command_does_what_it_should_and_leaves_nothing_else_changed(
    qt_loop: qasync.QEventLoop, targets: dict[str, Target], matrix: Matrix
) -> None:
    """One test, since nothing may go on in a window between two of them; it tells all that failed."""
    failed: list[Exception] = []

    async def on(known: Target, tracker: Tracker) -> None:
        target = Target(known.server)
        target.bystanders = known.bystanders
        await target.client.connect()
        async with Desk(target, tracker) as desk:
            for kind in ("tiny", "whole"):
                await desk.pool(kind, 3)
            await _without_selection(desk)
            for name, row in ROWS.items():
                matrix.begin(_title(name), target.label)
                try:
                    matrix.prove(_title(name), target.label, await _prove(desk, ON_TORRENTS[name], row))
                except Exception as error:  # noqa: BLE001  # every one is told at the end
                    error.add_note(f"{name} on {target.label}")
                    failed.append(error)
                    desk.give_up()
            await desk.clean()
            assert desk.failures == []
        await target.close()

    async def everywhere() -> None:
        with Tracker() as tracker:
            await asyncio.gather(*(on(known, tracker) for known in targets.values()))

    qt_loop.run_until_complete(everywhere())

    if failed:
        raise ExceptionGroup("commands", failed)


def _title(command: str) -> str:
    return f"command: {command}"


async def _prove(desk: Desk, command: Command, row: Row) -> str:
    """Choose a command for one and for three torrents; gives what stands in the matrix."""
    result = PROVEN
    why = row.disabled(desk)
    if command.needs and not desk.client.has(command.needs):
        why, result = "Needs qBittorrent", "too old"
    elif why:
        result = "not there"
    for number in (1, 3):
        if why or number not in row.numbers:
            await _refused(desk, command, await desk.pool(row.kind, number), why or "Only one torrent at a time")
            continue
        made = [await desk.fresh(row.kind, **row.more) for _ in range(number)] if row.alone else []
        await _done(desk, command, row, made or await desk.pool(row.kind, number))
        if made:
            await desk.post("torrents/delete", made, deleteFiles=True)
    return result


async def _without_selection(desk: Desk) -> None:
    """Without a selection no command can be chosen, each says why, and none sends anything."""
    await desk.in_step()
    desk.pick([])
    before = await desk.state([])
    for command in ON_TORRENTS.values():
        _cannot(desk, command, "Select a torrent first")
    assert differences(before, await desk.state([])) == {}


async def _refused(desk: Desk, command: Command, samples: list[Sample], why: str) -> None:
    """It cannot be chosen for these, says why, and sends nothing."""
    await desk.in_step()
    desk.pick(samples)
    before = await desk.state(samples)
    _cannot(desk, command, why)
    assert differences(before, await desk.state(samples)) == {}


def _cannot(desk: Desk, command: Command, why: str) -> None:
    assert why in desk.why_not(command), command.id
    enabled = desk.action(command.id).isEnabled()

    desk.action(command.id).trigger()

    assert why in desk.notice() or not enabled
    assert desk.action(command.id).iconText() not in desk.tasks.doing
    desk.window.notices.dismiss_all()


async def _done(desk: Desk, command: Command, row: Row, samples: list[Sample]) -> None:
    if row.prepare:
        await row.prepare(desk, samples)
    await desk.in_step()
    desk.pick(samples)
    assert desk.why_not(command) == ""
    before = await desk.state(samples)

    async with desk.clipboard if command.on == "listed" else nullcontext():
        await desk.carry_out(command, row.answers, samples)
        await row.shows(desk, samples)

    changed = differences(before, await desk.state(samples))
    allowed = [path.format(h=sample.hash) for path in row.changes for sample in samples]
    unexpected = {
        path: change for path, change in changed.items() if not any(fnmatch.fnmatch(path, p) for p in allowed)
    }
    if row.restore:
        await row.restore(desk, samples)
    assert not unexpected, unexpected
