"""One line of a form: label, input, what is to be known of its value, and the way back to the default."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.pref_text import shown
from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import UNKNOWN, Pref
from qbt_remote.ui.form.form_input import FormNeeds, Input, beside
from qbt_remote.ui.form.form_inputs import (
    BoolInput,
    ChoiceInput,
    FoldersInput,
    LinesInput,
    MapsInput,
    SecretInput,
    TimeInput,
    input_of,
)
from qbt_remote.ui.kit.fields import FieldNote
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.theme import coloured, mixed

INDENT = 20
LABEL, FIELD, RESET = range(3)
_HIT, _CURRENT = 0.25, 0.6
_ACTIVE = QPalette.ColorGroup.Active


class FormRow(QObject):
    """Shows one preference of a draft and puts what the user does into it."""

    edited = Signal(str)

    def __init__(self, pref: Pref, draft: Draft, around: FormNeeds, grid: QGridLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self.pref, self._draft = pref, draft
        self.input: Input = input_of(pref, around, parent)
        self.title: QLabel | None = None if isinstance(self.input, BoolInput) else label(tr(pref.label), parent)
        self.reset = QToolButton(parent)
        self._note = FieldNote("", "", parent)
        self._failed = self._refused = ""
        self._grid, self._parent = grid, parent
        self._place(indented=any(c.key in draft.prefs for c in pref.enabled_by))
        self._name()
        self.show_value()
        self.input.edited.connect(self._edited)

    # what the form calls

    def show_value(self) -> None:
        """Show what the draft has."""
        key, pref = self.pref.key, self.pref
        self._refused = ""
        if isinstance(self.input, SecretInput):
            self.input.set_known(key in self._draft.secrets)
        value = self._draft.value(key)
        self.input.show((value, self._draft.value(pref.minutes)) if pref.kind == "time" else value)
        if pref.read_only:
            self.input.lock()
        self.mark()

    def mark(self) -> None:
        """Say what is so with the value: changed, not the default, off, refused, or not taken."""
        touched = self.touched
        shown_by = self.title or self.input.focus
        font = shown_by.font()
        if font.bold() != touched:
            font.setBold(touched)
            shown_by.setFont(font)
        self._set_visible(self.reset, not self.pref.read_only and not self._is_default)
        self.enable()
        self._say()

    def enable(self) -> None:
        enabled = self._draft.enabled(self.pref.key)
        self.input.widget.setEnabled(enabled and (self.input.readable or not self.pref.read_only))
        if self.title:
            self.title.setEnabled(enabled)

    @property
    def touched(self) -> bool:
        return self._draft.is_changed(self.pref.key) or self._draft.is_changed(self.pref.minutes)

    def why_not(self) -> str:
        """Say why what was typed cannot be saved, or ""."""
        return self._refused

    def fail(self, text: str) -> None:
        """Say that the server has another value than was sent; "" takes that away."""
        if text != self._failed:
            self._failed = text
            self._say()

    def highlight(self, strength: int) -> None:
        """Mark a row that a search found: 0 not, 1 found, 2 the current one."""
        target = self.title or self.input.focus
        if not strength and not target.autoFillBackground():
            return

        def tinted(usual: QPalette) -> QPalette:
            palette = QPalette(usual)
            if strength:
                base, accent = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.Highlight)
                tint = mixed(accent, base, _CURRENT if strength == 2 else _HIT)
                for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Button):
                    palette.setColor(role, tint)
                for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
                    palette.setColor(QPalette.ColorGroup.Disabled, role, palette.color(_ACTIVE, role))  # grey on blue
            return palette

        target.setAutoFillBackground(bool(strength))
        coloured(target, tinted)

    # building

    def _place(self, *, indented: bool) -> None:
        line = self._grid.rowCount()
        field = self.input.widget
        if indented:
            left = self.title or field
            left.setContentsMargins(INDENT, 0, 0, 0)
        if self.title:
            self.title.setBuddy(self.input.focus)
        if self.title and isinstance(self.input, FoldersInput | MapsInput):  # they need all the width
            self._grid.addWidget(self.title, line, LABEL, 1, 2)
            self._grid.addWidget(field, line + 1, LABEL, 1, 2)
            line += 1
        elif self.title:
            top = Qt.AlignmentFlag.AlignTop if isinstance(self.input, LinesInput) else Qt.AlignmentFlag(0)
            narrow = isinstance(self.input, ChoiceInput | TimeInput)
            self._grid.addWidget(self.title, line, LABEL, top)
            self._grid.addWidget(field, line, FIELD, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0))
        elif indented:
            self._grid.addWidget(_shifted(field, self._parent), line, LABEL, 1, 2)
        else:
            self._grid.addWidget(field, line, LABEL, 1, 2)
        self._grid.addWidget(self.reset, line, RESET)
        wide = self.title is None or isinstance(self.input, FoldersInput | MapsInput)
        self._grid.addWidget(self._note, line + 1, LABEL if wide else FIELD, 1, 2)

    def _name(self) -> None:
        """Give the input its accessible name and description, and everything its tip."""
        pref = self.pref
        help = "\n".join(filter(None, (tr(pref.help), *self._remarks())))
        name = tr(pref.label) + (f" ({tr(pref.unit)})" if pref.unit else "")
        for widget in {self.input.widget, self.input.focus}:
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(help)
            widget.setToolTip(tip(f"{help}\n{pref.key}"))
        if self.title:
            self.title.setToolTip(tip(f"{help}\n{pref.key}"))
        default = "" if pref.default is UNKNOWN else shown(pref, pref.default) or tr("(empty)")
        self.reset.setIcon(icon("reset"))
        self.reset.setAutoRaise(True)
        self.reset.setToolTip(tip(tr("Back to the default: {default}", default=default)))
        self.reset.setAccessibleName(tr("{name}: back to the default", name=name))
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.reset.clicked.connect(self._reset)

    def _remarks(self) -> list[str]:
        pref = self.pref
        remarks = (
            (pref.needs_restart, tr("It takes effect when qBittorrent is restarted.")),
            (pref.may_lock_out, tr("A wrong value can make the server unreachable.")),
            (pref.runs_program, tr("It lets the server run a program.")),
            (pref.read_only, tr("It can only be read.")),
        )
        return [text for so, text in remarks if so]

    # what happens

    @property
    def _is_default(self) -> bool:
        draft, pref = self._draft, self.pref
        keys = (pref.key, pref.minutes) if pref.kind == "time" else (pref.key,)
        return all(draft.is_default(key) for key in keys)

    def _edited(self) -> None:
        self._failed, self._refused = "", self.input.why_not()
        if not self._refused:  # else the last good value stands, and nothing is saved
            self._put()
        self.edited.emit(self.pref.key)

    def _put(self) -> None:
        draft, pref, value = self._draft, self.pref, self.input.value()
        if isinstance(self.input, SecretInput) and self.input.untouched:
            draft.forget(pref.key)
        elif pref.kind == "time":
            draft.edit(pref.key, value[0])
            draft.edit(pref.minutes, value[1])
        else:
            draft.edit(pref.key, value)

    def _reset(self) -> None:
        draft, pref = self._draft, self.pref
        draft.edit(pref.key, pref.default)
        if pref.kind == "time":
            draft.edit(pref.minutes, draft.prefs[pref.minutes].default)
        self.show_value()
        self.input.focus.setFocus()
        self.edited.emit(pref.key)

    def _say(self) -> None:
        text = self._refused or clean(self._failed)
        if text != self._note.text():
            self._note.say(text, "error")

    def _set_visible(self, widget: QWidget, visible: bool) -> None:
        if widget.isHidden() is visible:
            widget.setVisible(visible)


def _shifted(field: QWidget, parent: QWidget) -> QWidget:
    shifted = beside(parent, field)
    layout = shifted.layout()
    assert layout is not None
    layout.setContentsMargins(INDENT, 0, 0, 0)
    return shifted
