"""What was chosen in the add dialog is there again after the program was killed with the dialog open."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from qbt_remote.api.adding.given import Given
from qbt_remote.sync.adding.kept import offer_of
from qbt_remote.ui.add.add_dialog import AddDialog
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, play

TWO = ("5.3.0", "5.1.0")


def magnet(n: int) -> Given:
    return Given((f"magnet:?xt=urn:btih:{n + 1:040x}&dn=Torrent%20{n}",))


def the_dialog() -> AddDialog | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, AddDialog) and w.isVisible()), None)


async def opened(rig: Rig, given: Given) -> AddDialog:
    rig.window.add(given)
    dialog = await until(the_dialog)
    assert isinstance(dialog, AddDialog)
    await until(lambda: dialog.model.rowCount() == 1 and dialog.add_button.isEnabled())
    return dialog


def test_choices_and_server_are_there_again(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, magnet(0))
        rig.window.add(magnet(1))
        await until(lambda: dialog.model.rowCount() == 2)
        dialog.server.setCurrentIndex(1)
        dialog.form.where.category.setEditText("films")
        file = rig.window.shell.hooks.add_queue().rows.file
        await until(lambda: '"films"' in "".join(row.what for row in file.given()))
        as_killed = [(row.id, offer_of(row)) for row in file.given()]
        assert len(as_killed) == 2
        dialog.reject()
        await until(lambda: the_dialog() is None)

        rig.window.adding.restore(as_killed)

        again = await until(the_dialog)
        await until(lambda: again.model.rowCount() == 2)
        assert again.form.where.category.currentText() == "films"
        assert again.server_id() == rig.servers[1].config.id
        assert [entry.own for entry in again.model.entries] == [{}, {}]
        again.reject()

    play(run, scene, *TWO)


def test_what_was_chosen_goes_with_what_was_given(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        dialog = await opened(rig, magnet(0))
        queue = rig.window.shell.hooks.add_queue()
        await until(lambda: queue.rows.file.given())
        for text in ("f", "fi", "films"):
            dialog.form.where.category.setEditText(text)
        await until(lambda: '"films"' in queue.rows.file.given()[0].what)
        dialog.reject()
        await until(lambda: not queue.rows.file.given())

    play(run, scene)
