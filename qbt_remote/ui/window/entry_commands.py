"""The commands of the sidebar's entries: a row's place here is its place in the menu of its section."""

from __future__ import annotations

from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import SECTIONS, VIEWS
from qbt_remote.translatable import N
from qbt_remote.ui.categories import run as run_category
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.command_action import keys_text, name_of_command
from qbt_remote.ui.filtering import run_views
from qbt_remote.ui.filtering.list_context import EntryContext
from qbt_remote.ui.torrents import remove as run_remove
from qbt_remote.ui.torrents import run as run_torrent
from qbt_remote.ui.torrents import trackers as run_trackers
from qbt_remote.ui.window.server_commands import SERVER_ROWS

ENTRY_ROWS: tuple[Command[EntryContext], ...] = (
    Command(
        "new_category",
        N("&New category…"),
        N("Create a new category"),
        lambda e: run_category.create_category(e, e.shown),
        "category",
        "add",
        on="servers",
    ),
    Command(
        "new_subcategory",
        N("New su&bcategory…"),
        N("Create a new category inside this one"),
        lambda e: run_category.create_category(e, e.shown, e.key),
        "category",
        "add",
        on="entry",
    ),
    Command(
        "edit_category",
        N("&Edit…"),
        N("Change the category's paths"),
        lambda e: run_category.edit_category(e, e.shown, e.key),
        "category",
        "location",
        "F2",
        on="entry",
        needs="torrents/editCategory",
    ),
    Command(
        "remove_category",
        N("&Remove…"),
        N("Remove the category; its torrents stay"),
        lambda e: run_category.remove_category(e, e.shown, e.key),
        "category",
        "remove",
        "Del",
        on="entry",
    ),
    Command(
        "remove_unused_categories",
        N("Remove un&used…"),
        N("Remove the categories that no torrent has"),
        lambda e: run_category.remove_unused_categories(e, e.shown),
        "category",
        "clear",
        on="servers",
    ),
    Command(
        "new_tags",
        N("&New tags…"),
        N("Create new tags"),
        lambda e: run_category.create_tags(e, e.shown),
        "tag",
        "add",
        on="servers",
        needs="torrents/createTags",
    ),
    Command(
        "remove_tag",
        N("&Remove…"),
        N("Remove the tag; its torrents stay"),
        lambda e: run_category.remove_tag(e, e.shown, e.key),
        "tag",
        "remove",
        "Del",
        on="entry",
        needs="torrents/deleteTags",
    ),
    Command(
        "remove_unused_tags",
        N("Remove un&used…"),
        N("Remove the tags that no torrent has"),
        lambda e: run_category.remove_unused_tags(e, e.shown),
        "tag",
        "clear",
        on="servers",
        needs="torrents/deleteTags",
    ),
    Command(
        "save_view",
        N("&Save view…"),
        N("Keep filter, columns and sorting under a name"),
        run_views.save,
        VIEWS,
        "save-view",
        enabled=run_views.unclear,
    ),
    Command(
        "update_view",
        N("&Update"),
        N("Let this view filter what is shown now"),
        run_views.update,
        VIEWS,
        "view",
        on="view",
        enabled=run_views.unclear,
    ),
    Command(
        "rename_view",
        N("Re&name…"),
        N("Give the view another name"),
        run_views.rename,
        VIEWS,
        "rename",
        "F2",
        on="view",
    ),
    Command(
        "remove_view",
        N("&Remove…"),
        N("Forget the view; no torrent is touched"),
        run_views.remove,
        VIEWS,
        "remove",
        "Del",
        on="view",
    ),
    Command(
        "remove_tracker",
        N("Remove trac&ker…"),
        N("Take this tracker from all torrents, after a list of what that is"),
        lambda e: run_trackers.remove_host(e, e.key),
        "tracker",
        "tracker",
        "Del",
        on="torrents",
        needs="torrents/removeTrackers",
    ),
    Command(
        "start",
        N("&Start torrents"),
        N("Start all torrents of this entry"),
        run_torrent.start,
        icon="start",
        on="torrents",
    ),
    Command(
        "force_start",
        N("&Force start torrents"),
        N("Run all torrents of this entry regardless of the queue and the share limits"),
        run_torrent.force_start_all,
        icon="force-start",
        on="torrents",
    ),
    Command(
        "stop", N("S&top torrents"), N("Stop all torrents of this entry"), run_torrent.stop, icon="stop", on="torrents"
    ),
    Command(
        "remove",
        N("Remo&ve torrents…"),
        N("Remove all torrents of this entry, and their files if you like"),
        run_remove.ask_and_remove,
        icon="remove",
        on="torrents",
    ),
    *SERVER_ROWS,
)


def entry_shortcuts() -> list[tuple[str, str]]:
    """Give what has keys in the sidebar: the section and the text, and the keys as the platform writes them."""
    titles = {section.id: tr(section.title) for section in SECTIONS}
    return [
        (tr("{section}: {command}", section=titles[c.menu], command=name_of_command(c)), keys_text(c))
        for c in ENTRY_ROWS
        if c.key
    ]
