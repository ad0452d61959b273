"""The fields of torrents that can be changed: one row each, read by single commands, Torrent options and the preview.

A new row needs the field of ``Torrent``, its name for people, the call of ``api.endpoints`` and the call's
parameter; with an ``input`` it stands in Torrent options, in the order of the table.  It says besides in what
it differs from the defaults of ``Field``: which servers have it, how a value is written and compared, which
torrents cannot take it, what there is to be careful about.  A command for it alone is a ``change_field``.
Rows of one endpoint go in one call, which carries all their values, and share a ``Together``; what the call
is special in is said by the first of them.

Not here: tags, which are added and taken away one by one, not set (``ui/categories/run.py``; their changes
name the field as well), and force start, which is not a value alone: taking it away starts what is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qbt_remote.api.folders import root, same
from qbt_remote.model import columns, text
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.categories.run import CATEGORY
from qbt_remote.ui.commands.field import Field, Step, Together, Wanted, step
from qbt_remote.ui.kit.limits import ShareLimits, share_text
from qbt_remote.ui.torrents.reasons import can_super_seed, unfinished

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


def plain_path(path: str) -> str:
    """A folder without the separator at its end, which some servers send."""
    return path if same(path, root(path)) else path.rstrip("/\\")


def _speed(limit: int) -> int:
    """No limit is 0, and on some servers less."""
    return max(int(limit), 0)


def _or_default(value: str) -> str:
    return value or "Default"


def _share_text(values: Mapping[str, Any]) -> str:
    return share_text(ShareLimits(**values))


# why a torrent cannot take it


def _managed(t: Torrent, wanted: Wanted) -> str:
    """The server ignores paths of torrents that it places itself; torrentscontroller.cpp setSavePathAction."""
    stays = wanted.get("auto_tmm") is not False
    return tr("automatic management is on") if stays and t.auto_tmm else ""


def _finished(t: Torrent, _wanted: Wanted) -> str:
    return tr("it is finished") if t.progress >= 1 else ""


def _not_finished(t: Torrent, wanted: Wanted) -> str:
    return tr("only finished torrents can be super seeded") if wanted["super_seeding"] and t.progress < 1 else ""


_NO_LIMIT = N("0 means no limit (∞)")
SHARE = Together(N("Share limits"), _share_text)

_ROWS = (
    Field("name", N("Name"), "torrents/rename", "name", each=True),
    Field(
        "auto_tmm",
        N("Torrent management mode"),
        "torrents/setAutoManagement",
        "enable",
        note=N("The server places them by their categories. It may move their files."),
        careful=True,
        input="switch",
        label=N("&Automatic torrent management"),
        help=N("The category decides where the server saves the files"),
    ),
    Field(
        "save_path",
        N("Save path"),
        "torrents/setSavePath",
        "path",
        plain=plain_path,
        same=same,
        cannot=_managed,
        note=N("The server moves the files there."),
        careful=True,
        input="path",
        help=N("Folder of the complete files on the server"),
    ),
    Field(
        "download_path",
        N("Path for incomplete"),
        "torrents/setDownloadPath",
        "path",
        needs="torrents/setDownloadPath",
        plain=plain_path,
        same=same,
        cannot=_managed,
        note=N("The server moves what is not complete."),
        careful=True,
        input="path",
        help=N("Folder of the files until the torrent is complete"),
    ),
    CATEGORY,
    Field(
        "dl_limit",
        N("Download limit"),
        "torrents/setDownloadLimit",
        "limit",
        plain=_speed,
        text=text.limit,
        input="speed",
        help=_NO_LIMIT,
    ),
    Field(
        "up_limit",
        N("Upload limit"),
        "torrents/setUploadLimit",
        "limit",
        plain=_speed,
        text=text.limit,
        input="speed",
        help=_NO_LIMIT,
    ),
    Field(
        "ratio_limit",
        N("Ratio"),
        "torrents/setShareLimits",
        "ratioLimit",
        together=SHARE,
        input="ratio",
        help=N("Uploaded / downloaded"),
    ),
    Field(
        "seeding_time_limit",
        N("Seeding time"),
        "torrents/setShareLimits",
        "seedingTimeLimit",
        together=SHARE,
        input="minutes",
        help=N("Total time of seeding, in minutes"),
    ),
    Field(
        "inactive_seeding_time_limit",
        N("Inactive seeding time"),
        "torrents/setShareLimits",
        "inactiveSeedingTimeLimit",
        together=SHARE,
        needs="torrents/setShareLimits:inactiveSeedingTimeLimit",
        input="minutes",
        help=N("Time without any upload, in minutes"),
    ),
    Field(
        "share_limits_mode",
        N("Share limit mode"),
        "torrents/setShareLimits",
        "shareLimitsMode",
        together=SHARE,
        plain=_or_default,
        needs="torrents/setShareLimits:shareLimitsMode",
        input="choice",
        choices=columns.MODES,
        help=N("Whether any or all of the limits must be reached"),
    ),
    Field(
        "share_limit_action",
        N("Share limit action"),
        "torrents/setShareLimits",
        "shareLimitAction",
        together=SHARE,
        plain=_or_default,
        needs="torrents/setShareLimits:shareLimitAction",
        input="choice",
        choices=columns.ACTIONS,
        help=N("What the server does when the limits are reached"),
    ),
    Field(
        "seq_dl",
        N("Sequential order"),
        "torrents/toggleSequentialDownload",
        cannot=_finished,
        enabled=unfinished,
        input="switch",
        label=N("Download in se&quential order"),
        help=N("Download the pieces from the first to the last"),
    ),
    Field(
        "f_l_piece_prio",
        N("First and last pieces first"),
        "torrents/toggleFirstLastPiecePrio",
        cannot=_finished,
        enabled=unfinished,
        input="switch",
        label=N("Download &first and last pieces first"),
        help=N("Download the ends of each file first, for a preview"),
    ),
    Field(
        "super_seeding",
        N("Super seeding"),
        "torrents/setSuperSeeding",
        "value",
        cannot=_not_finished,
        enabled=can_super_seed,
        input="switch",
        label=N("S&uper seeding mode"),
        help=N("Send each piece only once, until other peers share it"),
    ),
    Field("comment", N("Comment"), "torrents/setComment", "comment", needs="torrents/setComment"),
)
FIELDS = {row.id: row for row in _ROWS}
LOCATION = replace(
    FIELDS["save_path"],
    endpoint="torrents/setLocation",
    parameter="location",
    cannot=lambda _t, _wanted: "",
    note=N("The server moves the files there and turns automatic management off."),
)
"""The save path by the call that managed torrents take as well."""


def share_limits() -> list[Field]:
    return [row for row in FIELDS.values() if row.together is SHARE]


def steps(wanted: Wanted) -> list[Step]:
    """Make a step for each call; management goes off before the paths are set, and on after all else."""
    turned_on = wanted.get("auto_tmm") is True
    order = sorted(FIELDS.values(), key=lambda row: turned_on and row.id == "auto_tmm")
    calls = dict.fromkeys(row.endpoint for row in order if row.id in wanted)
    return [step([row for row in order if row.endpoint == endpoint], wanted) for endpoint in calls]
