"""The command table: menus, context menu, toolbar, tray, shortcuts and their list are made from it.

A row's place in the table is its place in its menu.  The words and keys are those of qBittorrent's
own window.  Adding an action is one row here, one short function in a ``run_`` module and, if it is
about torrents, what real servers must show after it, in ``tests/contract/command_rows.py``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import (
    Command,
    Menu,
    all_or_mixed,
    any_connected,
    any_state,
    any_waiting,
    any_with,
    has_field,
    only_one,
    shown_have,
)
from qbt_remote.ui.commands.late import Late
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.filtering import run_views
from qbt_remote.ui.torrents.reasons import can_start, can_super_seed, has_v1, queueing, runs, unfinished
from qbt_remote.ui.window import run as run_window
from qbt_remote.ui.window.main_window import WindowContext

if TYPE_CHECKING:
    from qbt_remote.ui.admin import run as run_server
    from qbt_remote.ui.categories import menus
    from qbt_remote.ui.categories import run as run_category
    from qbt_remote.ui.torrents import export as run_export
    from qbt_remote.ui.torrents import open_here
    from qbt_remote.ui.torrents import options as run_options
    from qbt_remote.ui.torrents import remove as run_remove
    from qbt_remote.ui.torrents import run as run_torrent
    from qbt_remote.ui.torrents import trackers as run_trackers
else:  # the first paint needs what stands in the rows, not what they do: 8 ms
    menus = Late("qbt_remote.ui.categories.menus")
    run_category = Late("qbt_remote.ui.categories.run")
    run_export = Late("qbt_remote.ui.torrents.export")
    open_here = Late("qbt_remote.ui.torrents.open_here")
    run_options = Late("qbt_remote.ui.torrents.options")
    run_remove = Late("qbt_remote.ui.torrents.remove")
    run_server = Late("qbt_remote.ui.admin.run")
    run_torrent = Late("qbt_remote.ui.torrents.run")
    run_trackers = Late("qbt_remote.ui.torrents.trackers")

# fmt: off
ROWS: tuple[Command[WindowContext] | Menu[WindowContext], ...] = (
    Menu("file", N("&File")),
    Command("add_files", N("&Add torrent file…"), N("Add .torrent files from this computer"), run_window.add_files, "file", "add-file", "Ctrl+O", 11),
    Command("add_links", N("Add torrent &link…"), N("Add magnet links, web addresses or info-hashes"), run_window.add_links, "file", "add-link", "Ctrl+Shift+O", 12),
    Command("quit", N("E&xit"), N("Quit qbt-remote; the servers go on"), run_window.quit_program, "file", "quit", "Ctrl+Q", line=True),
    Command("show_hide", N("Show or &hide the window"), N("Show the window, or hide it"), run_window.show_hide, "", "window"),

    Menu("edit", N("&Edit")),
    Command("paste", N("&Paste"), N("Add the links or .torrent files on the clipboard"), run_window.paste, "edit", "paste", "Ctrl+V"),
    Command("select_all", N("Select &all"), N("Select all torrents that are listed"), run_window.select_all, "edit", "select-all", "Ctrl+A"),
    Command("focus_filter", N("&Filter torrents"), N("Type words to narrow down the list"), run_window.focus_filter, "edit", "search", "Ctrl+F; Ctrl+E", line=True),
    Command("clear_filter", N("&Clear the filter"), N("Show all torrents again"), run_window.clear_filter, "edit", "clear"),

    Menu("torrent", N("&Torrent")),
    Command("start", N("&Start"), N("Start the selected torrents; forced ones run normally again"), run_torrent.start, "torrent", "start", "Ctrl+S", 31, "torrents",
            any_state(can_start, N("All selected torrents run already"))),
    Command("stop", N("S&top"), N("Stop the selected torrents"), run_torrent.stop, "torrent", "stop", "Ctrl+P", 32, "torrents",
            any_state(runs, N("All selected torrents are stopped already"))),
    Command("force_start", N("&Force start"), N("Run the selected torrents whatever the queue and the share limits say"), run_torrent.force_start, "torrent", "force-start", "Ctrl+M", on="torrents",
            checked=all_or_mixed("force_start")),
    Command("remove", N("Remo&ve…"), N("Remove the selected torrents from the server, and their files if you like"), run_remove.remove, "torrent", "remove", "Del", 21, "torrents", line=True),
    Command("remove_files", N("Remove with files…"), N("Remove the selected torrents and delete their files"), run_remove.remove_with_files, "", "remove", "Shift+Del", on="torrents"),
    Command("set_location", N("Set &location…"), N("Move the files to another folder on the server"), run_torrent.set_location, "torrent", "location", on="torrents", line=True),
    Command("rename", N("Re&name…"), N("Give the torrent another name; its files keep theirs"), run_torrent.rename, "torrent", "rename", "F2", on="torrents", enabled=only_one),
    Command("manage_content", N("Manag&e content…"), N("Rename and move the files and folders of the torrent"), run_torrent.manage_content, "torrent", "content", on="torrents", needs="rename_folder", enabled=only_one),

    Command("set_comment", N("Set c&omment…"), N("Change the comment that the server keeps"), run_export.set_comment, "torrent", "comment", on="torrents", needs="torrents/setComment"),
    Command("edit_trackers", N("Edit trac&kers…"), N("Add, replace and remove trackers of the selected torrents"), run_trackers.edit_trackers, "torrent", "tracker", on="torrents", needs="torrents/editTracker"),

    Menu("torrent/category", N("&Category"), "torrent", "category", menus.categories),
    Command("new_category", N("&New…"), N("Make a new category and set it"), run_category.new_category, "torrent/category", "add", on="torrents"),
    Command("reset_category", N("&Reset"), N("Take the category away"), run_category.reset_category, "torrent/category", "clear", on="torrents",
            enabled=any_with("category", N("None of the selected torrents has a category"))),
    Command("edit_category", N("&Edit…"), N("Change the paths of the category that the selected torrents have"), run_category.edit_common_category, "torrent/category", "location", on="torrents", enabled=run_category.one_category, needs="torrents/editCategory"),
    Command("remove_unused_categories", N("Remove un&used…"), N("Remove the categories that no torrent has from these servers"), run_category.remove_unused_categories_here, "torrent/category", "remove", on="torrents",
            enabled=run_category.no_unused_categories),
    Menu("torrent/tags", N("Ta&gs"), "torrent", "tag", menus.tags, stays_open=True, needs="torrents/addTags"),
    Command("add_tags", N("&Add…"), N("Add new tags"), run_category.add_tags, "torrent/tags", "add", on="torrents", needs="torrents/addTags"),
    Command("remove_all_tags", N("&Remove all"), N("Take all tags away"), run_category.remove_all_tags, "torrent/tags", "clear", on="torrents", needs="torrents/removeTags",
            enabled=any_with("tags", N("None of the selected torrents has a tag"))),
    Command("remove_unused_tags", N("Remove un&used…"), N("Remove the tags that no torrent has from these servers"), run_category.remove_unused_tags_here, "torrent/tags", "remove", on="torrents", needs="torrents/deleteTags",
            enabled=run_category.no_unused_tags),
    Command("management", N("Automatic torrent &management"), N("The server places the files by the torrent's category"), run_torrent.toggle_management, "torrent", "management", on="torrents",
            checked=all_or_mixed("auto_tmm")),

    Command("torrent_options", N("To&rrent options…"), N("Paths, category, limits and modes of the selected torrents in one dialog"), run_options.options, "torrent", "options", on="torrents", line=True),
    Menu("torrent/limits", N("L&imits"), "torrent", "limit-download"),
    Command("limit_download", N("Limit &download rate…"), N("Limit the download speed of each selected torrent"), run_torrent.limit_download, "torrent/limits", "limit-download", on="torrents"),
    Command("limit_upload", N("Limit &upload rate…"), N("Limit the upload speed of each selected torrent"), run_torrent.limit_upload, "torrent/limits", "limit-upload", on="torrents"),
    Command("limit_share", N("Limit s&hare ratio…"), N("Say when the selected torrents have been seeded enough"), run_torrent.limit_share, "torrent/limits", "ratio", on="torrents"),
    Command("super_seeding", N("S&uper seeding mode"), N("Send each piece once only until others pass it on"), run_torrent.toggle_super_seeding, "torrent", "super-seeding", on="torrents",
            enabled=can_super_seed, checked=all_or_mixed("super_seeding")),

    Command("sequential", N("Do&wnload in sequential order"), N("Download the pieces from the first to the last"), run_torrent.toggle_sequential, "torrent", "sequential", on="torrents",
            enabled=unfinished, checked=all_or_mixed("seq_dl"), line=True),
    Command("first_last", N("Download first and last &pieces first"), N("Download the ends of each file first, for a preview"), run_torrent.toggle_first_last, "torrent", "first-last", on="torrents",
            enabled=unfinished, checked=all_or_mixed("f_l_piece_prio")),

    Command("recheck", N("Force rec&heck"), N("Check all files of the selected torrents again"), run_torrent.recheck, "torrent", "recheck", "Ctrl+R", on="torrents",
            confirm=run_torrent.ask_recheck, line=True),
    Command("reannounce", N("Force re&announce"), N("Ask the trackers for peers now"), run_torrent.reannounce, "torrent", "reannounce", on="torrents", needs="torrents/reannounce",
            enabled=any_state(runs, N("Stopped torrents do not announce"))),

    Command("open_folder", N("Open &destination folder"), N("Show where the torrent lies, through the folders that are mapped to ones of this computer"), open_here.open_folder, "torrent", "folder", on="copy",
            enabled=open_here.mapped, line=True),

    Menu("torrent/queue", N("&Queue"), "torrent", "queue", line=True),
    Command("queue_top", N("Move to &top"), N("Move to the top of the queue"), run_torrent.queue_top, "torrent/queue", "queue-top", "Ctrl+Shift++", on="torrents", enabled=queueing),
    Command("queue_up", N("Move &up"), N("Move up in the queue"), run_torrent.queue_up, "torrent/queue", "queue-up", "Ctrl++", 41, "torrents", queueing),
    Command("queue_down", N("Move &down"), N("Move down in the queue"), run_torrent.queue_down, "torrent/queue", "queue-down", "Ctrl+-", 42, "torrents", queueing),
    Command("queue_bottom", N("Move to &bottom"), N("Move to the bottom of the queue"), run_torrent.queue_bottom, "torrent/queue", "queue-bottom", "Ctrl+Shift+-", on="torrents", enabled=queueing),

    Menu("torrent/copy", N("Cop&y"), "torrent", "copy"),
    Command("copy_name", N("&Name"), N("Copy the names"), partial(run_torrent.copy, what="name"), "torrent/copy", "copy", on="copy"),
    Command("copy_v1", N("Info hash v&1"), N("Copy the info-hashes of version 1"), partial(run_torrent.copy, what="v1"), "torrent/copy", "hash", on="copy", enabled=has_v1),
    Command("copy_v2", N("Info hash v&2"), N("Copy the info-hashes of version 2"), partial(run_torrent.copy, what="v2"), "torrent/copy", "hash", on="copy", enabled=has_field("infohash_v2")),
    Command("copy_magnet", N("&Magnet link"), N("Copy the magnet links"), partial(run_torrent.copy, what="magnet_uri"), "torrent/copy", "magnet", on="copy", enabled=has_field("magnet_uri")),
    Command("copy_id", N("Torrent &ID"), N("Copy what the server knows the torrents by"), partial(run_torrent.copy, what="hash"), "torrent/copy", "id", on="copy"),
    Command("copy_comment", N("&Comment"), N("Copy the comments"), partial(run_torrent.copy, what="comment"), "torrent/copy", "comment", on="copy", enabled=has_field("comment")),
    Command("copy_path", N("Content &path"), N("Copy the paths on the server"), partial(run_torrent.copy, what="content_path"), "torrent/copy", "location", on="copy", enabled=has_field("content_path")),
    Command("copy_local_path", N("&Local path"), N("Copy the paths on this computer, where the folders are mapped"), open_here.copy_local_path, "torrent/copy", "folder", on="copy", enabled=open_here.mapped),
    Command("copy_save_path", N("&Save path"), N("Copy the folders on the server"), partial(run_torrent.copy, what="save_path"), "torrent/copy", "location", on="copy", enabled=has_field("save_path")),

    Command("export", N("E&xport .torrent…"), N("Write the .torrent files into a folder of this computer"), run_export.export, "torrent", "save", on="torrents", needs="torrents/export"),

    Menu("view", N("&View")),
    Command("sidebar", N("Filters &sidebar"), N("Show the filters at the left"), run_window.toggle_sidebar, "view", "sidebar", checked=lambda ctx: ctx.settings.sidebar_visible),
    Command("details", N("&Details"), N("Show the details of the selected torrent below the list"), run_window.toggle_details, "view", "details", checked=lambda ctx: not ctx.window.details.folded),
    Command("status_bar", N("Status &bar"), N("Show the status bar"), run_window.toggle_status_bar, "view", "status-bar", checked=lambda ctx: ctx.settings.status_bar_visible),
    Command("toolbar_text", N("&Text in the toolbar"), N("Show the names of the toolbar's buttons beside their icons"), run_window.toggle_toolbar_text, "view", "text", checked=lambda ctx: ctx.settings.toolbar_text),
    Menu("view/views", N("Saved &views"), "view", "view", line=True),
    Command("save_view", N("&Save view…"), N("Keep filter, columns and sorting under a name"), run_views.save, "view/views", "save-view", enabled=run_views.unclear),
    *(Command[WindowContext](f"view_{n + 1}", text, N("Show the view that has this place in the sidebar"), run_views.show(n), "view/views", "view", f"Ctrl+{n + 1}", enabled=run_views.lacks(n), line=not n) for n, text in enumerate(run_views.TITLES)),
    Menu("view/details", N("Deta&ils of the torrent"), "view", "info"),
    *(Command(f"details_{tab.id}", tab.text, tab.tip, run_window.show_details(tab.id), "view/details", tab.icon, tab.key) for tab in TABS),
    Command("statistics", N("St&atistics"), N("Show what a server has sent, received and is busy with"), run_server.statistics, "view", "statistics", "Ctrl+I", on="servers", line=True),
    Command("log", N("Execution &log"), N("Show the log of a server, and that of qbt-remote"), run_server.log, "view", "log", "Alt+4", on="servers"),

    Menu("tools", N("Too&ls")),
    Command("alt_speed", N("&Alternative speed limits"), N("Use the alternative speed limits on the shown servers"), run_window.toggle_alternative, "tools", "alt-speed", on="servers",
            checked=run_window.alternative_speeds),
    Command("global_download_limit", N("Global &download speed limit…"), N("Limit the download speed of the shown servers"), run_window.limit_download, "tools", "limit-download", on="servers"),
    Command("global_upload_limit", N("Global &upload speed limit…"), N("Limit the upload speed of the shown servers"), run_window.limit_upload, "tools", "limit-upload", on="servers"),
    Command("speed_limits", N("Global speed &limits…"), N("Set the speed limits of a server, the alternative ones too"), run_server.speed_limits, "tools", "limits", on="servers"),
    Command("pause_all", N("&Pause session"), N("Stop all torrents that run on all servers, and remember which"), run_window.pause_all, "tools", "stop", "Ctrl+Shift+P", enabled=any_connected, line=True),
    Command("resume_all", N("&Resume session"), N("Start the torrents again that were stopped by pausing"), run_window.resume_all, "tools", "start", "Ctrl+Shift+S", enabled=run_window.nothing_paused),
    Command("options", N("&Options…"), N("Show and change the settings of a server"), run_window.options, "tools", "options", "Alt+O", enabled=any_connected, line=True),
    Command("app_options", N("qbt-re&mote options…"), N("Show and change the options of qbt-remote itself"), run_window.app_options, "tools", "window"),
    Menu("tools/server", N("On the ser&ver"), "tools", "server", line=True),
    Command("server_info", N("Server &information…"), N("Show the release of a server, what it is built of and where it keeps its files"), run_server.information, "tools/server", "info", on="servers"),
    Command("cookies", N("Manage &cookies…"), N("Edit the cookies that a server sends when it fetches torrents and feeds"), run_server.cookies, "tools/server", "cookie", on="servers", enabled=shown_have("app/cookies")),
    Command("api_key", N("API &key…"), N("Show, make or delete the key that lets programs in to a server"), run_server.api_key, "tools/server", "key", on="servers", enabled=shown_have("app/rotateAPIKey")),
    Command("test_email", N("Send test &email"), N("Let a server send an email with its settings for notifications"), run_server.send_test_email, "tools/server", "mail", on="servers", enabled=shown_have("app/sendTestEmail")),
    Command("shut_down", N("&Shut down the server…"), N("End qBittorrent on a server"), run_server.shut_down, "tools/server", "quit", on="servers", line=True),
    Command("retry_now", N("Co&nnect now"), N("Try at once to reach the servers that are shown"), run_window.retry_now, "tools", "reannounce", enabled=any_waiting, line=True),
    Command("add_server", N("Add a s&erver…"), N("Connect to a qBittorrent server"), run_window.add_server, "tools", "add"),
    Command("servers", N("&Servers…"), N("Add, edit, test and order the servers"), run_window.servers, "tools", "server", toolbar=61),

    Menu("help", N("&Help")),
    Command("shortcuts", N("&Keyboard shortcuts"), N("List all keys"), run_window.shortcuts, "help", "keyboard", "F1"),
    Command("about", N("&About qbt-remote"), N("Version and licence"), run_window.about, "help", "qbt-remote"),
)
# fmt: on
COMMANDS = tuple(row for row in ROWS if isinstance(row, Command))
MENUS = tuple(row for row in ROWS if isinstance(row, Menu))
