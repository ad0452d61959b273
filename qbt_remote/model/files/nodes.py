"""The files of a torrent as a tree of plain objects; no Qt, no recursion, long work in steps.

Its shape is made once: a renamed file means a new tree (``counterpart`` finds a node of the old one in
it), changed values are taken over in place.  Each folder keeps sums, to which a changed file gives the
difference, so that a poll costs what it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from qbt_remote.model.names import name_key
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.steps import Steps

Key = Callable[["Node"], Any]

MIXED = -1
PRIORITIES = (0, 1, 6, 7)
"""Do not download, normal, high, maximum; the only ones that may be written."""
SLICE = 2048
"""Nodes between two steps."""

_KIND = {priority: place for place, priority in enumerate(PRIORITIES)}
_UNWANTED = ".unwanted"
"""The folder in which servers before 4.4 hide files that are not wanted; their own window does not show it."""
_rank = attrgetter("rank")


class Node:
    """A file or a folder."""

    __slots__ = ("found", "level", "name", "parent", "rank")

    def __init__(self, name: str, parent: Folder | None) -> None:
        self.name, self.parent = name, parent
        self.level: int = parent.level + 1 if parent is not None else -1
        self.found = True
        """Whether the filter shows it."""
        self.rank = 0
        """Its place by name among its kind in its folder, once that was sorted."""

    @property
    def names(self) -> list[str]:
        """The names of the folders that it is in, the outermost first, and its own."""
        names: list[str] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            names.append(node.name)
            node = node.parent
        return names[::-1]

    @property
    def path(self) -> str:
        """The path inside the torrent, with "/"."""
        return "/".join(self.names)

    @property
    def priority(self) -> int:
        """One of ``PRIORITIES``, or ``MIXED``."""
        raise NotImplementedError

    @property
    def wanted(self) -> bool | None:
        """Whether it is to be downloaded; None: some files are."""
        raise NotImplementedError


class Leaf(Node):
    """A file.  ``index`` is the server's."""

    __slots__ = ("_priority", "availability", "index", "progress", "size")

    def __init__(self, name: str, parent: Folder, file: File) -> None:
        super().__init__(name, parent)
        self.index = file.index
        self.take(file)

    def take(self, file: File) -> None:
        """Take over the values."""
        self.size, self.progress = file.size, file.progress
        self.availability = -1.0 if file.availability is None else file.availability
        self._priority = known(file.priority)

    def differs(self, file: File) -> bool:
        """Whether the file has other values."""
        return (
            self.progress != file.progress
            or self.availability != (-1.0 if file.availability is None else file.availability)
            or self._priority != known(file.priority)
            or self.size != file.size
        )

    @property
    def priority(self) -> int:
        return self._priority

    @property
    def wanted(self) -> bool:
        return self._priority != 0

    @property
    def remaining(self) -> int:
        return self.size - int(self.size * self.progress) if self._priority else 0

    @property
    def sums(self) -> tuple[int, ...]:
        """What it gives to the sums of its folders; see ``Folder``."""
        size, wanted = self.size, self._priority != 0
        got = int(size * self.progress)
        offered = int(size * self.availability) if wanted and self.availability >= 0 else 0
        counts = [0, 0, 0, 0]
        counts[_KIND[self._priority]] = 1
        return (size, got, *((size, got, offered, int(self.availability >= 0)) if wanted else (0, 0, 0, 0)), *counts)


class Folder(Node):
    """A folder; its values are those of the wanted files in it, as in the desktop window."""

    __slots__ = ("by_name", "expanded", "files", "folders", "order", "sums")

    def __init__(self, name: str, parent: Folder | None) -> None:
        super().__init__(name, parent)
        self.by_name: dict[str, Folder] = {}
        self.folders: list[Folder] = []
        self.files: list[Leaf] = []
        self.expanded = False
        self.order: object = None
        """What its children are sorted by."""
        self.sums: Sequence[int] = (0,) * 10
        """Of all files below: bytes, bytes there; the same of the wanted ones; their bytes times
        availability, and how many have one; how many there are of each priority."""

    @property
    def size(self) -> int:
        return self.sums[0]

    @property
    def wanted_size(self) -> int:
        return self.sums[2]

    @property
    def progress(self) -> float:
        size, got, wanted, wanted_got, *_ = self.sums
        if wanted:
            return wanted_got / wanted
        return got / size if size else 1.0

    @property
    def remaining(self) -> int:
        return self.sums[2] - self.sums[3]

    @property
    def availability(self) -> float:
        return self.sums[4] / self.sums[2] if self.sums[5] and self.sums[2] else -1.0

    @property
    def priority(self) -> int:
        counts = self.sums[6:]
        total = sum(counts)
        return next((p for p, n in zip(PRIORITIES, counts, strict=True) if n == total), MIXED) if total else 1

    @property
    def wanted(self) -> bool | None:
        """Whether its files are to be downloaded; None: some are."""
        unwanted = self.sums[6]
        return True if not unwanted else None if any(self.sums[7:]) else False


class Tree:
    """All nodes.  Empty until ``build`` has come to its end."""

    def __init__(self) -> None:
        self.root = Folder("", None)
        self.root.expanded = True
        self.folders: list[Folder] = [self.root]
        """Each after the one it is in."""
        self.leaves: dict[int, Leaf] = {}
        self.paths: dict[int, str] = {}
        """As they came, by index."""

    def build(self, files: Iterable[File]) -> Steps[None]:
        """Take in all files; of two with the same index the later one counts."""
        parents = {"": self.root}
        for n, file in enumerate(files):
            above, _, name = file.name.rpartition("/")
            if _UNWANTED in above:
                above = "/".join(part for part in above.split("/") if part != _UNWANTED)
            parent = parents.get(above) or self._folder(above, parents)
            leaf = self.leaves[file.index] = Leaf(name, parent, file)
            self.paths[file.index] = file.name
            parent.files.append(leaf)
            if not n % SLICE:
                yield False
        yield from self._sum_up()

    def _folder(self, path: str, parents: dict[str, Folder]) -> Folder:
        above, _, name = path.rpartition("/")
        if above in parents:
            folder = self._inside(parents[above], name)
        else:
            folder = self.root
            for part in path.split("/"):
                folder = self._inside(folder, part)
        parents[path] = folder
        return folder

    def _inside(self, parent: Folder, name: str) -> Folder:
        folder = parent.by_name.get(name)
        if folder is None:
            folder = parent.by_name[name] = Folder(name, parent)
            parent.folders.append(folder)
            self.folders.append(folder)
        return folder

    def _sum_up(self) -> Steps[None]:
        done = 0
        for folder in reversed(self.folders):
            total = [0] * 10
            children: list[Any] = [*folder.folders, *folder.files]
            for start in range(0, len(children), SLICE):
                part = children[start : start + SLICE]
                columns = zip(*(child.sums for child in part), strict=True)
                total = [a + sum(column) for a, column in zip(total, columns, strict=True)]
                done += len(part)
                if done >= SLICE:
                    done = 0
                    yield False
            folder.sums = total

    # values

    def same_files(self, files: Sequence[File]) -> bool:
        """Whether these are the files that are here, with the same paths."""
        paths = self.paths
        return len(files) == len(paths) and all(paths.get(file.index) == file.name for file in files)

    def take(self, files: Iterable[File]) -> Steps[set[Node]]:
        """Take over the values of files that are here; gives the files and folders that have others now."""
        leaves, changed = self.leaves, set[Node]()
        for n, file in enumerate(files):
            leaf = leaves[file.index]
            if leaf.differs(file):
                before = leaf.sums
                leaf.take(file)
                changed.add(leaf)
                changed.update(_add(leaf, before))
            if not n % SLICE:
                yield False
        return changed

    # places

    def at(self, path: str) -> Node | None:
        """Give the file or folder of a path, None if there is none."""
        *above, name = path.split("/")
        folder: Folder | None = self.root
        for part in above:
            folder = folder.by_name.get(part) if folder is not None else None
        if folder is None:
            return None
        return folder.by_name.get(name) or next((leaf for leaf in folder.files if leaf.name == name), None)

    def counterpart(self, node: Node) -> Node | None:
        """Find what became of a node of another tree: by index, by path, or by a file that was in it."""
        if isinstance(node, Leaf):
            return self.leaves.get(node.index)
        found: Folder | None = self.root
        for name in node.names:
            found = found.by_name.get(name) if found is not None else None
        return found or self._renamed(node)

    def _renamed(self, node: Node) -> Node | None:
        inside = next(leaves(node), None)
        new: Node | None = self.leaves.get(inside.index) if inside is not None else None
        while new is not None and new.level > node.level:
            new = new.parent
        return new if isinstance(new, Folder) and new.level == node.level else None

    # order

    def find(self, text: str) -> Steps[None]:
        """Mark what a filter shows: files in whose path each word is, whatever its case, and their folders."""
        unmet: dict[Folder, tuple[str, ...]] = {}
        words = tuple(text.casefold().split())
        for folder in self.folders:
            above = unmet[folder.parent] if folder.parent is not None else words
            own = folder.name.casefold()
            left = unmet[folder] = tuple(word for word in above if word not in own)
            for start in range(0, len(folder.files), SLICE):
                for leaf in folder.files[start : start + SLICE]:
                    leaf.found = not left or _has(leaf.name.casefold(), left)
                yield False
        for folder in reversed(self.folders):
            folder.found = any(f.found for f in folder.folders) or any(f.found for f in folder.files)
        self.root.found = True
        yield False

    def lay_out(
        self, key: Key | None, *, down: bool, start: Folder | None = None, all_expanded: bool = False
    ) -> Steps[list[Node]]:
        """Give what is shown inside a folder, at first the root, in its order.  ``key`` None: by name.

        Folders come before files; only folders that are expanded are sorted.
        """
        top = start or self.root
        shown: list[Node] = []
        told = 0
        yield from _sort(top, key, down=down)
        stack: list[tuple[Folder, Iterator[Folder]]] = [(top, iter(top.folders))]
        while stack:
            folder, rest = stack[-1]
            for inside in rest:
                if not inside.found:
                    continue
                shown.append(inside)
                if inside.expanded or all_expanded:
                    yield from _sort(inside, key, down=down)
                    stack.append((inside, iter(inside.folders)))
                    break
            else:
                shown += [leaf for leaf in folder.files if leaf.found]
                stack.pop()
            if len(shown) >= told + SLICE:
                told = len(shown)
                yield False
        return shown


def known(priority: int) -> int:
    """Give a priority that may be written: old servers send 4 for normal."""
    return priority if priority in _KIND else 1


def leaves(node: Node) -> Iterator[Leaf]:
    """Give the files at or below a node, whatever the filter shows."""
    if isinstance(node, Leaf):
        yield node
        return
    assert isinstance(node, Folder)
    stack = [node]
    while stack:
        folder = stack.pop()
        yield from folder.files
        stack += reversed(folder.folders)


def below(folder: Folder) -> Iterator[Folder]:
    """Give a folder and those in it."""
    stack = [folder]
    while stack:
        inside = stack.pop()
        yield inside
        stack += inside.folders


def _add(leaf: Leaf, before: Sequence[int]) -> Iterator[Folder]:
    """Give the difference of a file to the sums of all folders it is in."""
    difference = [new - old for new, old in zip(leaf.sums, before, strict=True)]
    folder = leaf.parent
    while folder is not None:
        folder.sums = [a + b for a, b in zip(folder.sums, difference, strict=True)]
        yield folder
        folder = folder.parent


def _has(name: str, words: Iterable[str]) -> bool:
    return all(word in name for word in words)


def _sort(folder: Folder, key: Key | None, *, down: bool) -> Steps[None]:
    """Sort the children of a folder, if they are not; rows that are equal stay in the order of their names."""
    if folder.order is None:
        for children in (folder.folders, folder.files):
            yield from _rank_by_name(children)
    if folder.order == (key, down):
        return
    folder.order = (key, down)
    for children in (folder.folders, folder.files):
        children.sort(key=_rank, reverse=down and key is None)
        if key is not None:
            children.sort(key=key, reverse=down)


def _rank_by_name(children: Sequence[Node]) -> Steps[None]:
    keys: dict[Node, str] = {}
    for start in range(0, len(children), SLICE):
        keys.update((node, name_key(node.name)) for node in children[start : start + SLICE])
        if len(children) > SLICE:
            yield False
    for rank, node in enumerate(sorted(children, key=keys.__getitem__)):
        node.rank = rank
