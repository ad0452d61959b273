"""What people read goes through the translation.

The package is read with ``ast``; its names are those of Qt.  That nothing is read as HTML says tests/abuse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.source import FILES, WINDOW, called, calls, tree

_SHOWS = {
    *("setText", "setToolTip", "setWindowTitle", "setTitle", "setStatusTip", "setWhatsThis", "setLabelText"),
    *("setAccessibleName", "read_as", "setAccessibleDescription", "setPlaceholderText", "setPrefix", "setSuffix"),
    *("setSpecialValueText", "setHeaderLabels", "setTabText", "setTabToolTip", "setItemText", "setNameFilter"),
    *("QAction", "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QMenu", "QToolBar"),
    *("addAction", "addMenu", "addTab", "addItem", "addRow", "label", "tip", "show_error", "show_info", "spawn"),
}
_TRANSLATES = {"tr", "tr_n", "N"}
_SAME_IN_ALL_LANGUAGES = {"qbt-remote", "X-Token: …", "socks5://127.0.0.1:1080", "http://192.168.1.2:8080"}
_FACTS = {"ui/details/panels/general.py", "ui/add/parts/information_part.py"}
"""What qBittorrent shows with a colon after its name."""


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
