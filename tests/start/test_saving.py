"""Settings that could not be written are written once it is possible, without a question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QPushButton

from qbt_remote.local.settings import Settings
from qbt_remote.start.saving import Saving
from qbt_remote.ui.kit.notices import NoticeBar
from qbt_remote.ui.kit.tasks import Tasks
from tests.conftest import Run
from tests.ui.conftest import until

Story = Callable[["Bench", "Disk"], Coroutine[Any, Any, None]]
NOT_SAVED, AGAIN = "The settings are not saved: ", "The settings are saved again"


class Disk:
    """A folder that is a file, in which nothing can be written, until it is mended."""

    def __init__(self, path: Path, *, full: bool = True) -> None:
        self.path = path
        path.write_text("") if full else path.mkdir()

    def mend(self) -> None:
        self.path.unlink()
        self.path.mkdir()


class Bench:
    def __init__(self, disk: Disk, again_s: float) -> None:
        self.failures: list[BaseException] = []
        self.tasks = Tasks(lambda error, _doing: self.failures.append(error))
        self.bar = NoticeBar(self.tasks)
        self.settings = Settings()
        self.file = disk.path / "settings.json"
        self.saving = Saving(self.settings, self.file, {disk.path}, self.tasks, lambda: self.bar, again_s=again_s)

    @property
    def said(self) -> list[str]:
        """The notices, the newest first."""
        found = []
        while self.bar.current:
            found.append(self.bar.current.text)
            self.bar.dismiss()
        return found


def play(run: Run, tmp_path: Path, story: Story, again_s: float = 0.01) -> None:
    async def whole() -> None:
        disk = Disk(tmp_path / "disk")
        bench = Bench(disk, again_s)
        await story(bench, disk)
        await bench.tasks.stop()
        bench.bar.deleteLater()
        assert bench.failures == []

    run(whole())


def test_it_is_tried_again_until_it_works_and_said_once(qapp: object, run: Run, tmp_path: Path) -> None:
    async def story(bench: Bench, disk: Disk) -> None:
        bench.saving.save()
        assert bench.bar.current is not None
        assert bench.bar.current.text.startswith(NOT_SAVED)
        await asyncio.sleep(0.05)  # some tries in vain
        assert bench.bar.waiting == 0

        bench.settings.theme = "dark"
        disk.mend()
        await until(bench.file.exists)

        assert Settings.load(bench.file).theme == "dark"
        assert bench.said == [AGAIN]
        bench.saving.save()
        assert bench.said == []
        await until(lambda: bench.tasks.doing == [])

    play(run, tmp_path, story)


def test_tries_that_fail_say_nothing_anew(qapp: object, run: Run, tmp_path: Path) -> None:
    async def story(bench: Bench, _disk: Disk) -> None:
        bench.saving.save()
        bench.bar.dismiss()
        await asyncio.sleep(0.05)
        assert bench.said == []

    play(run, tmp_path, story)


def test_the_button_tries_at_once(qapp: object, run: Run, tmp_path: Path) -> None:
    async def story(bench: Bench, disk: Disk) -> None:
        bench.saving.save()
        disk.mend()
        bench.bar.findChildren(QPushButton)[0].click()

        assert bench.file.exists()
        assert bench.said == [AGAIN]
        await until(lambda: bench.tasks.doing == [])

    play(run, tmp_path, story, again_s=1000)


def test_a_folder_that_could_not_be_written_at_the_start_is_looked_at_again(
    qapp: object, run: Run, tmp_path: Path
) -> None:
    async def story(bench: Bench, disk: Disk) -> None:
        disk.mend()
        bench.settings.save(bench.file)  # there is nothing new to write later
        disk.path.rename(tmp_path / "away")
        disk.path.write_text("")
        bench.saving.try_folders()
        await asyncio.sleep(0.05)
        assert bench.bar.current is not None
        assert bench.bar.current.text.startswith(NOT_SAVED)

        disk.path.unlink()
        (tmp_path / "away").rename(disk.path)

        await until(lambda: bench.bar.current is not None and bench.bar.current.text == AGAIN)

    play(run, tmp_path, story)


def test_nothing_waits_while_all_is_well(qapp: object, run: Run, tmp_path: Path) -> None:
    async def story(bench: Bench, disk: Disk) -> None:
        disk.mend()
        bench.saving.try_folders()
        bench.saving.save()
        assert (bench.said, bench.tasks.doing) == ([], [])

    play(run, tmp_path, story)
