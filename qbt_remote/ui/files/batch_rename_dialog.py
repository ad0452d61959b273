"""The dialog that gives many files new names by a rule, with the list of old and new beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QHeaderView, QLineEdit, QSpinBox, QWidget

from qbt_remote.model import text
from qbt_remote.model.files.batch_rename import Planned, Rule, plan, too_slow
from qbt_remote.model.files.rename_columns import NAMES
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.look import Look
from qbt_remote.model.table import TableModel
from qbt_remote.sync.query.expressions import TooSlow
from qbt_remote.sync.steps import Steps
from qbt_remote.ui.kit.dialogs import FormDialog, dimmed
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.theme import faint, is_dark, state_color
from qbt_remote.ui.table.table_view import TableView

_LONGEST_REASON = 200
InTurns = Callable[[Steps[None]], None]


def problem_look(palette: QPalette) -> Look:
    """Write what stands against a rename in the colour of errors."""
    error, nothing = state_color("error", is_dark(palette)), QIcon()
    return Look(
        icon=lambda _row: nothing,
        stale_icon=lambda _row: nothing,
        color=lambda _row: error,
        faint=faint(palette),
        stale=faint(palette),
    )


class BatchRenameDialog(FormDialog):
    """Asks for a rule; ``planned`` is what it makes of the files, none of which has a problem once it is accepted."""

    def __init__(
        self,
        parent: QWidget | None,
        files: Sequence[tuple[int, str]],
        others: Sequence[str],
        *,
        windows: bool,
        in_turns: InTurns,
    ) -> None:
        """``files`` are (index, path) in the order of their numbers, ``others`` all paths of the torrent."""
        super().__init__(parent, tr("Batch rename"), tr("Rename"))
        self._files, self._others, self._windows, self._in_turns = files, others, windows, in_turns
        self.planned: list[Planned] = []
        self._asked = -1  # nothing is worked out before all inputs are there, nor after the end
        self._find = self._line(tr("Find"), tr("What is replaced; empty for the whole name"))
        self._replace = self._line(
            tr("Replace with"), tr("{n} stands for the number of the file", n="{n}"), show_help=True
        )
        self._regex = self._box(tr("&Regular expression"), tr("Captured groups are \\1, \\2, … in the replacement"))
        self._match_case = self._box(tr("&Match case"), tr("Upper and lower case are different"))
        self._part = self._combo(
            tr("Applies to"),
            tr("The part of the name that is changed"),
            (("stem", tr("Name without extension")), ("whole", tr("Whole name")), ("extension", tr("Extension"))),
        )
        self._case = self._combo(
            tr("Letters"),
            tr("How the letters are written afterwards"),
            (
                ("same", tr("As they are")),
                ("lower", tr("lower case")),
                ("upper", tr("UPPER CASE")),
                ("title", tr("Title Case")),
            ),
        )
        self._number = QSpinBox(self)
        self._number.setRange(0, 1_000_000)
        self._number.setValue(1)
        self._number.valueChanged.connect(self._plan)
        self._lay_out()
        self.model = TableModel(NAMES, self)
        self.table = TableView(
            self.model,
            self,
            look=problem_look,
            sort=(("why_not", Qt.SortOrder.DescendingOrder), ("old", Qt.SortOrder.AscendingOrder)),
        )
        self.table.setAccessibleName(tr("Old and new names"))
        for place in (0, 1):
            self.table.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        self.table.setFrameShape(self.table.Shape.StyledPanel)
        self._said = label("", wrap=True)
        self.column.insertWidget(self.column.indexOf(self.reason), self.table, 1)
        self.column.insertWidget(self.column.indexOf(self.reason), self._said)
        self.reason.show()
        self.resize(860, 600)
        self._asked = 0
        self._plan()

    @property
    def rule(self) -> Rule:
        return Rule(
            find=self._find.text(),
            replace=self._replace.text(),
            regex=self._regex.isChecked(),
            match_case=self._match_case.isChecked(),
            part=self._part.currentData(),
            case=self._case.currentData(),
            first_number=self._number.value(),
        )

    def done(self, result: int) -> None:
        self._asked = -1
        super().done(result)

    # inputs

    def _line(self, name: str, help: str, *, show_help: bool = False) -> QLineEdit:
        line = QLineEdit(self)
        line.textChanged.connect(self._plan)
        self.add_row(name, line, help=help)
        if show_help:
            self.form.addRow("", dimmed(help))
        return line

    def _box(self, text_: str, help: str) -> CheckBox:
        box = CheckBox(text_, self)
        box.setToolTip(tip(help))
        box.setAccessibleDescription(help)
        box.toggled.connect(self._plan)
        return box

    def _combo(self, name: str, help: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        combo = QComboBox(self)
        for id, shown in choices:
            combo.addItem(shown, id)
        combo.setAccessibleName(name)
        combo.setAccessibleDescription(help)
        combo.setToolTip(tip(help))
        combo.currentIndexChanged.connect(self._plan)
        return combo

    def _lay_out(self) -> None:
        boxes, choices = QHBoxLayout(), QHBoxLayout()
        for box in (self._regex, self._match_case):
            boxes.addWidget(box)
        boxes.addStretch()
        self.form.addRow("", boxes)
        choices.addWidget(self._part)
        for name, field in ((tr("Letters"), self._case), (tr("First number"), self._number)):
            title = label(name)
            title.setBuddy(field)
            choices.addSpacing(8)
            choices.addWidget(title)
            choices.addWidget(field)
        self._number.setAccessibleName(tr("First number"))
        choices.addStretch()
        title = label(tr("Applies to"))
        title.setBuddy(self._part)
        self.form.addRow(title, choices)

    # the plan

    def _plan(self) -> None:
        """Work out the names anew; a plan that is under way is given up."""
        if self._asked < 0:
            return
        self._asked += 1
        self.ok.setEnabled(False)
        rule = self.rule
        why = rule.why_not()
        self.reason.setText(clean(why, _LONGEST_REASON))
        if why or not rule.changes:
            self._show([])
        else:
            self._in_turns(self._steps(self._asked, rule))

    def _steps(self, asked: int, rule: Rule) -> Steps[None]:
        steps = plan(self._files, rule, self._others, windows=self._windows)
        while asked == self._asked:
            try:
                next(steps)
            except StopIteration as end:
                self._show(end.value)
                return
            except TooSlow:
                self.reason.setText(too_slow())
                self._show([])
                return
            yield False

    def _show(self, planned: list[Planned]) -> None:
        self.planned = planned
        self.model.set_rows(planned)
        bad = sum(bool(one.why_not) for one in planned)
        n, total = len(planned), text.count(len(self._files))
        said = tr_n(n, "{n} of {total} files gets another name.", "{n} of {total} files get another name.", total=total)
        if bad:
            said += " " + tr_n(bad, "{n} of them cannot.", "{n} of them cannot.")
        self._said.setText(said)
        self.ok.setEnabled(bool(planned) and not bad)
        self.ok.setText(tr_n(n, "Rename {n} file", "Rename {n} files") if n else tr("Rename"))
