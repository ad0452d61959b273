"""What people read goes through the translation, and what others wrote is never read as HTML.

The package is read with ``ast``; its names are those of Qt and of ``ui/kit/plain_text.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import qbt_remote

ROOT = Path(qbt_remote.__file__).parent
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
WINDOW = [file for file in FILES if file.startswith(("ui/", "model/")) or file == "start/program.py"]

_SHOWS = {
    *("setText", "setToolTip", "setWindowTitle", "setTitle", "setStatusTip", "setWhatsThis", "setLabelText"),
    *("setAccessibleName", "read_as", "setAccessibleDescription", "setPlaceholderText", "setPrefix", "setSuffix"),
    *("setSpecialValueText", "setHeaderLabels", "setTabText", "setTabToolTip", "setItemText", "setNameFilter"),
    *("QAction", "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QMenu", "QToolBar"),
    *("addAction", "addMenu", "addTab", "addItem", "addRow", "label", "tip", "show_error", "show_info", "spawn"),
}
_TRANSLATES = {"tr", "tr_n", "N"}
_SAME_IN_ALL_LANGUAGES = {"qbt-remote", "X-Token: …", "socks5://127.0.0.1:1080", "http://192.168.1.2:8080"}
_READS_HTML = {
    *("QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "QTextEdit", "QTextBrowser"),
    *("setHtml", "insertHtml", "appendHtml", "setOpenExternalLinks", "openUrl"),
}
_FACTS = {"ui/details/panels/general.py", "ui/add/parts/information_part.py"}
"""What qBittorrent shows with a colon after its name."""
_PLAIN_TIPS = {"ui/desktop/tray.py"}  # the desktop's own, which knows no HTML


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text("utf-8"), file)


def calls(file: str) -> Iterator[tuple[str, ast.Call]]:
    """Give every call with the last part of what it calls."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield called(node), node


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literals(node: ast.expr) -> Iterator[ast.Constant]:
    """Give the texts that an argument shows as they stand."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.Call):
        if called(node) in ("tip", "clean"):
            yield from (text for argument in node.args for text in literals(argument))
    elif isinstance(node, ast.IfExp):
        yield from (*literals(node.body), *literals(node.orelse))
    else:
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        if isinstance(node, ast.JoinedStr | ast.BinOp | ast.BoolOp | ast.List | ast.Tuple):
            yield from (text for part in parts for text in literals(part))


@pytest.mark.parametrize("file", WINDOW)
def test_what_is_shown_is_translated(file: str) -> None:
    shown = (
        (text.lineno, text.value)
        for name, call in calls(file)
        if name in _SHOWS
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for text in literals(argument)
    )

    bare = [
        (line, text)
        for line, text in shown
        if isinstance(text, str) and re.search(r"[^\W\d_]{2}", text) and text not in _SAME_IN_ALL_LANGUAGES
    ]

    assert bare == []


@pytest.mark.parametrize("file", FILES)
def test_a_translated_text_is_a_literal_and_gets_its_parts(file: str) -> None:
    wrong: list[tuple[int, str]] = []
    for name, call in calls(file):
        if name not in _TRANSLATES:
            continue
        parts = {keyword.arg for keyword in call.keywords} | ({"n"} if name == "tr_n" else set())
        for text in call.args[1:] if name == "tr_n" else call.args[:1]:
            if isinstance(text, ast.JoinedStr):
                wrong.append((text.lineno, "an f-string"))
            elif isinstance(text, ast.Constant) and name != "N" and None not in parts:
                wanted = set(re.findall(r"\{(\w*)", str(text.value)))
                if not (wanted <= parts and (name == "tr_n" or parts <= wanted)):
                    wrong.append((text.lineno, str(text.value)))

    assert wrong == []


@pytest.mark.parametrize("file", FILES)
def test_the_texts_have_our_tone(file: str) -> None:
    texts = [
        (text.lineno, text.value)
        for name, call in calls(file)
        if name in _TRANSLATES
        for text in call.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]

    assert [(line, text) for line, text in texts if re.search(r"!|\bplease\b|\.\.\.", text, re.IGNORECASE)] == []


@pytest.mark.parametrize("file", [file for file in WINDOW if file not in _FACTS])
def test_only_facts_have_a_colon_after_their_name(file: str) -> None:
    """A sentence, which is longer, may end with one before a list."""
    texts = [
        (text.lineno, text.value)
        for name, call in calls(file)
        if name in _TRANSLATES
        for text in call.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]

    assert [(line, text) for line, text in texts if text.endswith(":") and len(text) < 30] == []


@pytest.mark.parametrize("file", WINDOW)
def test_tab_bars_have_an_accessible_name(file: str) -> None:
    """Not by setAccessibleName, which Qt does not heed there."""
    made = [
        (ast.unparse(target), called(node.value))
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if called(node.value) in ("QTabWidget", "QTabBar")
    ]
    named = {ast.unparse(call.args[0]) for name, call in calls(file) if name == "read_as"}
    all_made = sum(name in ("QTabWidget", "QTabBar") for name, _call in calls(file))

    bars = [f"{target}.tabBar()" if kind == "QTabWidget" else target for target, kind in made]
    assert len(made) == all_made
    assert [bar for bar in bars if bar not in named] == []


@pytest.mark.parametrize("file", FILES)
def test_nothing_that_reads_html_is_used(file: str) -> None:
    assert [(node.lineno, name) for name, node in calls(file) if name in _READS_HTML] == []


def _is_plain_tip(node: ast.expr) -> bool:
    """Made by tip(), another widget's tip, a literal, or empty."""
    if isinstance(node, ast.IfExp):
        return _is_plain_tip(node.body) and _is_plain_tip(node.orelse)
    if isinstance(node, ast.Call):
        return called(node) in ("tip", "toolTip") or (called(node) == "tr" and not node.keywords)
    return isinstance(node, ast.Constant)


@pytest.mark.parametrize("file", [file for file in WINDOW if file not in _PLAIN_TIPS])
def test_tips_are_escaped(file: str) -> None:
    tips = [node for name, node in calls(file) if name in ("setToolTip", "setTabToolTip", "showText")]

    assert [ast.unparse(node) for node in tips if not any(map(_is_plain_tip, node.args))] == []


@pytest.mark.parametrize("file", [file for file in WINDOW if file != "ui/kit/plain_text.py"])
def test_labels_are_plain(file: str) -> None:
    """A bare QLabel holds a picture; one with a text is made by label() or sets its format."""
    module = tree(file)
    bare = {
        ast.unparse(target)
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value) == "QLabel"
        for target in node.targets
    }
    written = [
        ast.unparse(n.func.value) for name, n in calls(file) if name == "setText" and isinstance(n.func, ast.Attribute)
    ]
    made_with_text = [
        ast.unparse(n) for name, n in calls(file) if name == "QLabel" and not all(map(_is_parent, n.args))
    ]
    own = [
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        and any(getattr(base, "id", "") == "QLabel" for base in node.bases)
        and "setTextFormat(Qt.TextFormat.PlainText)" not in ast.unparse(node)
    ]

    assert (bare & set(written), made_with_text, own) == (set(), [], [])


def _is_parent(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "parent")
