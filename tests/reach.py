"""Which calls of the Web API can be reached from where: read from the program's text, without running it.

A node is a function, a class or a table at the top of a module.  It leads to what its text names, to
what it imports on its way, and, by ``x.name``, to the one class that has a method of that name.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import qbt_remote
from qbt_remote.api.endpoints import ENDPOINTS

Node = tuple[str, str]
"""Module and name."""

ROOT = Path(qbt_remote.__file__).parent
NO_CALLS = {
    *("qbt_remote.api.endpoints", "qbt_remote.api.older.replies"),
    *("qbt_remote.ui.window.commands", "qbt_remote.ui.details.panel_commands"),
}
"""They name calls to describe them, or as features that a command needs."""
_ASKS_FOR_A_FEATURE = {"has", "lacking", "needs", "shown_have", "too_old"}


def calls_from(*starts: Node, beside: Collection[Node] = ()) -> dict[str, int]:
    """Give every call that can be reached from these nodes, with the number of steps to what makes it.

    What lies behind the nodes ``beside`` is not looked at: the window leads to everything.
    """
    graph = _graph()
    assert not (gone := {*starts, *beside} - graph.bodies.keys()), gone
    seen: dict[Node, int] = dict.fromkeys(beside, -1) | dict.fromkeys(starts, 0)
    found: dict[str, int] = {}
    todo = deque(starts)
    while todo:
        node = todo.popleft()
        for call in graph.calls.get(node, ()):
            found.setdefault(call, seen[node])
        for further in graph.leads_to(node):
            if further not in seen and further in graph.bodies:
                seen[further] = seen[node] + 1
                todo.append(further)
    return found


def node_of(thing: object) -> Node:
    """Give the node in which a function, a class or a method stands."""
    thing = getattr(thing, "func", thing)
    module, name = getattr(thing, "__module__", ""), getattr(thing, "__qualname__", "")
    assert module.startswith("qbt_remote"), thing
    return module, name.partition(".")[0]


class _Graph:
    def __init__(self) -> None:
        self.bodies: dict[Node, list[ast.stmt]] = {}
        self._imports: dict[str, dict[str, Node]] = {}
        for path in sorted(ROOT.rglob("*.py")):
            module, tree = _name(path), ast.parse(path.read_text("utf-8"))
            self._imports[module] = dict(_imported(tree))
            for statement in tree.body:
                for name in _defined(statement):
                    self.bodies.setdefault((module, name), []).append(statement)
        self._methods = self._method_owners()
        self._leads: dict[Node, frozenset[Node]] = {}
        self.calls = {
            node: frozenset(call for statement in body for call in _calls(statement))
            for node, body in self.bodies.items()
            if node[0] not in NO_CALLS
        }

    def leads_to(self, node: Node) -> frozenset[Node]:
        if node not in self._leads:
            self._leads[node] = frozenset(self._named(node))
        return self._leads[node]

    def _method_owners(self) -> dict[str, Node]:
        """Names of methods that one class alone has, and that class."""
        owners: dict[str, set[Node]] = {}
        for node, body in self.bodies.items():
            for statement in body:
                for method in statement.body if isinstance(statement, ast.ClassDef) else ():
                    if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                        owners.setdefault(method.name, set()).add(node)
        return {name: next(iter(nodes)) for name, nodes in owners.items() if len(nodes) == 1}

    def _named(self, node: Node) -> Iterator[Node]:
        module = node[0]
        for statement in self.bodies[node]:
            local = self._imports[module] | dict(_imported(statement))
            for part in ast.walk(statement):
                if isinstance(part, ast.Name):
                    yield local.get(part.id, (module, part.id))
                elif isinstance(part, ast.Attribute):
                    if isinstance(part.value, ast.Name) and part.value.id in local:
                        where, name = local[part.value.id]
                        yield f"{where}.{name}", part.attr
                    if part.attr in self._methods:
                        yield self._methods[part.attr]


@cache
def _graph() -> _Graph:
    return _Graph()


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST) -> Iterator[tuple[str, Node]]:
    for part in ast.walk(tree):
        if isinstance(part, ast.ImportFrom) and part.module and part.module.startswith("qbt_remote"):
            for alias in part.names:
                yield alias.asname or alias.name, (part.module, alias.name)


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def _calls(part: ast.AST) -> Iterator[str]:
    """The endpoints that are called here: not those that are compared, counted or asked for as features."""
    if isinstance(part, ast.Constant):
        if part.value in ENDPOINTS:
            yield str(part.value)
        return
    if isinstance(part, ast.Set):
        return
    children = list(ast.iter_child_nodes(part))
    if isinstance(part, ast.Dict):
        children = list(part.values)
    elif isinstance(part, ast.Compare):
        children = [child for child in children if not isinstance(child, ast.Constant | ast.Tuple)]
    elif isinstance(part, ast.Call):
        name = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
        if name in _ASKS_FOR_A_FEATURE:
            return
        children = [child for child in children if not (isinstance(child, ast.keyword) and child.arg == "needs")]
    for child in children:
        yield from _calls(child)
