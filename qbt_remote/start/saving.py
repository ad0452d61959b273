"""Writes the settings, says when that fails, and tries again until it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qbt_remote.local import small_files
from qbt_remote.local.settings import Settings
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.tasks import Tasks

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.ui.kit.notices import NoticeBar

AGAIN_S = 30.0


class Saving:
    """One settings file.  Nothing waits for anything while it can be written."""

    def __init__(
        self,
        settings: Settings,
        path: Path,
        folders: set[Path],
        tasks: Tasks,
        notices: Callable[[], NoticeBar],
        *,
        again_s: float = AGAIN_S,
    ) -> None:
        """``folders`` are those in which something is kept besides."""
        self._settings, self._path, self._folders, self._tasks = settings, path, folders, tasks
        self._notices, self._again_s = notices, again_s
        self._said = ""
        """What was said of the failure; "" while all is well."""
        self._retrying: asyncio.Task[None] | None = None

    def try_folders(self) -> None:
        """Say at the start that nothing will be kept, not when the window has gone."""
        try:
            self._try_folders()
        except OSError as error:
            self._failed(error)

    def save(self) -> None:
        """Write the file if it would be another; a failure is said, with a button for it."""
        if (error := self._write()) is not None:
            self._failed(error)

    def _write(self) -> OSError | None:
        try:
            if self._said:  # the file may have nothing new to say, and still not be writable
                self._try_folders()
            self._settings.save(self._path)
        except OSError as error:
            return error
        self._say_it_works()
        return None

    def _try_folders(self) -> None:
        for folder in self._folders:
            small_files.try_to_write(folder)

    def _failed(self, error: OSError) -> None:
        self._take_back()
        self._said = tr("The settings are not saved: {why}", why=error.strerror or str(error))
        self._notices().show_error(self._said, retry=self.save)
        if self._retrying is None:
            self._retrying = self._tasks.spawn(self._try_again(), tr("Save the settings"))

    async def _try_again(self) -> None:
        import asyncio

        try:
            while self._said:
                await asyncio.sleep(self._again_s)
                self._write()
        finally:
            self._retrying = None

    def _say_it_works(self) -> None:
        if self._said:
            self._take_back()
            self._said = ""
            if self._retrying is not None:
                self._retrying.cancel()
            self._notices().show_info(tr("The settings are saved again"))

    def _take_back(self) -> None:
        if self._said:
            self._notices().take_back(self._said)
