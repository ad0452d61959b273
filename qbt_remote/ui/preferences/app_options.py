"""Our own options: the same form as for a server, over the attributes of Settings.

Most are looked at when they are needed; the window puts into effect what shows at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtWidgets import QVBoxLayout

from qbt_remote.model.i18n import tr
from qbt_remote.prefs.draft import Draft
from qbt_remote.prefs.schema import of_program
from qbt_remote.ui.form.form import Form
from qbt_remote.ui.form.form_input import FormNeeds
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.on_screen import for_font
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.ui.commands.shell import Shell

SIZE = QSize(820, 560)
LANGUAGES = ("en",)
"""Those that the window is translated to."""


def show_app_options(shell: Shell) -> AppOptions:
    """Open the options, or bring them to the front."""
    open_ones = shell.parent.findChildren(AppOptions, options=Qt.FindChildOption.FindDirectChildrenOnly)
    dialog = next((d for d in open_ones if d.isVisible()), None)
    if dialog is None:
        dialog = AppOptions(shell)
        dialog.open()
    dialog.raise_()
    dialog.activateWindow()
    return dialog


class AppOptions(FormDialog):
    """OK puts all that was changed into effect; the settings are written then."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.parent, tr("Options of qbt-remote"))
        self._shell = shell
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        schema = of_program()
        self.draft = Draft(schema, {key: getattr(shell.settings, key) for key in schema.prefs})
        lists = {
            "languages": [("", tr("Language of the system")), *((code, language_name(code)) for code in LANGUAGES)],
            "servers": [(server.id, clean(server.name, 80)) for server in shell.settings.servers],
        }
        self.options = Form(schema, self.draft, FormNeeds(lists), self)
        self._place()
        self.options.edited.connect(self._judge)
        self.resize(for_font(SIZE, self))
        self.first = self.options.search

    def accept(self) -> None:
        """Put the options into effect, unless one of them cannot be used."""
        if refused := self.options.invalid():
            self.options.reveal(refused[0][0])
            return
        changed = self.options.changed()
        for key, value in changed.items():
            setattr(self._shell.settings, key, value)
        if changed:
            self._shell.settings_changed(changed)
            self._shell.hooks.save()
        super().accept()

    def _place(self) -> None:
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, self.options, 1)
        for button in (self.ok, self.cancel):
            button.setAutoDefault(False)
        self.ok.setDefault(False)  # Return in the search goes on searching

    def _judge(self) -> None:
        self.ok.setEnabled(not self.options.invalid())


def language_name(code: str) -> str:
    """A language in its own words, as its speakers look for it."""
    return QLocale(code).nativeLanguageName().partition(" ")[-1] or QLocale(code).nativeLanguageName()
