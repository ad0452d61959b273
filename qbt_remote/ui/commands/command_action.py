"""A command as a QAction: made, enabled or not, explained and carried out in one way for list, panels and sidebar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QKeySequence, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.command import Command, why_not, without_mnemonic
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip

_ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "about": QAction.MenuRole.AboutRole,
}


class CommandAction(QAction):
    """One command for menus, bars and keys.

    A checkable QAction knows only on and off.  For a mixed selection the style's own half-checked box is shown
    as the entry's icon, which styles draw in the place of the check box.
    """

    def __init__(
        self,
        command: Command[Any],
        context: Callable[[], Context | None],
        parent: QObject | None,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """``context`` gives what it acts on at the moment, None if there is nothing; ``done`` is called when it has
        ended."""
        super().__init__(tr(command.text), parent)
        self.command, self._context, self._done = command, context, done
        self._reason: str | None = None
        self.setObjectName(command.id)
        self.setIconText(name_of_command(command))
        self.setMenuRole(_ROLES.get(command.id, QAction.MenuRole.NoRole))
        if command.key:
            self.setShortcuts(keys_of(command))
            self.setAutoRepeat(False)  # a key that is held does it once
        self.setCheckable(command.checked is not None)
        if command.icon:
            self.setIcon(icon(command.icon))
        self.setIconVisibleInMenu(command.checked is None)
        self.explain("")
        self.triggered.connect(self.begin)

    def judge(self, ctx: Context | None) -> None:
        """Bring it up to date: whether it can be done, whether it is checked, and why."""
        command = self.command
        reason = tr("Select a torrent first") if ctx is None else why_not(command, ctx)
        self.setEnabled(not reason)
        if command.named is not None and ctx is not None:
            self.setText(command.named(ctx))
        if command.checked is not None and ctx is not None:
            checked = command.checked(ctx)
            self.setChecked(checked is True)
            if checked is None:
                reason = reason or tr("On for some of them")
            if command.on == "torrents":
                show_mixed(self, checked is None)
        self.explain(reason)

    def explain(self, reason: str) -> None:
        """Say in the tip what it does, by which key, and why it cannot be done now."""
        if reason == self._reason:
            return  # as after most polls
        self._reason = reason
        keys = " ".join(f"({k.toString(QKeySequence.SequenceFormat.NativeText)})" for k in self.shortcuts()[:1])
        first = f"{tr(self.command.tip)} {keys}".strip()
        self.setToolTip(tip(f"{first}\n{reason}" if reason else first))
        self.setStatusTip("")

    def begin(self, _checked: bool = False) -> None:
        """Do it, or say why it cannot be done now: it is judged anew, since a key comes at any time."""
        ctx = self._context()
        if ctx is None:
            return
        command = self.command
        ctx.doing = name_of_command(command)
        ctx.of_torrents = ctx.is_of_torrents(command.on)
        # Shift asks for a preview, unless it is part of the key itself
        ctx.preview = "Shift" not in command.key and shift_is_down()
        if reason := why_not(command, ctx):
            ctx.notices.show_info(tr("{doing}: {reason}", doing=ctx.doing, reason=reason))
            self._done()
            return
        ctx.shell.tasks.spawn(self._carry_out(ctx), ctx.doing)

    async def _carry_out(self, ctx: Context) -> None:
        command = self.command
        ask = command.confirm(ctx) if command.confirm else None
        if ask is None or await ctx.dialogs.confirm(ask) is not None:
            await command.run(ctx)
        self._done()


def name_of_command(command: Command[Any]) -> str:
    """Give its text as it stands on a button or in a sentence."""
    return without_mnemonic(tr(command.text))


def keys_of(command: Command[Any]) -> list[QKeySequence]:
    return QKeySequence.listFromString(command.key, QKeySequence.SequenceFormat.PortableText)


def keys_text(command: Command[Any]) -> str:
    """Give its keys as the platform writes them."""
    return tr(" or ").join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys_of(command))


def shift_is_down() -> bool:
    """Whether a command was chosen with Shift, which asks for a preview."""
    return bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)


def show_mixed(action: QAction, mixed: bool) -> None:
    """Show a checkable entry as neither on nor off, or as its check says."""
    if mixed:
        window = action.parent()
        assert isinstance(window, QWidget)
        action.setIcon(_half_checked(window))
    action.setIconVisibleInMenu(mixed)


def _half_checked(widget: QWidget) -> QIcon:
    """Draw the style's half-checked box."""
    from PySide6.QtWidgets import QStyle, QStyleOptionButton

    style, ratio = widget.style(), widget.devicePixelRatioF()
    option = QStyleOptionButton()
    option.initFrom(widget)
    option.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_NoChange
    option.rect = QRect(0, 0, 16, 16)
    picture = QPixmap(QSize(16, 16) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorCheckBox, option, painter, widget)
    painter.end()
    return QIcon(picture)
