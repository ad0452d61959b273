"""Categories and tags: of the selected torrents, and of the servers themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from qbt_remote.api.errors import Rejected
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.names import in_order, paths_in_order
from qbt_remote.translatable import N
from qbt_remote.ui.commands.agree import agreed, ask_until
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.context import Context, GoOn
from qbt_remote.ui.commands.field import Field, change_field
from qbt_remote.ui.commands.which import servers_text
from qbt_remote.ui.kit.dialogs import Ask
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.categories.category_dialog import Category

LONGEST_NAME = 60
PATHS = "torrents/createCategory:downloadPath"


def tags_of(t: Torrent) -> set[str]:
    return set(split_tags(t.tags))


def split_tags(given: str) -> list[str]:
    return list(dict.fromkeys(tag for tag in (part.strip() for part in given.split(",")) if tag))


def check_category(name: str, *, taken: bool) -> str:
    """Say why a name cannot be a category's; rules of qBittorrent's Session::isValidCategoryName."""
    if not name:
        return tr("A category needs a name.")
    if "\\" in name or name.startswith("/") or name.endswith("/") or "//" in name:
        return tr("The name of a category cannot contain “\\” or “//”, or begin or end with “/”.")
    return tr("This category already exists.") if taken else ""


def check_tags(given: str) -> str:
    return "" if split_tags(given) else tr("A tag needs a name.")


# the category of the selection


async def new_category(ctx: Context) -> None:
    """Ask for a new category and give it to the selection."""
    await ask_until(
        lambda now: _ask_new(ctx, ctx.targets, now=now), _plain(""), lambda new: set_category(ctx, new.name, new)
    )


async def reset_category(ctx: Context) -> None:
    await set_category(ctx, "")


async def set_category(ctx: Context, name: str, new: Category | None = None) -> bool:
    """Give the selection a category; a server that lacks it gets it first.  False: the preview was cancelled."""
    return await change_field(
        ctx,
        replace(CATEGORY, first=partial(ensure_category, new=new)),
        name,
        ok=tr("Set category") if name else tr("Reset category"),
        note=tr("Torrents with automatic management may be moved.") if True in ctx.values("auto_tmm") else "",
    )


async def ensure_category(session: Session, name: str, new: Category | None = None) -> None:
    """Make a category where the server lacks it."""
    if not name or name in session.mirror.categories:
        return
    try:
        await session.post("torrents/createCategory", **_form(session, new or _plain(name)))
    except Rejected as e:
        if e.status != 409:  # it is there already; a name that is wrong is refused again when it is set
            raise


CATEGORY = Field(
    "category",
    N("Category"),
    "torrents/setCategory",
    "category",
    first=ensure_category,
    input="category",
    help=N("The category of the torrents"),
)


def _plain(name: str) -> Category:
    from qbt_remote.ui.categories.category_dialog import Category

    return Category(name)


def _form(session: Session, category: Category) -> dict[str, Any]:
    """Give the form; a path that was left at the default is not sent when a category is made."""
    form = category.form(paths=_knows_paths(session) and category.download_path is not None)
    return form if form["savePath"] else form | {"savePath": None}


def _knows_paths(session: Session) -> bool:
    return session.client is not None and session.client.has(PATHS)


# the categories of servers


async def create_category(ctx: Context, sessions: Sequence[Session], above: str = "") -> None:
    """Ask for a new category, inside ``above`` if given, and make it on these servers."""
    category = await _ask_new(ctx, sessions, above)
    if category is not None:
        lacking = [s for s in sessions if category.name not in s.mirror.categories]
        await _send(ctx, lacking, "torrents/createCategory", lambda s: _form(s, category), category)


async def _send(
    ctx: Context,
    sessions: Sequence[Session],
    endpoint: str,
    form: Callable[[Session], dict[str, Any]],
    category: Category,
) -> None:
    """Make or change a category; what fails names the folder that was wanted, or else the category."""
    await ctx.on(sessions, lambda s: s.post(endpoint, **form(s)), path=category.save_path or category.name)


async def _ask_new(
    ctx: Context, sessions: Sequence[Session], above: str = "", now: Category | None = None
) -> Category | None:
    from qbt_remote.ui.categories.category_dialog import ask_category
    from qbt_remote.ui.folders.path_edit import path_edit

    def full(name: str) -> str:
        return f"{above}/{name}" if above and name else name

    def check(name: str) -> str:
        taken = bool(sessions) and all(full(name) in s.mirror.categories for s in sessions)
        return check_category(full(name), taken=taken)

    paths = bool(sessions) and all(map(_knows_paths, sessions))
    dialogs = ctx.dialogs if ctx.of_torrents and ctx.torrents else ctx.dialogs_of(sessions)
    path = partial(path_edit, ctx, sessions)
    title = tr("New subcategory of {category}", category=_short(above)) if above else tr("New category")
    answer = await ask_category(dialogs, title, tr("Create"), now or _plain(""), check, path, paths=paths)
    return None if answer is None else replace(answer, name=full(answer.name))


async def edit_category(ctx: Context, sessions: Iterable[Session], name: str) -> None:
    """Ask for the paths of a category and set them on the servers that have it."""
    from qbt_remote.ui.categories.category_dialog import Category, ask_category
    from qbt_remote.ui.folders.path_edit import path_edit

    having = [s for s in sessions if name in s.mirror.categories]
    known = {Category.of(name, s.mirror.categories[name]) for s in having}
    now = known.pop() if len(known) == 1 else Category(name)
    paths = bool(having) and all(map(_knows_paths, having))
    title = tr("Edit {category}", category=_short(name))
    path, dialogs = partial(path_edit, ctx, having), ctx.dialogs_of(having)
    answer = await ask_category(dialogs, title, tr("Save"), now, None, path, paths=paths)
    if answer is not None and answer != now:
        await _send(ctx, having, "torrents/editCategory", lambda s: answer.form(paths=_knows_paths(s)), answer)


async def edit_common_category(ctx: Context) -> None:
    """Edit the category that all selected torrents have."""
    await edit_category(ctx, ctx.targets, ctx.torrents[0].category)


def one_category(ctx: Context) -> str:
    """Say why the selection has not one category, or ""."""
    return (
        ""
        if len(ctx.values("category")) == 1 and ctx.torrents[0].category
        else tr("They do not all have the same category")
    )


async def remove_category(ctx: Context, sessions: Iterable[Session], name: str) -> None:
    """Remove a category and those inside it, after a question."""
    text = tr("Remove the category “{category}” and its subcategories? Their torrents stay.", category=_short(name))
    gone = {s: [c for c in s.mirror.categories if f"{c}/".startswith(f"{name}/")] for s in sessions}
    await _remove(ctx, tr("Remove category"), text, gone, _remove_categories)


async def remove_unused_categories(ctx: Context, sessions: Iterable[Session]) -> None:
    """Remove the categories that no torrent has, nor a torrent of a subcategory, after a question."""
    gone = {s: unused_categories(s) for s in sessions}
    n = len(_names(gone))
    text = tr_n(n, "Remove this category? No torrent has it.", "Remove these {n} categories? No torrent has them.")
    await _remove(ctx, tr("Remove unused categories"), text, gone, _remove_categories)


def _remove_categories(session: Session, names: Sequence[str]) -> Awaitable[object]:
    return session.post("torrents/removeCategories", categories=list(names))


def unused_categories(session: Session) -> list[str]:
    return paths_in_order(_unused(session))


def _unused(session: Session) -> set[str]:
    used: set[str] = set()
    for name in set(map(attrgetter("category"), session.mirror.torrents.values())):
        parts = name.split("/")
        used.update("/".join(parts[: n + 1]) for n in range(len(parts)))
    return set(session.mirror.categories) - used


# the tags of the selection


async def add_tags(ctx: Context) -> None:
    def ask(now: str) -> Awaitable[str | None]:
        several = tr("Several are separated by commas.")
        return ctx.dialogs.ask_text(tr("Add tags"), tr("Tags"), now, check_tags, help=several, ok=tr("Add"))

    async def add(given: str) -> bool:
        tags = split_tags(given)
        torrents = await agreed(ctx, _tagging(lambda own: own | set(tags), tr("Add tags")))
        if torrents:
            await ctx.post("torrents/addTags", torrents=torrents, tags=tags)
        return torrents is not None or ctx.ended

    await ask_until(ask, "", add)


async def toggle_tag(ctx: Context, tag: str) -> None:
    """Give the tag to those without it; take it from all if none is without."""
    with_it = tag_counts(ctx)[tag]
    if with_it < len(ctx.torrents):
        torrents = await agreed(ctx, _tagging(lambda own: own | {tag}, tr("Add tags")))
        if torrents:
            await ctx.post("torrents/addTags", torrents=torrents, tags=[tag])
        return
    torrents = await agreed(ctx, _tagging(lambda own: own - {tag}, tr("Remove tags")))
    if torrents:
        await ctx.post("torrents/removeTags", torrents=torrents, tags=[tag])


async def remove_all_tags(ctx: Context) -> None:
    """Each tag is named: a call without any would be carried out for tags that nobody saw."""
    torrents = await agreed(ctx, _tagging(lambda own: set(), tr("Remove all tags")))
    split = ctx.by_session(torrents or ())
    tags = {s: sorted(set[str]().union(*map(tags_of, todo))) for s, todo in split.items()}

    def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> Awaitable[object]:
        hashes = [t.hash for t in todo]
        return session.post("torrents/removeTags", hashes=hashes, tags=tags[session], go_on=go_on)

    if split:
        await ctx.in_batches(split, call)


def _tagging(after: Callable[[set[str]], set[str]], ok: str) -> Change:
    def new(t: Torrent) -> str:
        return ", ".join(in_order(after(tags_of(t))))

    return Change(
        tr("Tags"), attrgetter("tags"), new, lambda t: after(tags_of(t)) == tags_of(t), fields=("tags",), ok=ok
    )


def tag_counts(ctx: Context) -> Counter[str]:
    """How many of the selection have each tag."""
    together = Counter(map(attrgetter("tags"), ctx.torrents))  # few different texts, many torrents
    counts: Counter[str] = Counter()
    for tags, n in together.items():
        counts.update(dict.fromkeys(split_tags(tags), n))
    return counts


# the tags of servers


async def create_tags(ctx: Context, sessions: Sequence[Session]) -> None:
    given = await ctx.dialogs_of(sessions).ask_text(
        tr("New tags"), tr("Tags"), "", check_tags, help=tr("Several are separated by commas."), ok=tr("Create")
    )
    if given is not None:
        await ctx.on(sessions, lambda s: s.post("torrents/createTags", tags=split_tags(given)))


async def remove_tag(ctx: Context, sessions: Iterable[Session], tag: str) -> None:
    text = tr("Remove the tag “{tag}”? Its torrents stay.", tag=_short(tag))
    await _remove(ctx, tr("Remove tag"), text, {s: [tag] for s in sessions if tag in s.mirror.tags}, _delete_tags)


async def remove_unused_tags(ctx: Context, sessions: Iterable[Session]) -> None:
    gone = {s: unused_tags(s) for s in sessions}
    n = len(_names(gone))
    text = tr_n(n, "Remove this tag? No torrent has it.", "Remove these {n} tags? No torrent has them.")
    await _remove(ctx, tr("Remove unused tags"), text, gone, _delete_tags)


def _delete_tags(session: Session, tags: Sequence[str]) -> Awaitable[object]:
    return session.post("torrents/deleteTags", tags=list(tags))


def unused_tags(session: Session) -> list[str]:
    return in_order(_unused_tags(session))


def _unused_tags(session: Session) -> set[str]:
    used = set[str]().union(*map(split_tags, set(map(attrgetter("tags"), session.mirror.torrents.values()))))
    return session.mirror.tags - used


# both


async def _remove(
    ctx: Context,
    title: str,
    text: str,
    gone: dict[Session, list[str]],
    call: Callable[[Session, Sequence[str]], Awaitable[object]],
) -> None:
    """Ask, with the names, and remove them where they are."""
    having = [s for s, names in gone.items() if names]
    if not having:
        where = servers_text(gone, ctx.sessions)
        none = tr("{servers}: “{doing}”: there is none", servers=where, doing=ctx.doing)
        ctx.notices.show_info(none if where else tr("“{doing}”: there is none", doing=ctx.doing))
        return
    names = paths_in_order(_names(gone))
    if await ctx.dialogs_of(having).confirm(Ask(title, text, tr("Remove"), names)) is not None:
        await ctx.on(having, lambda s: call(s, gone[s]))


def _names(gone: dict[Session, list[str]]) -> set[str]:
    """Give each name once, however many servers have it."""
    return set[str]().union(*gone.values())


async def remove_unused_categories_here(ctx: Context) -> None:
    await remove_unused_categories(ctx, ctx.targets)


async def remove_unused_tags_here(ctx: Context) -> None:
    await remove_unused_tags(ctx, ctx.targets)


def no_unused_categories(ctx: Context) -> str:
    return "" if any(map(_unused, ctx.targets)) else tr("There is none")


def no_unused_tags(ctx: Context) -> str:
    return "" if any(map(_unused_tags, ctx.targets)) else tr("There is none")


def _short(name: str) -> str:
    return clean(name, LONGEST_NAME)
