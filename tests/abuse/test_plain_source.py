"""No text from a server, a file or an error reaches what may read it as HTML, but by ``ui/kit/plain_text.py``.

The package is read with ``ast``; its names are those of Qt and of ``ui/kit/plain_text.py``.
"""

from __future__ import annotations

import ast

import pytest

from tests.source import FILES, WINDOW, called, calls, tree

_READS_HTML = {
    *("QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog", "QTextEdit", "QTextBrowser"),
    *("setHtml", "insertHtml", "appendHtml", "setOpenExternalLinks", "openUrl", "QTextDocument", "QStaticText"),
    *("setWhatsThis", "QSplashScreen", "setMarkdown"),
}


_PLAIN_TIPS = {"ui/desktop/tray.py"}  # the desktop's own, which knows no HTML


def _is_plain_tip(node: ast.expr) -> bool:
    """Made by tip(), another widget's tip, a literal, or empty."""
    if isinstance(node, ast.IfExp):
        return _is_plain_tip(node.body) and _is_plain_tip(node.orelse)
    if isinstance(node, ast.Call):
        return called(node) in ("tip", "toolTip") or (called(node) == "tr" and not node.keywords)
    return isinstance(node, ast.Constant)


def _is_parent(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "parent")


@pytest.mark.parametrize("file", FILES)
def test_a01_nothing_that_reads_html_is_used(file: str) -> None:
    assert [(node.lineno, name) for name, node in calls(file) if name in _READS_HTML] == []


@pytest.mark.parametrize("file", [file for file in WINDOW if file not in _PLAIN_TIPS])
def test_a01_tips_are_escaped(file: str) -> None:
    tips = [node for name, node in calls(file) if name in ("setToolTip", "setTabToolTip", "showText")]

    assert [ast.unparse(node) for node in tips if not any(map(_is_plain_tip, node.args))] == []


@pytest.mark.parametrize("file", [file for file in WINDOW if file != "ui/kit/plain_text.py"])
def test_a01_labels_are_plain(file: str) -> None:
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


@pytest.mark.parametrize("file", WINDOW)
def test_a01_no_other_format_than_plain_is_set(file: str) -> None:
    formats = {ast.unparse(argument) for name, node in calls(file) if name == "setTextFormat" for argument in node.args}

    assert formats <= {"Qt.TextFormat.PlainText"}


@pytest.mark.parametrize("file", WINDOW)
def test_a01_no_label_is_made_of_a_text_by_a_form(file: str) -> None:
    """``QFormLayout.addRow`` makes a label that may read HTML of a text; "" is none."""
    first = [node.args[0] for name, node in calls(file) if name == "addRow"]
    texts = [node for node in first if isinstance(node, ast.JoinedStr | ast.BinOp) or _is_text(node)]

    assert [ast.unparse(node) for node in texts] == []


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return called(node) in ("tr", "tr_n", "clean", "sentence", "said", "str", "format", "join")
    return isinstance(node, ast.Constant) and node.value != ""


@pytest.mark.parametrize("file", WINDOW)
def test_a01_tips_of_items_are_escaped(file: str) -> None:
    given = [
        node
        for name, node in calls(file)
        if name == "setData" and any("ToolTipRole" in ast.unparse(argument) for argument in node.args)
    ]

    assert [ast.unparse(node) for node in given if not any(map(_is_plain_tip, node.args))] == []
