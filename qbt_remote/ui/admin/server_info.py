"""What a server is: its release, what it is built of, since when it runs, where it keeps its files."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from qbt_remote.api.errors import Unsupported
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.sync.dates import is_date
from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.kit.plain_text import clean, label, tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context

Json = Any
Facts = list[tuple[str, str]]


class InfoDialog(FormDialog):
    """Facts that can be selected and copied."""

    def __init__(self, parent: QWidget | None, title: str, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent, title)
        self._facts = facts
        self.only_close()
        self.setMinimumWidth(460)
        for name, value in facts:
            shown = label(clean(value), wrap=True, selectable=True, value_of=name)
            self.form.addRow(label(name), shown)
        copy = self.buttons.addButton(tr("&Copy all"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setToolTip(tip(tr("Copy everything, as for a report of an error")))
        copy.clicked.connect(self.copy)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {value}" for name, value in self._facts))


async def show_server_info(ctx: Context, session: Session) -> None:
    """Ask the server for its facts and show them; what it is too old for is left out."""
    facts: Facts = []

    async def read(session: Session) -> None:
        facts[:] = await facts_of(session)

    if await ctx.on([session], read):
        title = tr("{server}: information", server=name_of(session))
        await ctx.dialogs.ask(InfoDialog(ctx.dialogs.parent, title, facts))


async def facts_of(session: Session) -> Facts:
    """Give name and value of each fact.  Raises QbtError."""
    build, process, path = await asyncio.gather(
        _if_known(session, "app/buildInfo"),
        _if_known(session, "app/processInfo"),
        _if_known(session, "app/defaultSavePath"),
    )
    client = session.client
    version = client.version if client is not None else None
    built, started = build or {}, (process or {}).get("launch_time")
    server = session.mirror.server
    known = (
        (tr("Address"), session.config.url),
        ("qBittorrent", version.app_text if version else ""),
        (tr("Web API"), ".".join(map(str, version.api)) if version else ""),
        ("libtorrent", built.get("libtorrent")),
        ("Qt", built.get("qt")),
        ("Boost", built.get("boost")),
        ("OpenSSL", built.get("openssl")),
        ("zlib", built.get("zlib")),
        (tr("Platform"), _platform(built)),
        (tr("Running since"), _running(started)),
        (tr("Default save path"), path),
        (tr("External IPv4 address"), server.get("last_external_address_v4")),
        (tr("External IPv6 address"), server.get("last_external_address_v6")),
    )
    return [(name, str(value)) for name, value in known if value]


async def _if_known(session: Session, endpoint: str) -> Json:
    try:
        return await session.get(endpoint)
    except Unsupported:
        return None


def _platform(built: dict[str, Json]) -> str:
    bits = tr("{n} bit", n=built["bitness"]) if built.get("bitness") else ""
    return ", ".join(filter(None, (str(built.get("platform") or ""), bits)))


def _running(started: Json) -> str:
    if not isinstance(started, int) or not is_date(started):
        return ""
    lasted = text.duration(max(0, int(time.time()) - started))
    return tr("{date} ({duration})", date=text.date(started), duration=lasted)
