"""The file tree: what it shows in which row, what folders add up to, what somebody wants of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from qbt_remote.model.files.nodes import MIXED, Folder, Node
from qbt_remote.model.files.tree_model import FileTreeModel, Rename
from qbt_remote.sync.details.rows import File

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
ALBUM = (
    "album/disc 10/b.flac",
    "album/disc 10/a.flac",
    "album/disc 2/track 10.flac",
    "album/disc 2/Track 9.flac",
    "album/cover.jpg",
)


def files(*paths: str, **values: Any) -> list[File]:
    return [File(index=i, name=path, size=1000 * (i + 1), **values) for i, path in enumerate(paths)]


@pytest.fixture
def model() -> Iterator[FileTreeModel]:
    made = FileTreeModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()


def rows(model: FileTreeModel) -> list[str]:
    """Each row with its indent."""
    return ["  " * node.level + node.name for node in model.shown]


def at(model: FileTreeModel, path: str) -> Node:
    """The node of a path; the folders that it is in are expanded."""
    node: Node = model.tree.root
    *above, _name = path.split("/")
    for part in above:
        node = node.by_name[part]  # type: ignore[attr-defined]  # a folder
        model.expand(node)
    return next(n for n in model.shown if n.path == path)


def cell(model: FileTreeModel, path: str, column: str) -> str:
    row = model.index_of(at(model, path))
    return str(model.index(row, model.column(column)).data())


def wants(model: FileTreeModel) -> list[Any]:
    heard: list[Any] = []
    model.priorities_wanted.connect(heard.append)
    model.rename_wanted.connect(heard.append)
    return heard


def test_folders_come_first_and_names_are_in_natural_order(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))

    assert rows(model) == ["album", "  disc 2", "  disc 10", "  cover.jpg"], "the one folder at the top is open"
    model.expand_all(True)
    assert rows(model) == [
        "album",
        *("  disc 2", "    Track 9.flac", "    track 10.flac", "  disc 10", "    a.flac", "    b.flac"),
        "  cover.jpg",
    ]
    model.sort(model.column("name"), DOWN)
    assert rows(model)[:3] == ["album", "  disc 10", "    b.flac"]
    model.sort(model.column("size"), DOWN)
    assert rows(model) == [
        "album",
        *("  disc 2", "    Track 9.flac", "    track 10.flac", "  disc 10", "    a.flac", "    b.flac"),
        "  cover.jpg",
    ]
    model.expand_all(False)
    assert rows(model) == ["album"]


def test_a_folder_adds_up_the_wanted_files_in_it(model: FileTreeModel) -> None:
    given = files("a/x/1", "a/x/2", "a/3")
    given[0].progress, given[1].progress, given[1].priority = 0.5, 0.25, 0
    given[2].priority = given[0].priority = 7
    given[0].availability = 2.0
    given[2].availability = 1.0
    model.become(given)

    assert cell(model, "a/x", "size") == cell(model, "a/3", "size") == "2.9 KiB"
    assert (cell(model, "a/x", "progress"), cell(model, "a/x", "remaining")) == ("50.0%", "500 B")
    assert (cell(model, "a/x", "priority"), cell(model, "a", "priority")) == ("Mixed", "Mixed")
    assert cell(model, "a/x/2", "priority") == "Do not download"
    assert cell(model, "a/x/2", "remaining") == "0 B"
    assert (cell(model, "a/x", "availability"), cell(model, "a", "availability")) == ("2.000", "1.250")
    check = Qt.ItemDataRole.CheckStateRole
    assert model.index(0, 0).data(check) == Qt.CheckState.PartiallyChecked
    assert model.index(model.index_of(at(model, "a/x/2")), 0).data(check) == Qt.CheckState.Unchecked


def test_what_changed_is_told_and_nothing_else(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    model.expand_all(True)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))

    model.become(files(*ALBUM))
    assert told == []

    later = files(*ALBUM)
    later[4].progress = 0.5
    model.become(later)
    assert told == [(0, 0), (7, 7)], "the file and the folder that it is in"
    assert cell(model, "album", "remaining") == cell(model, "album", "size").replace("14.6", "12.2")


def test_random_changes_leave_the_sums_as_if_counted_anew() -> None:
    chance = random.Random(7)
    model, paths = FileTreeModel(), [f"{i % 3}/{i % 7}/{i}" for i in range(60)]

    def drawn() -> list[File]:
        return [
            File(
                index=i,
                name=path,
                size=chance.choice((0, 10, 999)),
                progress=chance.random(),
                priority=chance.choice((0, 1, 4, 6, 7)),
                availability=chance.choice((-1.0, 0.5, 3.0)),
            )
            for i, path in enumerate(paths)
        ]

    for _poll in range(5):
        given = drawn()
        model.become(given)
        anew = FileTreeModel()
        anew.become(given)
        assert [f.sums for f in model.tree.folders] == [f.sums for f in anew.tree.folders]
        assert [(f.progress, f.priority) for f in model.tree.folders] == [
            (f.progress, f.priority) for f in anew.tree.folders
        ]


def test_a_rename_moves_nodes_and_keeps_what_is_expanded(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    inside, beside = at(model, "album/disc 2/Track 9.flac"), at(model, "album/disc 2")
    kept: list[Node | None] = []
    model.moved.connect(lambda: kept.extend(map(model.now, (inside, beside))))

    model.become(files(*(path.replace("disc 2", "disc two").replace("Track 9", "last") for path in ALBUM)))

    assert rows(model) == ["album", "  disc 10", "  disc two", "    last.flac", "    track 10.flac", "  cover.jpg"]
    assert [node.path for node in kept if node] == ["album/disc two/last.flac", "album/disc two"]


def test_a_filter_shows_matches_with_their_folders_and_gives_the_expansion_back(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    before = rows(model)

    model.set_filter(" FLAC   track")
    assert rows(model) == ["album", "  disc 2", "    Track 9.flac", "    track 10.flac"]
    model.set_filter("disc 10")
    assert rows(model) == [
        "album",
        *("  disc 2", "    track 10.flac", "  disc 10", "    a.flac", "    b.flac"),
    ], "a folder's name counts for all in it"
    model.set_filter("nothing")
    assert rows(model) == []
    model.set_filter("")
    assert rows(model) == before


def test_checks_and_priorities_are_wanted_and_not_set(model: FileTreeModel) -> None:
    given = files(*ALBUM)
    given[0].priority, given[1].priority = 0, 7
    model.become(given)
    heard = wants(model)

    model.setData(model.index(0, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    model.set_checked([at(model, "album/disc 10"), at(model, "album/disc 10/b.flac")], False)
    model.set_priority([at(model, "album/disc 10")], 7)
    model.set_priority([at(model, "album/disc 10/a.flac")], 7)
    model.set_filter("track")
    model.check_all(False)

    assert heard == [{1: [0]}, {0: [1]}, {7: [0]}, {0: [2, 3]}]
    assert model.priorities() == [0, 7, 1, 1, 1], "the server says what they are"


def test_priority_by_shown_order_goes_by_thirds(model: FileTreeModel) -> None:
    model.become(files(*(f"a/{name}" for name in "fedcba")))
    heard = wants(model)

    model.set_by_shown_order([model.tree.root])

    assert heard == [{7: [4, 5], 6: [2, 3]}]


def test_a_draft_changes_itself(model: FileTreeModel) -> None:
    model.draft = True
    model.become(files(*ALBUM))
    changes: list[None] = []
    model.changed.connect(lambda: changes.append(None))

    model.toggle([at(model, "album/disc 2")])
    model.setData(model.index(model.index_of(at(model, "album/disc 2")), 0), "two", Qt.ItemDataRole.EditRole)
    model.move(at(model, "album/cover.jpg"), "album/two/cover.jpg")

    assert model.priorities() == [1, 1, 0, 0, 1]
    assert model.wanted_size == 1000 + 2000 + 5000
    assert list(model.paths().values())[2:] == [
        *("album/two/track 10.flac", "album/two/Track 9.flac", "album/two/cover.jpg"),
    ]
    assert cell(model, "album/two", "priority") == "Mixed"
    assert len(changes) == 3


def test_a_wish_for_another_name_tells_both_paths(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    heard = wants(model)

    model.rename(at(model, "album/disc 2"), "x")
    model.rename(at(model, "album/cover.jpg"), "front.jpg")
    model.rename(at(model, "album/cover.jpg"), "cover.jpg")

    assert heard == [
        Rename("album/disc 2", "album/x", folder=True),
        Rename("album/cover.jpg", "album/front.jpg", folder=False),
    ]


def test_a_depth_of_ten_thousand_folders_is_only_deep(model: FileTreeModel) -> None:
    path = "/".join("d" * 10_000)
    deep = FileTreeModel()
    deep.become(files(f"{path}/file", "beside"))
    deep.expand_all(True)

    assert len(deep.shown) == 10_002
    assert deep.shown[-2].path == f"{path}/file"
    deep.set_filter("file")
    deep.toggle([deep.shown[0]])
    later = files(f"{path}/file", "beside", progress=0.5)
    deep.become(later)
    assert deep.shown[0].progress == 0.5  # type: ignore[attr-defined]  # a folder


def test_rows_stay_while_they_are_held(model: FileTreeModel) -> None:
    model.sort(model.column("progress"), DOWN)
    model.become(files("a", "b"))
    later = files("a", "b")
    later[1].progress = 1

    model.hold()
    model.become(later)
    assert rows(model) == ["a", "b"]
    model.release()
    assert rows(model) == ["b", "a"]


def test_expanding_keeps_the_rows_that_others_hold_on_to(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    last = QPersistentModelIndex(model.index(3, 0))

    model.expand(at(model, "album/disc 2"))
    assert last.row() == 5
    model.collapse(at(model, "album/disc 2"))
    assert last.row() == 3


def test_many_files_are_taken_in_steps_and_a_wish_meanwhile_ends_them() -> None:
    model = FileTreeModel()
    steps = model.becoming(files(*(f"f/{i}" for i in range(20_000))))

    assert len([next(steps) for _turn in range(4)]) == 4
    assert not model.shown
    model.expand_all(True)
    assert len(model.shown) == 20_001
    assert list(steps) == []


def test_files_that_came_too_late_are_not_shown() -> None:
    model = FileTreeModel()
    late = model.becoming(files(*(f"f/{i}" for i in range(20_000))))
    next(late)

    model.clear()
    model.become(files("another"))
    assert (list(late), rows(model)) == ([], ["another"])


def test_a_filter_goes_on_for_the_next_torrent(model: FileTreeModel) -> None:
    model.set_filter("flac")
    model.become(files(*ALBUM))
    assert len(rows(model)) == 7 and "  cover.jpg" not in rows(model)
    model.set_filter("")
    assert rows(model) == ["album", "  disc 2", "  disc 10", "  cover.jpg"]


def test_one_file_and_none_are_shown_too(model: FileTreeModel) -> None:
    model.become(files("single.iso"))
    assert rows(model) == ["single.iso"]
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "single.iso, level 1"

    model.clear()
    assert rows(model) == []
    assert MIXED not in model.priorities()


def expanded(nodes: Iterable[Node]) -> list[str]:
    return [node.name for node in nodes if isinstance(node, Folder) and node.expanded]


def test_what_is_expanded_survives_files_that_come_and_go(model: FileTreeModel) -> None:
    model.become(files(*ALBUM))
    model.expand(at(model, "album/disc 10"))

    model.become(files(*ALBUM, "album/new/1", "other"))

    assert expanded(model.tree.folders) == ["", "album", "disc 10"]
