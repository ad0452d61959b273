"""Torrent options of one and of many: what is not touched is neither changed nor sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLineEdit

from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.limits import SpeedField
from qbt_remote.ui.torrents.options_dialog import OptionsDialog
from tests.conftest import Run
from tests.sim.faults import Fault
from tests.sim.handler import Reply
from tests.ui.conftest import until
from tests.ui.rig import Rig, hash_of, open_dialog, part, play, three_torrents


async def options(rig: Rig) -> OptionsDialog:
    dialog = await rig.question("torrent_options")
    assert isinstance(dialog, OptionsDialog)
    return dialog


def box(dialog: QDialog, text: str) -> QCheckBox:
    return next(b for b in dialog.findChildren(QCheckBox) if text in b.text().replace("&", ""))


def combo(dialog: QDialog, name: str) -> QComboBox:
    return next(c for c in dialog.findChildren(QComboBox) if c.accessibleName() == name)


def path(dialog: QDialog, number: int) -> QLineEdit:
    return dialog.findChildren(PathEdit)[number].edit


def test_only_what_was_touched_is_sent(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await options(rig)
        part(dialog.findChildren(SpeedField)[0], QComboBox).setCurrentText("MiB/s")
        box(dialog, "sequential").click()
        await rig.answer(dialog, "torrent_options")
        assert rig.home.commands() == ["torrents/toggleSequentialDownload"]

    play(run, scene)


def test_a_value_that_no_input_can_show_exactly_is_not_sent(run: Run) -> None:
    def odd(rig: Rig) -> None:
        three_torrents(rig)
        values = {
            "ratio_limit": 1.337,
            "seeding_time_limit": 10**6,
            "share_limit_action": "Celebrate",
            "category": "gone",
        }
        rig.home.world.set(next(iter(rig.home.world.torrents)), dl_limit=1500, up_limit=2**62, **values)

    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await options(rig)
        assert combo(dialog, "Category").currentText() == "gone"
        box(dialog, "sequential").click()
        await rig.answer(dialog, "torrent_options")
        assert rig.home.commands() == ["torrents/toggleSequentialDownload"]

    play(run, scene, before=odd)


def test_many_keep_what_differs_and_get_what_is_set(run: Run) -> None:
    def different(rig: Rig) -> None:
        three_torrents(rig)
        a, b, *_ = rig.home.world.torrents
        rig.home.world.set(a, ratio_limit=2.0, seq_dl=True, category="linux")
        rig.home.world.set(b, seeding_time_limit=60)

    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await options(rig)
        assert box(dialog, "sequential").checkState() is Qt.CheckState.PartiallyChecked
        assert combo(dialog, "Category").currentText() == "Different"
        combo(dialog, "Share limit action").setCurrentText("Remove torrent")
        await rig.answer(dialog, "torrent_options")
        a, b = hash_of(rig.home, "A", "B")
        sent = {f["hashes"]: f for f in rig.home.calls("torrents/setShareLimits")}
        assert {f["shareLimitAction"] for f in sent.values()} == {"Remove"}
        assert (sent[a]["ratioLimit"], sent[a]["seedingTimeLimit"]) == ("2.0", "-2")
        assert (sent[b]["ratioLimit"], sent[b]["seedingTimeLimit"]) == ("-2.0", "60")
        assert set(rig.home.commands()) == {"torrents/setShareLimits"}

    play(run, scene, before=different)


def test_paths_are_left_to_the_server_where_it_manages_and_said_so(run: Run) -> None:
    def managed(rig: Rig) -> None:
        three_torrents(rig)
        rig.home.world.set(next(iter(rig.home.world.torrents)), auto_tmm=True)

    async def scene(rig: Rig) -> None:
        rig.select("A", "B")
        dialog = await options(rig)
        path(dialog, 0).setText("/srv/new")
        dialog.ok.click()
        shown = await until(lambda: open_dialog() if open_dialog() is not dialog else None)
        assert "automatic management is on (A)" in "\n".join(w.text() for w in shown.findChildren(type(shown.reason)))
        await rig.agree("torrent_options")
        assert rig.home.calls("torrents/setSavePath") == [{"id": hash_of(rig.home, "B")[0], "path": "/srv/new"}]
        rig.select("A")
        dialog = await options(rig)
        assert not path(dialog, 0).isEnabled()
        box(dialog, "management").click()
        path(dialog, 0).setText("/srv/new")
        await rig.answer(dialog, "torrent_options")
        await until(lambda: rig.home.torrent("A").save_path == "/srv/new")

    play(run, scene, before=managed)


def test_an_old_server_is_told_by_set_location_and_shows_what_it_lacks(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await options(rig)
        assert "Needs qBittorrent 4.4" in box(dialog, "another path").toolTip()
        assert not combo(dialog, "Share limit action").isEnabled()
        path(dialog, 0).setText("/srv/new")
        await rig.answer(dialog, "torrent_options")
        assert rig.home.commands() == ["torrents/setLocation"]

    play(run, scene, "4.2.5")


def test_a_path_for_incomplete_goes_on_and_off(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.select("A")
        dialog = await options(rig)
        box(dialog, "another path").click()
        assert not dialog.ok.isEnabled()
        path(dialog, 1).setText("/srv/.part")
        await rig.answer(dialog, "torrent_options")
        await until(lambda: rig.home.torrent("A").download_path == "/srv/.part")
        dialog = await options(rig)
        box(dialog, "another path").click()
        await rig.answer(dialog, "torrent_options")
        await until(lambda: rig.home.torrent("A").download_path == "")
        assert rig.home.commands() == ["torrents/setDownloadPath", "torrents/setDownloadPath"]

    play(run, scene)


def test_what_is_refused_keeps_nothing_else_back(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        rig.home.link.plan("torrents/setSavePath", Fault(executed=False, reply=Reply(409, b"not writable")))
        rig.select("A")
        dialog = await options(rig)
        path(dialog, 0).setText("/srv/new")
        box(dialog, "sequential").click()
        await rig.answer(dialog, "torrent_options")
        assert rig.notice() == "home: “Torrent options” failed for A: /srv/new: not writable"
        await until(lambda: rig.home.torrent("A").seq_dl)
        assert rig.home.torrent("A").save_path == "/downloads"

    play(run, scene)


def test_options_of_torrents_that_have_gone_close(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        for command in ("torrent_options", "edit_trackers", "set_comment"):
            name = {"torrent_options": "A", "edit_trackers": "B", "set_comment": "C"}[command]
            rig.select(name)
            await rig.question(command)
            rig.home.world.remove(hash_of(rig.home, name)[0])
            await until(lambda: open_dialog() is None)
            assert "no longer on the server" in rig.notice()
        assert rig.home.commands() == []

    play(run, scene)
