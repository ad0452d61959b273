"""The view of a file tree, by keys and the mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton

from qbt_remote.model.files.nodes import Node
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.sync.details.rows import File
from qbt_remote.ui.files.file_tree import FileTree

PATHS = ("album/disc 2/b", "album/disc 2/a", "album/disc 10/c", "album/cover.jpg")
Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


@pytest.fixture
def tree(qapp: QApplication) -> Iterator[FileTree]:
    model = FileTreeModel(draft=True)
    made = FileTree(model)
    model.become(File(index=i, name=path, size=1000) for i, path in enumerate(PATHS))
    made.resize(900, 400)
    made.show()
    made.table.setFocus()
    made.table.select_nodes([model.shown[0]])
    yield made
    made.hide()
    made.deleteLater()
    model.deleteLater()


def rows(tree: FileTree) -> list[str]:
    return [node.name for node in tree.model.shown]


def press(tree: FileTree, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(tree.table, key)


def selected(tree: FileTree) -> list[str]:
    return [node.name for node in tree.selected()]


def place(tree: FileTree, name: str, column: str = "name") -> QPoint:
    """The middle of a cell."""
    row = rows(tree).index(name)
    return tree.table.visualRect(tree.model.index(row, tree.model.column(column))).center()


def part(tree: FileTree, name: str, wanted: str) -> QPoint:
    """Where the arrow or the check box of a row is."""
    row = rows(tree).index(name)
    cell = tree.table.visualRect(tree.model.index(row, 0))
    delegate = tree.table.itemDelegateForColumn(0)
    points = (QPoint(x, cell.center().y()) for x in range(cell.left(), cell.right()))
    return next(p for p in points if delegate.part_at(tree.table, tree.model.index(row, 0), p + QPoint(4, 0)) == wanted)  # type: ignore[attr-defined]  # the delegate of names


def double_click(tree: FileTree, where: QPoint) -> None:
    QTest.mouseClick(tree.table.viewport(), LEFT, pos=where)
    QTest.mouseDClick(tree.table.viewport(), LEFT, pos=where)


def test_left_and_right_go_through_the_folders(tree: FileTree) -> None:
    press(tree, Key.Key_Right)
    assert selected(tree) == ["disc 2"]
    press(tree, Key.Key_Right)
    assert rows(tree) == ["album", "disc 2", "a", "b", "disc 10", "cover.jpg"]
    press(tree, Key.Key_Right, Key.Key_Down)
    assert selected(tree) == ["b"]
    press(tree, Key.Key_Left)
    assert selected(tree) == ["disc 2"]
    press(tree, Key.Key_Left, Key.Key_End)
    assert (rows(tree), selected(tree)) == (["album", "disc 2", "disc 10", "cover.jpg"], ["cover.jpg"])
    press(tree, Key.Key_Asterisk)
    assert (len(rows(tree)), selected(tree)) == (7, ["cover.jpg"]), "it is still the same that is selected"
    press(tree, Key.Key_Home, Key.Key_Minus)
    assert rows(tree) == ["album"]


def test_the_space_bar_checks_what_is_selected(tree: FileTree) -> None:
    press(tree, Key.Key_Down, Key.Key_Space)
    assert tree.model.priorities() == [0, 0, 1, 1]
    press(tree, Key.Key_Home, Key.Key_Space)
    assert tree.model.priorities() == [1, 1, 1, 1], "some were not wanted, so all are now"


def test_f2_edits_the_name_in_its_place_and_bad_names_are_refused(tree: FileTree) -> None:
    said: list[str] = []
    tree.model.refused.connect(said.append)

    for name in ("front.jpg", "../up", "disc 2"):
        press(tree, Key.Key_End, Key.Key_F2)
        (editor,) = [w for w in tree.table.findChildren(QLineEdit) if w.isVisible()]
        assert editor.selectedText() in ("cover", "front"), "the extension stays"
        editor.selectAll()
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, Key.Key_Return)
        while editor.isVisible():
            QApplication.processEvents()
        QApplication.processEvents()

    assert rows(tree)[-1] == "front.jpg"
    assert said == ["A name cannot contain “/”.", "“album/disc 2” already exists."]


def test_arrow_and_box_are_clicked_without_selecting(tree: FileTree) -> None:
    QTest.mouseClick(tree.table.viewport(), LEFT, pos=part(tree, "disc 2", "arrow") + QPoint(4, 0))
    assert rows(tree)[2:4] == ["a", "b"]
    QTest.mouseClick(tree.table.viewport(), LEFT, pos=part(tree, "a", "check") + QPoint(4, 0))
    assert tree.model.priorities() == [1, 0, 1, 1]
    assert selected(tree) == ["album"]

    double_click(tree, place(tree, "disc 2"))
    assert rows(tree)[2] == "disc 10"


def test_a_priority_is_chosen_in_its_cell_and_by_the_menu(tree: FileTree) -> None:
    double_click(tree, place(tree, "disc 2", "priority"))
    assert tree.priority_menu.isVisible()
    next(a for a in tree.priority_menu.actions() if a.text() == "High").trigger()
    tree.priority_menu.hide()
    assert tree.model.priorities() == [6, 6, 1, 1]

    where = place(tree, "album")
    QTest.mouseClick(tree.table.viewport(), LEFT, pos=where)
    at = tree.table.viewport().mapToGlobal(where)
    QApplication.sendEvent(tree.table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, at))
    assert tree.menu.isVisible()
    assert not any(a.isChecked() for a in tree.priority_menu.actions()), "mixed"
    next(a for a in tree.priority_menu.actions() if a.text() == "By shown file order").trigger()
    tree.menu.hide()
    assert tree.model.priorities() == [6, 7, 1, 1], "a is above b"


def test_the_buttons_act_on_what_the_filter_shows(tree: FileTree) -> None:
    buttons = {button.text(): button for button in tree.findChildren(QToolButton)}

    QTest.keyClicks(tree.box, "disc")
    assert rows(tree) == ["album", "disc 2", "a", "b", "disc 10", "c"]
    buttons["Select none"].click()
    assert tree.model.priorities() == [0, 0, 0, 1]
    QTest.keyClick(tree.box, Key.Key_Escape)
    buttons["Collapse all"].click()
    assert rows(tree) == ["album"]
    buttons["Select all"].click()
    assert tree.model.priorities() == [1, 1, 1, 1]


def test_paths_are_copied_and_typing_finds_names(tree: FileTree) -> None:
    press(tree, Key.Key_Down, Key.Key_Right)
    QTest.keyClicks(tree.table, "cov")
    assert selected(tree) == ["cover.jpg"]
    tree.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == "album/cover.jpg"


def test_selection_and_scroll_survive_new_values_names_and_orders(tree: FileTree) -> None:
    many = [File(index=i, name=f"many/file {i}", size=i) for i in range(200)]
    tree.model.become(many)
    nodes: list[Node] = list(tree.model.shown[100:103])
    tree.table.select_nodes(nodes)
    scrolled = tree.table.verticalScrollBar().value()
    assert scrolled > 0

    many[101].name, many[50].progress = "many/file 101 b", 1.0
    tree.model.become(many)
    assert selected(tree) == ["file 99", "file 100", "file 101 b"]
    assert tree.table.verticalScrollBar().value() == scrolled
    tree.table.sortByColumn(tree.model.column("size"), Qt.SortOrder.DescendingOrder)
    assert selected(tree) == ["file 101 b", "file 100", "file 99"]


def test_a_click_far_below_the_rows_does_nothing(tree: FileTree) -> None:
    where = QPointF(tree.table.viewport().rect().bottomLeft() + QPoint(5, -5)).toPoint()
    QTest.mouseClick(tree.table.viewport(), LEFT, pos=where)
    QTest.mouseDClick(tree.table.viewport(), LEFT, pos=where)
    assert rows(tree) == ["album", "disc 2", "disc 10", "cover.jpg"]


def test_a_filter_that_no_file_fits_says_so(tree: FileTree) -> None:
    def colors() -> int:
        picture = tree.table.viewport().grab().toImage()
        spots = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
        return len({picture.pixel(x, y) for x, y in spots})

    QTest.keyClicks(tree.box, "no such file")
    assert rows(tree) == []
    assert colors() > 1, "there is a sentence"
