"""TableView: selection, columns, keys and stillness, driven by keys and mouse."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QLocale, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QHelpEvent, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QStyleOptionViewItem, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.model import text
from qbt_remote.model.columns import torrent_columns
from qbt_remote.model.table import TableModel
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.kit.theme import faint, state_color
from qbt_remote.ui.table.row_painter import PaintCache
from qbt_remote.ui.table.table_view import TableView
from qbt_remote.ui.table.widths import least_width

KEY, MODIFIER, BUTTON = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton
UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def view(qtbot: QtBot) -> TableView:
    text.use_locale(QLocale.c())
    names = [f"{word} {i}" for i, word in enumerate(("alpha", "beta", "alpine", "gamma") * 10)]
    rows = [
        Torrent(name=name, dlspeed=i * 1024, state="downloading", progress=0.5, added_on=1_700_000_000 + i)
        for i, name in enumerate(names)
    ]
    model = TableModel(torrent_columns({}))
    made = TableView(model)
    model.setParent(made)
    model.set_rows(rows)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    made.show()
    qtbot.waitExposed(made)
    sort(made, "dlspeed", UP)
    return made


def table(view: TableView) -> TableModel:
    model = view.model()
    assert isinstance(model, TableModel)
    return model


def sort(view: TableView, column: str, order: Qt.SortOrder) -> None:
    view.horizontalHeader().setSortIndicator(table(view).column(column), order)


def press(qtbot: QtBot, view: TableView, key: Qt.Key, modifier: Qt.KeyboardModifier = MODIFIER.NoModifier) -> None:
    qtbot.keyClick(view, key, modifier)


def center(view: TableView, row: int, column: str = "name") -> QPoint:
    return view.visualRect(table(view).index(row, table(view).column(column))).center()


def changed(view: TableView) -> list[int]:
    seen: list[int] = []
    view.selection_changed.connect(lambda: seen.append(len(view.selected_rows())))
    return seen


def shown(view: TableView) -> list[str]:
    header = view.horizontalHeader()
    order = [header.logicalIndex(i) for i in range(header.count())]
    return [table(view).columns[i].id for i in order if not header.isSectionHidden(i)]


def widen(view: TableView) -> None:
    """Drag a column so wide that the others do not fit beside it."""
    view.setColumnWidth(table(view).column("name"), 900)


def reverse_speeds(view: TableView) -> None:
    rows = list(table(view).rows)
    for row in rows:
        row.dlspeed = 100_000 - row.dlspeed
    table(view).apply(Changes(changed=rows, fields={"dlspeed"}))


def test_the_selection_belongs_to_rows_whatever_moves(view: TableView) -> None:
    rows = list(table(view).rows)
    view.select_rows([rows[3], rows[4], rows[9]])
    told = changed(view)

    sort(view, "dlspeed", DOWN)
    assert set(view.selected_rows()) == {rows[3], rows[4], rows[9]}
    assert view.current_row() is rows[3]
    reverse_speeds(view)
    assert set(view.selected_rows()) == {rows[3], rows[4], rows[9]}
    table(view).apply(Changes(added=[Torrent(name=f"new {i}") for i in range(30)]))
    assert set(view.selected_rows()) == {rows[3], rows[4], rows[9]}
    assert view.current_row() is rows[3]
    assert not told, "the same rows are selected"


def test_rows_are_given_in_the_order_on_the_screen(view: TableView) -> None:
    rows = list(table(view).rows)

    view.select_rows([rows[9], rows[3], rows[4]])
    assert view.selected_rows() == [rows[3], rows[4], rows[9]]

    sort(view, "dlspeed", DOWN)
    assert view.selected_rows() == [rows[9], rows[4], rows[3]]


def test_a_selected_row_that_goes_is_told_and_another_becomes_current(view: TableView) -> None:
    rows = list(table(view).rows)
    view.select_rows(rows[:5])
    told = changed(view)

    table(view).apply(Changes(removed=rows[:20]))

    assert told == [0]
    assert view.current_row() is rows[20], "the row in the same place"


@pytest.mark.parametrize("others", [0, 20])
def test_the_row_below_becomes_current_when_several_have_gone(view: TableView, others: int) -> None:
    rows = list(table(view).rows)
    view.select_rows(rows[2:6])
    view.selectionModel().setCurrentIndex(table(view).index(5, 1), QItemSelectionModel.SelectionFlag.NoUpdate)

    table(view).apply(Changes(removed=[*rows[2:6], *rows[len(rows) - others :]]))

    assert view.current_row() is rows[6]
    assert view.selected_rows() == [], "Delete once more is to remove nothing"


def test_one_selected_row_that_goes_is_told_too(view: TableView) -> None:
    rows = list(table(view).rows)
    view.select_rows(rows[:2])
    told = changed(view)

    table(view).apply(Changes(removed=[rows[0]]))

    assert view.selected_rows() == [rows[1]]
    assert told[-1] == 1


def test_all_rows_can_go_and_come(view: TableView) -> None:
    rows = list(table(view).rows)
    view.selectAll()
    told = changed(view)

    table(view).set_rows([])
    assert (view.selected_rows(), view.current_row(), told) == ([], None, [0])

    table(view).set_rows(rows)
    view.select_rows([])
    assert view.selected_rows() == []


def test_select_all_stays_all_when_the_order_changes(view: TableView, qtbot: QtBot) -> None:
    press(qtbot, view, KEY.Key_A, MODIFIER.ControlModifier)

    reverse_speeds(view)

    assert view.selected_rows() == table(view).rows
    assert view.selectionModel().selection().count() == 1


def test_home_and_end_go_to_the_first_and_last_row(view: TableView, qtbot: QtBot) -> None:
    rows = table(view).rows
    view.select_rows([rows[5]])

    press(qtbot, view, KEY.Key_End)
    assert view.selected_rows() == [rows[-1]]
    press(qtbot, view, KEY.Key_Home)
    assert view.selected_rows() == [rows[0]]
    press(qtbot, view, KEY.Key_End, MODIFIER.ShiftModifier)
    assert view.selected_rows() == rows


def test_left_and_right_scroll(view: TableView, qtbot: QtBot) -> None:
    view.select_rows([table(view).row(2)])
    widen(view)
    view.resize(500, 300)

    press(qtbot, view, KEY.Key_Right)
    assert view.horizontalScrollBar().value() > 0
    press(qtbot, view, KEY.Key_Left)
    assert view.horizontalScrollBar().value() == 0
    assert view.selected_rows() == [table(view).row(2)]


@pytest.mark.parametrize(
    "key",
    [KEY.Key_Down, KEY.Key_Up, KEY.Key_PageDown, KEY.Key_PageUp, KEY.Key_End, KEY.Key_Home],
    ids=["down", "up", "page down", "page up", "end", "home"],
)
def test_going_from_row_to_row_keeps_the_columns_where_they_are(view: TableView, qtbot: QtBot, key: Qt.Key) -> None:
    widen(view)
    view.resize(500, 300)
    view.select_rows([table(view).row(20)])
    across = view.horizontalScrollBar()
    across.setValue(across.maximum() // 2)
    before = across.value()

    press(qtbot, view, key)
    assert across.value() == before > 0
    assert view.selected_rows() != [table(view).row(20)]
    first, last = view.visible_rows()
    assert first <= view.currentIndex().row() <= last


def test_typing_goes_to_the_next_name_that_starts_so(view: TableView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view, "alpi")
    row = view.current_row()
    assert row is not None and row.name == "alpine 2"

    view.keyboardSearch("")
    qtbot.keyClicks(view, "nothing like it")
    assert view.current_row() is row


def test_the_same_letter_again_goes_from_hit_to_hit(view: TableView, qtbot: QtBot) -> None:
    seen = []
    for _ in range(3):
        qtbot.keyClicks(view, "b")
        row = view.current_row()
        seen.append(row.name if row else "")

    assert seen == ["beta 1", "beta 5", "beta 9"]


def test_enter_and_double_click_activate_the_row(view: TableView, qtbot: QtBot) -> None:
    activated: list[Torrent] = []
    view.activated_row.connect(activated.append)
    rows = table(view).rows

    view.setCurrentIndex(view.rootIndex())
    press(qtbot, view, KEY.Key_Return)
    view.select_rows([rows[1]])
    press(qtbot, view, KEY.Key_Return)
    qtbot.mouseClick(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))
    qtbot.mouseDClick(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))

    assert activated == [rows[1], rows[2]]


def test_rows_stay_in_their_place_while_the_button_is_down(view: TableView, qtbot: QtBot) -> None:
    before = list(table(view).rows)
    qtbot.mousePress(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))

    reverse_speeds(view)
    assert table(view).rows == before

    qtbot.mouseRelease(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))
    assert table(view).rows == before[::-1]
    assert view.selected_rows() == [before[2]]


def test_a_button_that_is_released_elsewhere_does_not_hold_the_rows_for_ever(view: TableView, qtbot: QtBot) -> None:
    before = list(table(view).rows)
    qtbot.mousePress(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))
    reverse_speeds(view)

    view.hide()

    assert table(view).rows == before[::-1]


def test_a_window_that_takes_the_focus_ends_the_hold(view: TableView, qtbot: QtBot) -> None:
    before = list(table(view).rows)
    qtbot.mousePress(view.viewport(), BUTTON.LeftButton, pos=center(view, 2))
    reverse_speeds(view)

    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))

    assert table(view).rows == before[::-1]


def ask_menu(view: TableView, reason: QContextMenuEvent.Reason) -> None:
    where = center(view, 1)
    event = QContextMenuEvent(reason, where, view.viewport().mapToGlobal(where))
    QApplication.sendEvent(view.viewport(), event)


def test_rows_stay_in_their_place_while_their_menu_is_open(view: TableView) -> None:
    before = list(table(view).rows)
    menu = QMenu(view)
    menu.addAction("x")
    view.menu_wanted.connect(menu.popup)
    ask_menu(view, QContextMenuEvent.Reason.Mouse)

    reverse_speeds(view)
    assert table(view).rows == before

    menu.close()
    assert table(view).rows == before[::-1]


def test_a_menu_request_without_a_menu_holds_nothing(view: TableView) -> None:
    before = list(table(view).rows)

    ask_menu(view, QContextMenuEvent.Reason.Mouse)
    reverse_speeds(view)

    assert table(view).rows == before[::-1]


def test_the_menu_key_opens_the_menu_at_the_current_row(view: TableView) -> None:
    where: list[QPoint] = []
    view.menu_wanted.connect(where.append)
    view.setCurrentIndex(view.rootIndex())

    ask_menu(view, QContextMenuEvent.Reason.Keyboard)
    assert where[-1] == view.viewport().mapToGlobal(QPoint(0, 0)), "no current row"
    view.select_rows([table(view).row(3)])
    ask_menu(view, QContextMenuEvent.Reason.Keyboard)
    assert where[-1].y() == view.viewport().mapToGlobal(view.visualRect(view.currentIndex()).bottomLeft()).y()


# columns


def entry(view: TableView, column: str) -> Any:
    menu = header_menu(view)
    return next(action for action in menu.actions() if action.data() == column)


def header_menu(view: TableView) -> QMenu:
    menu: QMenu = view.horizontalHeader().menu  # type: ignore[attr-defined]  # ours
    menu.aboutToShow.emit()
    menu.aboutToHide.emit()
    return menu


def test_columns_are_chosen_in_the_headers_menu(view: TableView) -> None:
    assert "ratio" in shown(view)
    entry(view, "ratio").trigger()
    entry(view, "uploaded").trigger()

    assert "ratio" not in shown(view)
    assert "uploaded" in shown(view)
    assert not entry(view, "ratio").isChecked()


def test_the_headers_menu_sorts_as_a_click_on_a_title_does(view: TableView) -> None:
    def sort_by(title: str) -> None:
        inside = next(a.menu() for a in header_menu(view).actions() if a.text() == "&Sort by")
        assert isinstance(inside, QMenu)
        assert len(inside.actions()) == len(shown(view))
        next(a for a in inside.actions() if a.text() == title).trigger()

    names = sorted(row.name for row in table(view).rows)
    sort_by("Name")
    assert table(view).rows[0].name == names[0]
    sort_by("Name")
    assert table(view).rows[-1].name == names[0]
    sort_by("Down Speed")
    assert table(view).rows[0].dlspeed == max(row.dlspeed for row in table(view).rows)


def test_the_last_column_cannot_be_hidden(view: TableView) -> None:
    for column in shown(view)[1:]:
        entry(view, column).trigger()

    (last,) = shown(view)
    assert not entry(view, last).isEnabled()


def test_the_headers_menu_holds_the_rows(view: TableView) -> None:
    before = list(table(view).rows)
    menu: QMenu = view.horizontalHeader().menu  # type: ignore[attr-defined]  # ours
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), view.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(view.horizontalHeader().viewport(), event)
    assert menu.isVisible()

    reverse_speeds(view)
    assert table(view).rows == before
    menu.close()
    assert table(view).rows == before[::-1]


def test_columns_that_no_server_sends_are_neither_shown_nor_offered(view: TableView) -> None:
    view.set_available({"name", "size", "popularity"})
    assert shown(view) == ["name", "size"]
    assert [a.data() for a in header_menu(view).actions() if a.data()] == ["name", "size", "popularity"]

    view.set_available(None)
    assert "ratio" in shown(view)


def test_order_widths_choice_and_sorting_are_remembered(view: TableView, qtbot: QtBot) -> None:
    header = view.horizontalHeader()
    entry(view, "ratio").trigger()
    entry(view, "uploaded").trigger()
    header.moveSection(header.visualIndex(table(view).column("size")), 0)
    view.setColumnWidth(table(view).column("name"), 411)
    view.set_available({"name", "size", "uploaded"})
    sort(view, "name", DOWN)
    saved = view.save_state()

    other = TableView(table(view))
    qtbot.addWidget(other)
    other.restore_state(saved)

    assert other.save_state() == saved
    assert shown(other)[0] == "size"
    assert "uploaded" in shown(other) and "ratio" not in shown(other) and "eta" in shown(other)
    assert other.columnWidth(table(view).column("name")) == 411
    assert [c["id"] for c in saved["columns"]][:2] == ["size", "priority"]
    assert saved["sort"] == [["name", "descending"], ["dlspeed", "ascending"]]


@pytest.mark.parametrize("width", [500, 796, 1052, 1692, 3000])
@pytest.mark.parametrize("points", [9, 18])
def test_as_many_columns_as_fit_are_shown_and_the_name_takes_the_rest(view: TableView, width: int, points: int) -> None:
    font = view.font()
    font.setPointSize(points)
    view.setFont(font)
    view.set_available({c.id for c in table(view).columns} - {"server"})
    sort(view, "name", UP)
    wanted = [c for c in table(view).columns if c.shown and c.id != "server"]

    view.resize(width, 400)

    header, here = view.columns, shown(view)
    by_rank = sorted(wanted, key=lambda c: c.rank)
    assert set(here) == {c.id for c in by_rank[: len(here)]}, "the important ones first, none left out between them"
    assert header.length() == view.viewport().width(), "neither a scroll bar nor a rest"
    (name,) = (c for c in wanted if c.fills)
    missing = [c for c in by_rank if c.id not in here]
    least = max(least_width(name, header.fontMetrics()), round(view.viewport().width() * 0.22))
    spare = view.columnWidth(table(view).column("name")) - least
    assert spare >= 0
    assert not missing or spare < header.usual_width(missing[0])
    if (width, points) == (796, 9):  # the list of a window 1024 pixels wide
        assert {"name", "size", "progress", "state", "dlspeed", "upspeed", "eta"} <= set(here)


def test_the_server_is_second_and_the_column_that_sorts_is_always_in_sight(view: TableView) -> None:
    view.resize(600, 400)
    sort(view, "availability", DOWN)
    view.restore_state({"sort": [["availability", "descending"]]})

    assert [id for id in shown(view) if id != "priority"][:2] == ["name", "server"]
    assert "availability" in shown(view)
    assert view.columns.length() == view.viewport().width()


def test_no_column_comes_or_goes_by_itself_once_the_user_has_chosen_or_dragged(view: TableView, qtbot: QtBot) -> None:
    view.resize(900, 400)
    entry(view, "uploaded").trigger()
    chosen = shown(view)
    view.resize(3000, 400)
    assert shown(view) == chosen
    assert view.columns.length() == view.viewport().width(), "the name still takes the rest"

    header, size = view.columns, table(view).column("size")
    edge = QPoint(header.sectionViewportPosition(size) + header.sectionSize(size) - 1, 8)
    qtbot.mousePress(header.viewport(), BUTTON.LeftButton, pos=edge)
    qtbot.mouseMove(header.viewport(), edge + QPoint(60, 0))
    dragged = view.columnWidth(size)
    qtbot.mouseRelease(header.viewport(), BUTTON.LeftButton, pos=edge + QPoint(60, 0))
    assert view.columnWidth(size) == dragged > 120
    assert header.length() == view.viewport().width()

    view.setColumnWidth(table(view).column("name"), 333)
    view.resize(1000, 400)
    assert (view.columnWidth(table(view).column("name")), view.columnWidth(size)) == (333, dragged)
    assert shown(view) == chosen


def test_a_column_that_fills_never_grows_while_the_room_shrinks(view: TableView) -> None:
    view.resize(3000, 400)
    entry(view, "uploaded").trigger()
    name = table(view).column("name")
    widths, scrolls = [], []
    for width in range(2400, 400, -20):
        view.resize(width, 400)
        widths.append(view.columnWidth(name))
        scrolls.append(view.horizontalScrollBar().maximum() > 0)

    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1] and scrolls == sorted(scrolls) and not scrolls[0] and scrolls[-1]


def test_a_layout_of_a_version_before_stays_as_it_was(view: TableView) -> None:
    usual = [c for c in table(view).columns if c.shown]
    columns = [{"id": c.id, "width": 70 + i, "shown": c in usual} for i, c in enumerate(table(view).columns)]
    saved = {"columns": columns, "sort": [["added_on", "descending"], ["name", "ascending"]]}

    view.restore_state(saved)
    for width in (700, 2400):
        view.resize(width, 400)

    assert view.save_state() == saved
    assert shown(view) == [c.id for c in usual]
    assert all(view.columnWidth(i) == c["width"] for i, c in enumerate(columns) if c["shown"])


@pytest.mark.parametrize("points", [8, 10, 18, 24])
def test_no_usual_text_is_cut_until_a_column_is_dragged(view: TableView, points: int) -> None:
    font = view.font()
    font.setPointSize(points)
    view.setFont(font)
    view.resize(6000, 400)

    checked = 0
    for place, column in enumerate(table(view).columns):
        for usual in column.usual() if column.usual is not None and column.shown else ():
            needed = view.fontMetrics().horizontalAdvance(usual) + 6
            assert view.columnWidth(place) >= needed, (column.id, usual)
            checked += 1
    assert checked > 20


def test_a_column_that_the_saved_state_does_not_know_comes_at_its_place(view: TableView) -> None:
    saved = view.save_state()
    saved["columns"] = [column for column in saved["columns"] if column["id"] != "size"]

    view.restore_state(saved)

    assert shown(view)[:4] == ["priority", "name", "server", "size"]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"columns": 3, "sort": "name"},
        {
            "columns": [7, {"id": "gone"}, {"id": "size", "width": -5, "shown": "yes"}, {"id": "size"}],
            "sort": [[1], ["x", "y"]],
        },
        {"columns": [{"id": ["unhashable"]}], "sort": [[["a"], ["b"]]]},
    ],
)
def test_a_state_that_makes_no_sense_is_passed_over(view: TableView, state: dict[str, Any]) -> None:
    view.resize(3000, 300)

    view.restore_state(state)

    assert set(shown(view)) == {column.id for column in table(view).columns if column.shown}


def test_a_state_that_hides_all_columns_shows_the_usual_ones(view: TableView) -> None:
    saved = view.save_state()
    for column in saved["columns"]:
        column["shown"] = False

    view.restore_state(saved)

    assert "name" in shown(view)


def test_a_header_is_left_even_if_nothing_is_sent(view: TableView) -> None:
    view.set_available(())

    assert len(shown(view)) == 1


def test_columns_can_be_reset_and_fitted(view: TableView) -> None:
    sort(view, "name", UP)
    name = table(view).column("name")
    usual = view.columnWidth(name)
    view.setColumnWidth(name, 30)
    entry(view, "ratio").trigger()
    *_, fit, reset = header_menu(view).actions()

    fit.trigger()
    assert 30 < view.columnWidth(name) <= 600
    *_, reset = header_menu(view).actions()
    reset.trigger()

    assert "ratio" in shown(view)
    assert view.columnWidth(name) == usual
    assert view.save_state()["sort"][0] == ["name", "ascending"]


def test_the_first_click_on_a_number_sorts_the_largest_first(view: TableView, qtbot: QtBot) -> None:
    header = view.horizontalHeader()
    place = header.sectionViewportPosition(table(view).column("size"))

    qtbot.mouseClick(header.viewport(), BUTTON.LeftButton, pos=QPoint(place + 10, 8))

    assert header.sortIndicatorOrder() == DOWN


def test_a_column_is_dragged_to_another_place(view: TableView, qtbot: QtBot) -> None:
    header = view.horizontalHeader()
    before = shown(view)
    size = table(view).column("size")
    start = QPoint(header.sectionViewportPosition(size) + 20, 8)
    end = QPoint(header.sectionViewportPosition(table(view).column("state")) + 100, 8)

    qtbot.mousePress(header.viewport(), BUTTON.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(header.viewport(), start + (end - start) * step / 5)
    qtbot.mouseRelease(header.viewport(), BUTTON.LeftButton, pos=end)

    assert shown(view) != before
    assert shown(view).index("size") > shown(view).index("progress")
    assert [c["id"] for c in view.save_state()["columns"] if c["id"] in before] == shown(view)


def test_columns_are_fitted_to_the_rows_in_view_only(view: TableView) -> None:
    table(view).rows[-1].category = "c" * 80
    table(view).rows[0].tags = "t" * 40
    for id in ("category", "tags"):
        if id not in shown(view):
            entry(view, id).trigger()
    *_, fit, _reset = header_menu(view).actions()

    fit.trigger()

    category, tags = (view.columnWidth(table(view).column(id)) for id in ("category", "tags"))
    assert category < 120 < tags


def test_clicks_on_headers_sort_and_the_column_clicked_before_breaks_ties(view: TableView, qtbot: QtBot) -> None:
    header = view.horizontalHeader()
    for row in table(view).rows:
        row.category = row.name.partition(" ")[0]
    entry(view, "category").trigger()

    for id in ("name", "dlspeed", "category"):
        section = table(view).column(id)
        view.scrollTo(table(view).index(0, section))
        where = QPoint(header.sectionViewportPosition(section) + 10, 8)
        qtbot.mouseClick(header.viewport(), BUTTON.LeftButton, pos=where)

    rows = table(view).rows
    assert [(row.category, -row.dlspeed) for row in rows] == sorted((row.category, -row.dlspeed) for row in rows)


def test_a_resting_pointer_holds_nothing(view: TableView, qtbot: QtBot) -> None:
    first = table(view).rows[0]
    qtbot.mouseMove(view.viewport(), center(view, 0))

    reverse_speeds(view)

    assert table(view).rows[0] is not first


# what is painted


def pixels(view: TableView, column: str, row: int) -> set[str]:
    rect = view.visualRect(table(view).index(row, table(view).column(column)))
    picture: QImage = view.viewport().grab(rect).toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


def test_progress_is_a_bar_in_the_states_colour(view: TableView) -> None:
    before = pixels(view, "progress", 0)

    table(view).rows[0].state = "error"
    table(view).repaint()

    assert pixels(view, "progress", 0) != before


def test_an_empty_and_a_narrow_bar_are_painted(view: TableView) -> None:
    table(view).rows[0].progress = 0.0
    view.setColumnWidth(table(view).column("progress"), 24)
    assert pixels(view, "progress", 0)

    view.setColumnWidth(table(view).column("progress"), 90)
    view.selectAll()
    assert pixels(view, "progress", 0)
    table(view).set_stale(frozenset(("",)))
    view.clearSelection()
    assert pixels(view, "progress", 0)


def test_colours_follow_the_palette(view: TableView) -> None:
    dark = QPalette(view.palette())
    for role, color in ((QPalette.ColorRole.Base, "#202020"), (QPalette.ColorRole.Text, "#eeeeee")):
        dark.setColor(role, QColor(color))

    view.setPalette(dark)

    model = table(view)
    state = model.index(0, model.column("state")).data(Qt.ItemDataRole.ForegroundRole)
    assert state == state_color("downloading", dark=True)
    zero = model.index(0, model.column("upspeed")).data(Qt.ItemDataRole.ForegroundRole)
    assert zero == faint(dark)


def test_a_paint_looks_only_for_what_is_new(view: TableView) -> None:
    for _ in range(2):
        view.viewport().grab()
    fits, bars, icons = dict(view.kept.fits), dict(view.kept.bars), dict(view.kept.icons)
    assert fits and bars and icons

    table(view).rows[1].name = "another name"
    table(view).rows[1].progress = 0.25
    view.viewport().grab()

    assert {text for text, _room in view.kept.fits.keys() - fits.keys()} == {"another name", "25.0%"}
    assert len(view.kept.bars) == len(bars) + 1
    assert view.kept.icons == icons
    assert all(view.kept.bars[key] is bar for key, bar in bars.items())


def test_nothing_is_kept_that_another_font_or_palette_would_paint_otherwise(view: TableView, qtbot: QtBot) -> None:
    view.select_rows(table(view).rows[2:4])
    view.viewport().grab()
    font, palette = view.font(), QPalette(view.palette())
    font.setPointSize(15)
    for role, color in ((QPalette.ColorRole.Base, "#202020"), (QPalette.ColorRole.Text, "#eeeeee")):
        palette.setColor(role, QColor(color))

    view.setFont(font)
    view.setPalette(palette)
    painted = view.viewport().grab().toImage()

    view.kept.clear()
    assert view.viewport().grab().toImage() == painted


def fit(text: str, room: int) -> tuple[str, int]:
    return text, room


def test_only_so_much_is_kept() -> None:
    kept, most = PaintCache(), 0
    for n in range(10_000):
        kept.find_fit((str(n), 1), fit)
        kept.keep_icon((n,), QPixmap())
    for n in range(100):
        kept.keep_bar((n,), QPixmap(600, 40))
        most = max(most, sum(bar.width() * bar.height() for bar in kept.bars.values() if bar))
    assert ("9999", 1) in kept.fits and (9999,) in kept.icons and (99,) in kept.bars
    assert len(kept.fits) <= 2048
    assert len(kept.icons) <= 256
    for n in range(10_000):
        kept.note_bar((n, "once"))
    assert len(kept.bars) <= 4096
    assert 500_000 < most <= 1_000_000


def test_a_text_that_is_shown_again_and_again_is_never_forgotten() -> None:
    kept = PaintCache()
    usual = kept.find_fit(("usual", 1), fit)
    for n in range(10_000):
        kept.find_fit((str(n), 1), fit)
        if n % 100 == 0:
            assert (kept.fits.get(("usual", 1)) or kept.find_fit(("usual", 1), fit)) is usual


def test_a_bar_that_comes_again_looks_the_same(view: TableView) -> None:
    first = view.viewport().grab().toImage()
    assert view.viewport().grab().toImage() == first
    assert view.viewport().grab().toImage() == first


def test_shares_that_paint_the_same_bar_are_one(view: TableView) -> None:
    view.viewport().grab()
    bars = len(view.kept.bars)
    for n, row in enumerate(table(view).rows[:8]):
        row.progress = 0.5 + n / 10_000
    view.viewport().grab()
    assert len(view.kept.bars) == bars


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -1.0, 2.0])
def test_no_share_keeps_the_list_from_being_painted(view: TableView, share: float) -> None:
    table(view).rows[0].progress = share
    view.viewport().grab()
    assert all(0 <= key[0] <= view.columnWidth(table(view).column("progress")) for key in view.kept.bars)


def test_rows_are_as_high_as_the_font_and_eight_pixels(view: TableView) -> None:
    font = view.font()
    font.setPointSize(20)

    view.setFont(font)

    assert view.rowHeight(0) == view.fontMetrics().height() + 8


@pytest.mark.parametrize(
    ("row", "column", "starts"),
    [
        pytest.param(0, "category", "<\u2060b>long", id="cut and never HTML"),
        pytest.param(1, "category", "", id="fits"),
        pytest.param(0, "name", "alpha 0", id="always"),
    ],
)
def test_a_cut_text_is_its_own_tip(view: TableView, qtbot: QtBot, row: int, column: str, starts: str) -> None:
    model = table(view)
    model.rows[0].category = "<b>long</b> " * 20
    index = model.index(row, model.column(column))
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    where = option.rect.center()
    event = QHelpEvent(QEvent.Type.ToolTip, where, view.viewport().mapToGlobal(where))

    assert view.itemDelegateForIndex(index).helpEvent(event, view, option, index)

    assert QToolTip.isVisible() is bool(starts)
    assert QToolTip.text().startswith(starts) or not starts
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_a_place_without_a_row_has_no_tip(view: TableView) -> None:
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(), QPoint())

    assert view.itemDelegate().helpEvent(event, view, QStyleOptionViewItem(), table(view).index(-1, -1))

    assert not QToolTip.isVisible()


def test_whats_this_is_left_to_qt(view: TableView) -> None:
    index = table(view).index(0, 1)
    event = QHelpEvent(QEvent.Type.WhatsThis, QPoint(), QPoint())
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 10, 10)

    assert not view.itemDelegate().helpEvent(event, view, option, index)


# what a poll paints


class Painted(QObject):
    """The widgets of a window that are painted from now on."""

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        self.names: list[str] = []
        for widget in (view.window(), *view.window().findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.names.append(watched.objectName() or type(watched).__name__)
        return False


@pytest.fixture
def within(view: TableView, qtbot: QtBot) -> Iterator[TableView]:
    """The table as a window holds it: on a ground of its own."""
    window, outer = QWidget(), QWidget()
    QVBoxLayout(window).addWidget(outer)
    QVBoxLayout(outer).addWidget(view)
    qtbot.addWidget(window)
    window.resize(900, 400)
    with qtbot.waitExposed(window):
        window.show()
    view.viewport().setObjectName("rows")
    view.paint_now()
    yield view
    view.setParent(None)


def test_the_list_stands_on_the_ground_of_lists(view: TableView) -> None:
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#123456"))
    view.setPalette(palette)
    table(view).set_rows([])

    picture = view.viewport().grab().toImage()

    assert picture.pixelColor(picture.width() // 2, picture.height() // 2) == QColor("#123456")


def test_a_poll_paints_the_rows_and_nothing_behind_or_beside_them(within: TableView) -> None:
    painted = Painted(within)

    rows = list(table(within).rows)
    table(within).apply(Changes(changed=rows[:3], fields={"upspeed"}))
    within.paint_now()
    assert painted.names == ["rows"]

    reverse_speeds(within)
    within.paint_now()
    assert painted.names == ["rows", "rows"]
    assert table(within).rows == rows[::-1]


def test_what_is_due_is_laid_out_though_rows_move_too(within: TableView) -> None:
    model, bar = table(within), within.verticalScrollBar()
    below, rows = bar.maximum(), list(model.rows)
    for i, row in enumerate(rows):
        row.dlspeed = -i

    model.apply(Changes(removed=rows[:2], changed=rows[2:], fields={"dlspeed"}))
    within.paint_now()

    assert model.rows == rows[:1:-1]
    assert bar.maximum() == below - 2 * within.rowHeight(0)
    bar.setValue(bar.maximum())
    assert within.visible_rows()[1] == model.rowCount() - 1
