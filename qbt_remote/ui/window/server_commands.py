"""The commands on one server: in the menu of its entry and of its name, and the buttons of what is said of it."""

from __future__ import annotations

from qbt_remote.translatable import N
from qbt_remote.ui.admin import run as run_admin
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.filtering.list_context import EntryContext
from qbt_remote.ui.window import run_servers as run

SERVER_ROWS: tuple[Command[EntryContext], ...] = (
    Command(
        "enter_password",
        N("Enter pass&word…"),
        N("Enter the password, and test it"),
        run.enter_password,
        "server",
        "key",
        on="server",
        there=run.mends("enter_password"),
    ),
    Command(
        "show_certificate",
        N("S&how certificate…"),
        N("Show the certificate that the server has, and what is known of it"),
        run.show_certificate,
        "server",
        "info",
        on="server",
        there=run.mends("show_certificate"),
    ),
    Command(
        "connect",
        N("Connect &now"),
        N("Try at once to reach this server"),
        run.connect,
        "server",
        "reannounce",
        on="server",
        there=run.is_away,
    ),
    Command(
        "disconnect",
        N("&Disconnect"),
        N("Leave this server alone until you connect again"),
        run.disconnect,
        "server",
        "disconnected",
        on="server",
        there=run.is_wanted,
    ),
    Command(
        "edit_server",
        N("&Edit server…"),
        N("Change the address, the login or the name of this server"),
        run.edit,
        "server",
        "server",
        "F2",
        on="server",
    ),
    Command(
        "server_options",
        N("O&ptions…"),
        N("Show and change the settings of this server"),
        run.options,
        "server",
        "options",
        on="entry",
        line=True,
    ),
    Command(
        "server_statistics",
        N("Statisti&cs"),
        N("Show what this server has sent, received and is busy with"),
        run_admin.statistics,
        "server",
        "statistics",
        on="entry",
    ),
    Command(
        "server_log",
        N("&Log"),
        N("Show the log of this server"),
        run_admin.log,
        "server",
        "log",
        on="entry",
    ),
    Command(
        "remove_server",
        N("&Remove server…"),
        N("Forget this server and its password; the server itself and its torrents stay"),
        run.remove,
        "server",
        "remove",
        "Del",
        on="server",
        line=True,
    ),
    Command(
        "add_server",
        N("Add a s&erver…"),
        N("Connect to a qBittorrent server"),
        run.add,
        "server",
        "add",
        on="section",
    ),
    Command(
        "servers",
        N("Se&rvers…"),
        N("Add, edit, test and order the servers"),
        run.manage,
        "server",
        "server",
        on="section",
    ),
)
