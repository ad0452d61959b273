"""A field of torrents that can be changed: how it is compared, written, previewed and sent.

All of them are rows of ``ui/torrents/fields.py``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import groupby
from operator import eq
from typing import TYPE_CHECKING, Any, Literal

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.agree import agreed_all
from qbt_remote.ui.commands.change import Change
from qbt_remote.ui.commands.context import Batched, Context, GoOn

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent

Wanted = Mapping[str, Any]
"""New values by the torrent's field."""
Input = Literal["", "switch", "path", "category", "speed", "ratio", "minutes", "choice"]


def on_off_or_text(value: Any) -> str:
    return tr("on") if value is True else tr("off") if value is False else str(value)


@dataclass(frozen=True)
class Together:
    """What is common to fields that one call sets all at once."""

    name: str
    """For people, marked by N()."""
    text: Callable[[Mapping[str, Any]], str]
    """Writes all values, which are given by the call's parameters."""


@dataclass(frozen=True, eq=False)
class Field:
    """One field; all that commands, Torrent options and the preview need to know of it."""

    id: str
    """The field of ``Torrent``."""
    name: str
    """For people, marked by N()."""
    endpoint: str
    parameter: str = ""
    """Takes the new value; "" where the call is a toggle."""
    _: KW_ONLY
    needs: str = ""
    """The feature of ``api.endpoints`` that the servers must have."""
    together: Together | None = None
    each: bool = False
    """The call takes one torrent at a time (``hash``, not ``hashes``)."""
    first: Callable[[Session, Any], Awaitable[object]] | None = None
    """Called first, with the new value: makes what the call needs on the server (say, the category)."""
    plain: Callable[[Any], Any] = lambda value: value
    """Normalises: values that mean the same become one."""
    same: Callable[[Any, Any], bool] = eq
    """Whether two values that differ mean the same, as two forms of a path."""
    text: Callable[[Any], str] = on_off_or_text
    cannot: Callable[[Torrent, Wanted], str] = lambda _torrent, _wanted: ""
    """Says why a torrent cannot take it, given all that is wanted, or ""."""
    enabled: Callable[[Context], str] = lambda _ctx: ""
    """Gives the reason why none of the selection can take it, or ""."""
    note: str = ""
    """Stands below the preview, marked by N(); not where a switch is turned off."""
    careful: bool = False
    """Previewed for two torrents already; not where a switch is turned off."""
    input: Input = ""
    """What Torrent options shows for it; "" for nothing."""
    label: str = ""
    """With a mnemonic, marked by N(), for Torrent options; the name if it is empty."""
    help: str = ""
    """Marked by N(), for Torrent options."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What can be chosen, with its name marked by N()."""

    def value(self, t: Torrent) -> Any:
        return self.plain(getattr(t, self.id))

    def has(self, t: Torrent, wanted: Any) -> bool:
        return self.same(self.value(t), self.plain(wanted))

    def common(self, ctx: Context) -> Any:
        """Give the value that all selected torrents have, or None if they differ."""
        values = set(map(self.plain, ctx.values(self.id)))
        one = min(values, key=str, default=None)
        return one if all(self.same(one, value) for value in values) else None


@dataclass(frozen=True)
class Step:
    """One change and the calls that bring it about."""

    change: Change
    call: Batched
    key: Callable[[Torrent], Any] | None = None
    """Torrents with the same key go in one call."""
    path: str = ""
    """The folder that it is about, if any."""


def step(fields: Sequence[Field], wanted: Wanted) -> Step:
    """Make the change of fields that one call sets; what is not wanted is sent as each torrent has it."""
    one, touched = fields[0], [row for row in fields if row.id in wanted]
    turned_off = wanted.get(one.id) is False

    def now(t: Torrent) -> tuple[Any, ...]:
        return tuple(row.value(t) for row in fields)

    def after(t: Torrent) -> tuple[Any, ...]:
        return tuple(wanted[row.id] if row.id in wanted else row.value(t) for row in fields)

    def written(values: tuple[Any, ...]) -> str:
        return one.together.text(_form(fields, values)) if one.together else one.text(*values)

    same = tuple(wanted[row.id] for row in fields) if len(touched) == len(fields) else None
    change = Change(
        tr(one.together.name if one.together else one.name),
        lambda t: written(now(t)),
        written(same) if same else lambda t: written(after(t)),
        lambda t: all(row.has(t, wanted[row.id]) for row in touched),
        lambda _session, t: next((why for row in touched if (why := row.cannot(t, wanted))), ""),
        fields=tuple(row.id for row in touched),
        note=tr(one.note) if one.note and not turned_off else "",
        careful=one.careful and not turned_off,
    )

    async def call(session: Session, todo: Sequence[Torrent], go_on: GoOn) -> None:
        if one.first is not None:
            await one.first(session, wanted[one.id])
        if same:
            await _send(one, session, todo, go_on, _form(fields, same))
        else:
            await _send_groups(fields, session, todo, go_on, after)

    path = str(wanted[one.id]) if one.input == "path" else ""
    return Step(change, call, None if same else after, path)


def _form(fields: Sequence[Field], values: Sequence[Any]) -> dict[str, Any]:
    return {row.parameter: value for row, value in zip(fields, values, strict=True) if row.parameter}


async def _send(row: Field, session: Session, todo: Sequence[Torrent], go_on: GoOn, form: dict[str, Any]) -> None:
    if not row.each:
        await session.post(row.endpoint, hashes=[t.hash for t in todo], go_on=go_on, **form)
        return
    for done, t in enumerate(todo, 1):
        await session.post(row.endpoint, hash=t.hash, **form)
        if not go_on(done):
            return


async def _send_groups(
    fields: Sequence[Field],
    session: Session,
    todo: Sequence[Torrent],
    go_on: GoOn,
    key: Callable[[Torrent], tuple[Any, ...]],
) -> None:
    """Send a call for each of the values that ``key`` gives, by which the torrents are sorted."""
    done, more = 0, [True]

    def told(n: int) -> bool:
        more.append(go_on(done + n))
        return more[-1]

    for values, group in groupby(todo, key):
        torrents = list(group)
        await _send(fields[0], session, torrents, told, _form(fields, values))
        done += len(torrents)
        if not more[-1]:
            return


async def carry_out(ctx: Context, steps: Sequence[Step]) -> bool:
    """Make these changes, one call after another; one that fails keeps none of the others back.

    False: the preview was cancelled, so there may be something to change about what was typed.
    """
    lists = await agreed_all(ctx, [one.change for one in steps]) if steps else None
    for one, torrents in zip(steps, lists or (), strict=False):
        todo = sorted(torrents, key=one.key) if one.key else torrents
        if todo and not ctx.ended:
            await ctx.in_batches(ctx.by_session(todo), one.call, path=one.path)
    return lists is not None or not steps or ctx.ended


async def change_field(ctx: Context, row: Field, wanted: Any, **otherwise: Any) -> bool:
    """Change one field of the selection; ``otherwise`` is what this command says of its ``Change`` in another way.

    False: the preview was cancelled.
    """
    made = step([row], {row.id: wanted})
    return await carry_out(ctx, [replace(made, change=replace(made.change, **otherwise))])
