"""How each command on torrents is proven: one row each, by the command's id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import libtorrent as lt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
)

from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.files.manage_content import ManageContentDialog
from qbt_remote.ui.folders.path_edit import PathEdit
from qbt_remote.ui.kit.limits import ShareField, SpeedField
from tests.contract.desk import Act, Answer, Desk, Row
from tests.contract.target import STOPPED, until
from tests.real.scene import Sample

KIB = 1024
NOWHERE = "http://127.0.0.1:9"
SHARE = tuple("torrent.{h}." + name for name in ("*ratio*", "*seeding_time*", "*share_limit*"))
TRACKERS = ("trackers.{h}", "torrent.{h}.tracker", "torrent.{h}.trackers_count", "torrent.{h}.magnet_uri")


# answers to dialogs


def ok(_dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    pass


def lines(*texts: str) -> Answer:
    """Write into the lines of a dialog, from the top."""

    def answer(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
        fields = [line for line in dialog.findChildren(QLineEdit) if line.isVisible()]
        for line, written in zip(fields, texts, strict=False):
            line.setText(written)

    return answer


def check(wanted: bool) -> Answer:
    return lambda dialog, _desk, _samples: dialog.findChildren(QCheckBox)[0].setChecked(wanted)


def limit(kib_per_s: int) -> Answer:
    return lambda dialog, _desk, _samples: (
        dialog.findChildren(SpeedField)[0].findChildren(QSpinBox)[0].setValue(kib_per_s)
    )


def own_ratio(ratio: float) -> Answer:
    def answer(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
        field = dialog.findChildren(ShareField)[0]
        field.choice.setCurrentText("Own limit")
        field.findChildren(QDoubleSpinBox)[0].setValue(ratio)

    return answer


def both(*answers: Answer) -> Answer:
    def answer(dialog: QDialog, desk: Desk, samples: list[Sample]) -> None:
        for each in answers:
            each(dialog, desk, samples)

    return answer


def comment(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    dialog.findChildren(QPlainTextEdit)[0].setPlainText("a new\ncomment & <b>")


def trackers(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    find, by = (line for line in dialog.findChildren(QLineEdit) if line.placeholderText())
    find.setText("/old")
    by.setText("/new")
    next(
        b for b in dialog.findChildren(QPushButton) if "all" in b.text() and "Replace" in b.text().replace("&", "")
    ).click()
    table = dialog.findChildren(QTableWidget)[0]
    gone = next(row for row in range(table.rowCount()) if "/gone" in str(table.model().index(row, 0).data()))
    table.selectRow(gone)
    next(b for b in dialog.findChildren(QPushButton) if "selected" in b.text()).click()
    dialog.findChildren(QPlainTextEdit)[0].setPlainText(f"{NOWHERE}/added")


def no_ratio_limit(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    dialog.findChildren(ShareField)[0].choice.setCurrentText("No limit")


def rename_a_file(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    assert isinstance(dialog, ManageContentDialog)
    dialog.model.expand_all(True)
    dialog.model.rename(next(node for node in dialog.model.shown if node.name == "a.bin"), "b & c.bin")


def option_paths(dialog: QDialog, desk: Desk, samples: list[Sample]) -> None:
    save_path, incomplete = (field.edit for field in dialog.findChildren(PathEdit))
    save_path.setText(str(desk.target.server.profile / "moved" / str(len(samples))))
    use = next(box for box in dialog.findChildren(QCheckBox) if "another path" in box.text())
    if use.isEnabled():
        use.setChecked(True)
        incomplete.setText(str(desk.target.server.profile / "incomplete"))


async def paths_are_set(desk: Desk, samples: list[Sample]) -> None:
    await moved(desk, samples)
    if desk.client.has("torrents/setDownloadPath"):
        await desk.until_all(samples, download_path=lambda path: path.endswith("/incomplete"))


def option_category(dialog: QDialog, _desk: Desk, _samples: list[Sample]) -> None:
    box = next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "Category")
    box.setCurrentText("rows")


# what the server shows


def have(**wanted: Any) -> Act:
    async def shows(desk: Desk, samples: list[Sample]) -> None:
        await desk.until_all(samples, **wanted)

    return shows


def post(endpoint: str, **form: Any) -> Act:
    async def act(desk: Desk, samples: list[Sample]) -> None:
        await desk.post(endpoint, samples, **form)

    return act


def one_after_another(*acts: Act) -> Act:
    async def act(desk: Desk, samples: list[Sample]) -> None:
        for each in acts:
            await each(desk, samples)

    return act


async def started(desk: Desk, samples: list[Sample]) -> None:
    await desk.started(samples)


async def stopped(desk: Desk, samples: list[Sample]) -> None:
    await desk.stopped(samples)


def gone(*, files: bool) -> Act:
    """They are gone from the list, and their files from the disk if told so."""

    async def shows(desk: Desk, samples: list[Sample]) -> None:
        await until(lambda: desk.rows(samples), lambda rows: not rows)
        paths = [desk.target.server.save_path / sample.name / "a.bin" for sample in samples]
        await until(lambda: _exist(paths), lambda there: not any(there) if files else all(there))

    return shows


async def _exist(paths: list[Path]) -> list[bool]:
    return await asyncio.to_thread(lambda: [path.exists() for path in paths])


async def moved(desk: Desk, samples: list[Sample]) -> None:
    there = desk.target.server.profile / "moved" / str(len(samples))
    await desk.until_all(
        samples, save_path=lambda path: path.rstrip("/") == str(there), state=lambda state: state in STOPPED
    )
    await until(lambda: _exist([there / sample.name / "a.bin" for sample in samples]), all)


async def renamed(desk: Desk, samples: list[Sample]) -> None:
    for sample in samples:
        await until(
            partial(desk.client.get, "torrents/files", hash=sample.hash),
            lambda files: [file["name"].rpartition("/")[2] for file in files] == ["b & c.bin"],
        )


def to_new_folder(dialog: QDialog, desk: Desk, samples: list[Sample]) -> None:
    lines(str(desk.target.server.profile / "moved" / str(len(samples))))(dialog, desk, samples)


def has_trackers(*urls: str) -> Act:
    async def shows(desk: Desk, samples: list[Sample]) -> None:
        async def now() -> list[list[str]]:
            answers = [await desk.client.get("torrents/trackers", hash=sample.hash) for sample in samples]
            return [sorted(row["url"] for row in rows[3:]) for rows in answers]

        await until(now, lambda found: all(own == sorted(urls) for own in found))

    return shows


async def with_trackers(desk: Desk, samples: list[Sample]) -> None:
    urls = [f"{NOWHERE}/old?key=ab&x=1", f"{NOWHERE}/kept", f"{NOWHERE}/gone?key=cd&x=+"]
    for sample in samples:
        await desk.client.post("torrents/addTrackers", hash=sample.hash, urls=urls)
    await has_trackers(*urls)(desk, samples)
    if desk.client.has("trackers"):

        def known() -> bool:
            trackers = desk.session.mirror.trackers
            return all(sample.hash in trackers.get(url, ()) for url in urls for sample in samples)

        await until(_now(known), bool)


def _now(value: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    async def read() -> Any:
        return value()

    return read


async def without_categories(desk: Desk, samples: list[Sample]) -> None:
    names = list(await desk.client.get("torrents/categories"))
    if names:
        await desk.client.post("torrents/removeCategories", categories=names)
        await desk.until_all(samples, category="")


async def categorised(desk: Desk, samples: list[Sample]) -> None:
    await without_categories(desk, samples)
    await desk.client.post("torrents/createCategory", category="rows", savePath="")
    await desk.post("torrents/setCategory", samples, category="rows")
    await desk.until_all(samples, category="rows")


async def unused_category(desk: Desk, samples: list[Sample]) -> None:
    await categorised(desk, samples)
    await desk.client.post("torrents/createCategory", category="unused", savePath="")


def categories_are(**paths: str) -> Act:
    async def shows(desk: Desk, _samples: list[Sample]) -> None:
        await until(
            lambda: desk.client.get("torrents/categories"),
            lambda found: all(name in found and found[name]["savePath"] == path for name, path in paths.items()),
        )

    return shows


async def only_category_left(desk: Desk, _samples: list[Sample]) -> None:
    await until(lambda: desk.client.get("torrents/categories"), lambda found: set(found) == {"rows"})


async def without_tags(desk: Desk, samples: list[Sample]) -> None:
    names = await desk.client.get("torrents/tags")
    if names:
        await desk.client.post("torrents/deleteTags", tags=names)
        await desk.until_all(samples, tags="")


async def tagged(desk: Desk, samples: list[Sample]) -> None:
    await without_tags(desk, samples)
    await desk.post("torrents/addTags", samples, tags=["first", "second"])
    await desk.until_all(samples, tags=lambda tags: len(tags.split(", ")) == 2)


async def unused_tag(desk: Desk, samples: list[Sample]) -> None:
    await tagged(desk, samples)
    await desk.client.post("torrents/createTags", tags=["unused"])


async def tags_left(desk: Desk, _samples: list[Sample]) -> None:
    await until(lambda: desk.client.get("torrents/tags"), lambda tags: sorted(tags) == ["first", "second"])


async def spoilt(desk: Desk, samples: list[Sample]) -> None:
    """Their content is not what it was any more."""
    for sample in samples:
        file = desk.target.server.save_path / sample.name / "a.bin"
        await asyncio.to_thread(file.write_bytes, bytes(40_000))


async def announced_again(desk: Desk, samples: list[Sample]) -> None:
    """The tracker was asked once more for each; it refuses, so that nothing else happens."""
    wanted = [desk.announced[sample.v1] + 1 for sample in samples]
    await until(
        _now(lambda: [desk.tracker.asked[s.v1] for s in samples]),
        lambda now: all(n >= want for n, want in zip(now, wanted, strict=True)),
    )


async def refused(desk: Desk, samples: list[Sample]) -> None:
    """They run, and their tracker has refused them once.

    libtorrent asks no tracker on loopback whose path does not begin with "/announce" (ssrf_mitigation).
    """
    for sample in samples:
        await desk.client.post("torrents/addTrackers", hash=sample.hash, urls=[f"{desk.tracker.url}-refused"])
    await desk.started(samples)
    await until(_now(lambda: all(desk.tracker.asked[sample.v1] for sample in samples)), bool)
    desk.announced = dict(desk.tracker.asked)


async def queued(desk: Desk, samples: list[Sample]) -> None:
    await desk.client.post("app/setPreferences", json={"queueing_enabled": True})
    await until(_now(lambda: desk.session.mirror.server.get("queueing")), bool)
    await desk.until_all(samples, priority=lambda priority: priority > 0)
    desk.order = await order(desk)


async def not_queued(desk: Desk, _samples: list[Sample]) -> None:
    await desk.client.post("app/setPreferences", json={"queueing_enabled": False})


async def order(desk: Desk) -> list[str]:
    rows = await desk.client.get("torrents/info")
    return [row["hash"] for row in sorted(rows, key=lambda row: row["priority"]) if row["priority"] > 0]


def in_order(move: Callable[[list[str], list[str]], list[str]]) -> Act:
    """The queue is as ``move`` makes it of the one before and of the selected ones in it."""

    async def shows(desk: Desk, samples: list[Sample]) -> None:
        before = desk.order
        chosen = [h for h in before if h in {sample.hash for sample in samples}]
        await until(lambda: order(desk), lambda now: now == move(list(before), chosen))

    return shows


def up(queue: list[str], chosen: list[str]) -> list[str]:
    for one in chosen:
        place = queue.index(one)
        if place:
            queue[place - 1 : place + 1] = [one, queue[place - 1]]
    return queue


def folder_of(desk: Desk, samples: list[Sample]) -> Path:
    return desk.target.server.profile / f"exported {len(samples)}"


async def make_folder(desk: Desk, samples: list[Sample]) -> None:
    await asyncio.to_thread(folder_of(desk, samples).mkdir)


def into_folder(dialog: QDialog, desk: Desk, samples: list[Sample]) -> None:
    assert isinstance(dialog, QFileDialog)
    dialog.setDirectory(str(folder_of(desk, samples)))


async def exported(desk: Desk, samples: list[Sample]) -> None:
    files = await asyncio.to_thread(lambda: list(folder_of(desk, samples).iterdir()))
    assert sorted(str(lt.torrent_info(str(file)).info_hash()) for file in files) == sorted(s.v1 for s in samples)


def copied(of: Callable[[Torrent], str]) -> Act:
    async def shows(desk: Desk, samples: list[Sample]) -> None:
        mirror = desk.session.mirror.torrents
        texts = QGuiApplication.clipboard().text().split("\n")
        assert sorted(texts) == sorted(of(mirror[sample.hash]) for sample in samples)
        assert all(texts)

    return shows


def copied_rows(separator: str) -> Act:
    async def shows(desk: Desk, samples: list[Sample]) -> None:
        titles, *lines = QGuiApplication.clipboard().text().split("\n")
        name = titles.split(separator).index("Name")
        mirror = desk.session.mirror.torrents
        names = {" ".join(mirror[sample.hash].name.split()) for sample in samples}
        assert {line.split(separator)[name] for line in lines} == names

    return shows


async def mapped(desk: Desk, _samples: list[Sample]) -> None:
    """The server's folder is on this computer."""
    folder = str(desk.target.server.save_path)
    desk.settings.path_maps = [{"server": "", "remote": folder, "local": folder}]


async def not_mapped(desk: Desk, _samples: list[Sample]) -> None:
    desk.settings.path_maps = []


async def local_paths(desk: Desk, samples: list[Sample]) -> None:
    """Old servers tell no more than the save path."""
    own = [desk.session.mirror.torrents[sample.hash] for sample in samples]
    texts = QGuiApplication.clipboard().text().split("\n")
    assert set(texts) == {(t.content_path or t.save_path).rstrip("/") for t in own}


def none_has_it(*version: int) -> Callable[[Desk], str]:
    """Make what is said by servers before this version, which do not send the field."""
    return lambda desk: "None of the selected torrents has it" if desk.client.version.app < version else ""


ROWS: dict[str, Row] = {
    "start": Row(have(state="stalledDL"), ("torrent.{h}.state",), prepare=stopped, restore=stopped),
    "stop": Row(have(state=lambda state: state in STOPPED), ("torrent.{h}.state",), prepare=started),
    "force_start": Row(
        have(force_start=True, state="forcedDL"),
        ("torrent.{h}.state", "torrent.{h}.force_start"),
        prepare=stopped,
        restore=stopped,
    ),
    "remove": Row(gone(files=False), ("*.{h}*",), (check(False),), kind="whole", alone=True),
    "remove_files": Row(gone(files=True), ("*.{h}*",), (ok,), kind="whole", alone=True),
    "set_location": Row(
        moved,
        ("torrent.{h}.save_path", "torrent.{h}.content_path", "torrent.{h}.root_path"),
        (to_new_folder,),
        kind="whole",
        alone=True,
    ),
    "rename": Row(
        have(name="a name & <b>100 %</b>"),
        ("torrent.{h}.name", "torrent.{h}.magnet_uri"),
        (lines("a name & <b>100 %</b>"),),
        numbers=(1,),
    ),
    "manage_content": Row(
        renamed, ("files.{h}", "torrent.{h}.content_path"), (rename_a_file,), kind="whole", alone=True, numbers=(1,)
    ),
    "set_comment": Row(
        have(comment="a new\ncomment & <b>"), ("torrent.{h}.comment",), (comment,), kind="whole", alone=True
    ),
    "edit_trackers": Row(
        has_trackers(f"{NOWHERE}/new?key=ab&x=1", f"{NOWHERE}/kept", f"{NOWHERE}/added"),
        TRACKERS,
        (trackers,),
        with_trackers,
        alone=True,
    ),
    "new_category": Row(
        one_after_another(have(category="made/here"), categories_are(**{"made/here": "/srv/here"})),
        ("torrent.{h}.category", "category.made*"),
        (lines("made/here", "/srv/here"),),
        without_categories,
    ),
    "reset_category": Row(have(category=""), ("torrent.{h}.category",), prepare=categorised),
    "edit_category": Row(
        categories_are(rows="/srv/rows"), ("category.rows",), (lines("/srv/rows"),), categorised, without_categories
    ),
    "remove_unused_categories": Row(
        only_category_left, ("category.unused",), (ok,), unused_category, without_categories
    ),
    "add_tags": Row(
        have(tags=lambda tags: sorted(tags.split(", ")) == ["a b", "c"]),
        ("torrent.{h}.tags", "tags"),
        (lines("a b, c,"),),
        without_tags,
    ),
    "remove_all_tags": Row(have(tags=""), ("torrent.{h}.tags",), prepare=tagged),
    "remove_unused_tags": Row(tags_left, ("tags",), (ok,), unused_tag, without_tags),
    "management": Row(
        have(auto_tmm=True), ("torrent.{h}.auto_tmm",), restore=post("torrents/setAutoManagement", enable=False)
    ),
    "torrent_options": Row(
        one_after_another(have(dl_limit=70 * KIB, ratio_limit=-1, category="rows"), paths_are_set),
        ("torrent.{h}.dl_limit", "torrent.{h}.category", "torrent.{h}.*_path", *SHARE),
        (both(limit(70), no_ratio_limit, option_category, option_paths),),
        one_after_another(categorised, post("torrents/setCategory", category="")),
        without_categories,
        kind="whole",
        alone=True,
    ),
    "limit_download": Row(have(dl_limit=50 * KIB), ("torrent.{h}.dl_limit",), (limit(50),)),
    "limit_upload": Row(have(up_limit=60 * KIB), ("torrent.{h}.up_limit",), (limit(60),)),
    "limit_share": Row(have(ratio_limit=1.5), SHARE, (own_ratio(1.5),)),
    "super_seeding": Row(
        have(super_seeding=True),
        ("torrent.{h}.super_seeding",),
        prepare=started,
        restore=one_after_another(post("torrents/setSuperSeeding", value=False), stopped),
        kind="whole",
    ),
    "sequential": Row(have(seq_dl=True), ("torrent.{h}.seq_dl",), alone=True),
    "first_last": Row(have(f_l_piece_prio=True), ("torrent.{h}.f_l_piece_prio",), alone=True),
    "recheck": Row(
        have(progress=lambda progress: progress < 1, state=lambda state: state in STOPPED),
        ("torrent.{h}.*", "files.{h}"),
        prepare=spoilt,
        kind="whole",
        alone=True,
    ),
    "reannounce": Row(announced_again, (), prepare=refused, restore=stopped, alone=True),
    "queue_top": Row(
        in_order(lambda queue, chosen: [*chosen, *(h for h in queue if h not in chosen)]),
        ("torrent.*.priority",),
        prepare=queued,
        restore=not_queued,
    ),
    "queue_up": Row(in_order(up), ("torrent.*.priority",), prepare=queued, restore=not_queued),
    "queue_down": Row(
        in_order(lambda queue, chosen: up(queue[::-1], chosen[::-1])[::-1]),
        ("torrent.*.priority",),
        prepare=queued,
        restore=not_queued,
    ),
    "queue_bottom": Row(
        in_order(lambda queue, chosen: [*(h for h in queue if h not in chosen), *chosen]),
        ("torrent.*.priority",),
        prepare=queued,
        restore=not_queued,
    ),
    "copy_name": Row(copied(lambda t: t.name)),
    "copy_v1": Row(copied(lambda t: t.infohash_v1 or t.hash)),
    "copy_v2": Row(
        copied(lambda t: t.infohash_v2), kind="whole", alone=True, more={"kind": "hybrid"}, disabled=none_has_it(4, 4)
    ),
    "copy_magnet": Row(copied(lambda t: t.magnet_uri)),
    "copy_id": Row(copied(lambda t: t.hash)),
    "copy_comment": Row(
        copied(lambda t: t.comment), kind="whole", alone=True, more={"comment": "said"}, disabled=none_has_it(5, 0)
    ),
    "copy_path": Row(copied(lambda t: t.content_path), kind="whole", disabled=none_has_it(4, 3, 2)),
    "copy_local_path": Row(local_paths, prepare=mapped, restore=not_mapped, kind="whole"),
    "open_folder": Row(local_paths, disabled=lambda _desk: "No folder of a server is mapped to this computer"),
    "copy_save_path": Row(copied(lambda t: t.save_path)),
    "copy_table": Row(copied_rows("\t")),
    "copy_csv": Row(copied_rows(",")),
    "export": Row(exported, answers=(into_folder,), prepare=make_folder, kind="whole"),
}
