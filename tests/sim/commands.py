"""What the commands do to the world; each takes the form as the server decoded it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote

from tests.sim.world import World

Form = dict[str, str]
Command = Callable[[World, Form], "str | int"]
"""Gives the text of the answer, or an error status."""


def _true(form: Form, name: str) -> bool:
    return form.get(name, "").lower() == "true"


def _hashes(world: World, form: Form) -> list[str]:
    wanted = form.get("hashes", form.get("hash", ""))
    return list(world.torrents) if wanted == "all" else [h for h in wanted.split("|") if h in world.torrents]


def _each(change: Callable[[World, str, Form], None]) -> Command:
    def command(world: World, form: Form) -> str | int:
        if "hashes" not in form and "hash" not in form:
            return 400
        for torrent_hash in _hashes(world, form):
            change(world, torrent_hash, form)
        return ""

    return command


def _done(world: World, torrent_hash: str) -> bool:
    return bool(world.torrents[torrent_hash]["progress"] >= 1)


def _stop(world: World, torrent_hash: str, form: Form) -> None:
    world.set(torrent_hash, state="stoppedUP" if _done(world, torrent_hash) else "stoppedDL", dlspeed=0, upspeed=0)


def _start(world: World, torrent_hash: str, form: Form) -> None:
    world.set(torrent_hash, state="stalledUP" if _done(world, torrent_hash) else "stalledDL", force_start=False)


def _force_start(world: World, torrent_hash: str, form: Form) -> None:
    if not _true(form, "value"):
        _start(world, torrent_hash, form)
        return
    world.set(torrent_hash, state="forcedUP" if _done(world, torrent_hash) else "forcedDL", force_start=True)


def _share_limits(world: World, torrent_hash: str, form: Form) -> None:
    world.set(
        torrent_hash,
        ratio_limit=float(form.get("ratioLimit", -2)),
        seeding_time_limit=int(form.get("seedingTimeLimit", -2)),
        inactive_seeding_time_limit=int(form.get("inactiveSeedingTimeLimit", -2)),
        share_limit_action=form.get("shareLimitAction", "Default"),
        share_limits_mode=form.get("shareLimitsMode", "Default"),
    )


def _toggle(field: str) -> Command:
    return _each(lambda w, h, form: w.set(h, **{field: not w.torrents[h][field]}))


def _set_tags(world: World, torrent_hash: str, form: Form) -> None:
    world.untag(torrent_hash, world.tags_of(torrent_hash))
    world.tag(torrent_hash, _lines(form, "tags", ","))


def _add_trackers(world: World, torrent_hash: str, form: Form) -> None:
    own = [url for url, hashes in world.trackers.items() if torrent_hash in hashes]
    world.set_trackers(torrent_hash, dict.fromkeys([*own, *_lines(form, "urls")]))


def _edit_tracker(world: World, form: Form) -> str | int:
    if form["hash"] not in world.torrents:
        return 404
    old = form.get("url" if world.api >= (2, 13, 0) else "origUrl", "")
    own = [url for url, hashes in world.trackers.items() if form["hash"] in hashes]
    if old not in own or form["newUrl"] in own:
        return 409
    world.set_trackers(form["hash"], [form["newUrl"] if url == old else url for url in own])
    return ""


def _remove_trackers(world: World, torrent_hash: str, form: Form) -> None:
    twice = world.api >= (2, 11, 3)  # 5.0.4 decodes each once more, and says 2.11.3
    gone = {unquote(url) if twice else url for url in form["urls"].split("|")}
    own = [url for url, hashes in world.trackers.items() if torrent_hash in hashes]
    world.set_trackers(torrent_hash, [url for url in own if url not in gone])


def _set_path(field: str) -> Command:
    """Torrents that the server places itself are left as they are; torrentscontroller.cpp."""

    def command(world: World, form: Form) -> str | int:
        for torrent_hash in form["id"].split("|"):
            if torrent_hash in world.torrents and not world.torrents[torrent_hash]["auto_tmm"]:
                world.set(torrent_hash, **{field: form["path"]})
        return ""

    return command


def _queue(order: Callable[[list[str], list[str]], list[str]]) -> Command:
    def command(world: World, form: Form) -> str | int:
        if not world.server["queueing"]:
            return 409
        queued = sorted(world.torrents, key=lambda h: world.torrents[h]["priority"])
        parts = [_hashes(world, form)]
        if world.api < (2, 2, 1) and order in (_top, _bottom):  # 4.1.0 to 4.1.8: one by one, from the wrong end
            parts = [[h] for h in sorted(parts[0], key=queued.index, reverse=order is _bottom)]
        for part in parts:
            queued = order(queued, part)
        for place, torrent_hash in enumerate(queued, 1):
            world.set(torrent_hash, priority=place)
        return ""

    return command


def _top(queued: list[str], chosen: list[str]) -> list[str]:
    return [h for h in queued if h in chosen] + [h for h in queued if h not in chosen]


def _bottom(queued: list[str], chosen: list[str]) -> list[str]:
    return [h for h in queued if h not in chosen] + [h for h in queued if h in chosen]


def _up(queued: list[str], chosen: list[str]) -> list[str]:
    for torrent_hash in [h for h in queued if h in chosen]:
        place = queued.index(torrent_hash)
        if place:
            queued[place - 1 : place + 1] = [torrent_hash, queued[place - 1]]
    return queued


def _down(queued: list[str], chosen: list[str]) -> list[str]:
    return _up(queued[::-1], chosen)[::-1]


def _set_category(world: World, form: Form) -> str | int:
    name = form.get("category", "")
    if name and name not in world.categories:
        return 409
    for torrent_hash in _hashes(world, form):
        world.set(torrent_hash, category=name)
    return ""


def _create_category(world: World, form: Form) -> str | int:
    name = form.get("category", "")
    if not name:
        return 400
    if name in world.categories or "//" in name or name.startswith("/") or name.endswith("/"):
        return 409
    world.add_category(name, form.get("savePath", ""))
    return ""


def _edit_category(world: World, form: Form) -> str | int:
    name = form.get("category", "")
    if name not in world.categories:
        return 409
    world.categories[name] = world.categories[name] | {"savePath": form.get("savePath", "")}
    return ""


def _lines(form: Form, name: str, separator: str = "\n") -> list[str]:
    return [part.strip() for part in form.get(name, "").split(separator) if part.strip()]


def _remove_categories(world: World, form: Form) -> str | int:
    for name in _lines(form, "categories"):
        world.remove_category(name)
    return ""


def _create_tags(world: World, form: Form) -> str | int:
    for name in _lines(form, "tags", ","):
        world.add_tag(name)
    return ""


def _delete_tags(world: World, form: Form) -> str | int:
    for name in _lines(form, "tags", ","):
        world.remove_tag(name)
    return ""


def _rename(world: World, form: Form) -> str | int:
    torrent_hash, name = form.get("hash", ""), form.get("name", "").strip()
    if torrent_hash not in world.torrents:
        return 404
    if not name:
        return 409
    world.set(torrent_hash, name=name)
    return ""


def _set_preferences(world: World, form: Form) -> str | int:
    try:
        sent = json.loads(form.get("json", ""))
    except ValueError:
        return ""
    if isinstance(sent, dict):
        kept = world.stubborn | (sent.keys() - world.preferences.keys())
        world.preferences |= {key: value for key, value in sent.items() if key not in kept}
    return ""


def _limit(which: str) -> Command:
    def command(world: World, form: Form) -> str | int:
        world.set_server(**{which: int(form.get("limit", "0"))})
        return ""

    return command


def _toggle_speed_mode(world: World, form: Form) -> str | int:
    world.set_server(use_alt_speed_limits=not world.server["use_alt_speed_limits"])
    return ""


def _pause_session(world: World, form: Form) -> str | int:
    world.set_server(session_state=True)
    return ""


def _resume_session(world: World, form: Form) -> str | int:
    world.set_server(session_state=False)
    return ""


def _set_speed_mode(world: World, form: Form) -> str | int:
    world.set_server(use_alt_speed_limits=form.get("mode") == "1")
    return ""


def _file_priority(world: World, form: Form) -> str | int:
    """One torrent, indexes joined by "|"; torrentscontroller.cpp filePrioAction."""
    torrent_hash, priority = form.get("hash", ""), form.get("priority", "")
    if torrent_hash not in world.torrents:
        return 404
    ids = form.get("id", "").split("|")
    if priority not in ("0", "1", "6", "7") or not all(id.isdigit() for id in ids):
        return 400
    rows = world.files.get(torrent_hash, [])
    if any(int(id) >= len(rows) for id in ids):
        return 409
    for id in ids:
        rows[int(id)]["priority"] = int(priority)
    return ""


def _set_cookies(world: World, form: Form) -> str | int:
    """The whole list is replaced (5.1+)."""
    if world.api < (2, 11, 3):
        return 404
    try:
        sent = json.loads(form.get("cookies", ""))
    except ValueError:
        return 400
    if not isinstance(sent, list) or not all(isinstance(cookie, dict) for cookie in sent):
        return 400
    world.cookies = [{"expirationDate": -1} | cookie for cookie in sent]
    return ""


def added(world: World, magnet_or_name: str, torrent_hash: str, form: Form, *, known: bool) -> bool:
    """Add one torrent by torrents/add; False if it is there already.  ``known``: its files are, as from a .torrent."""
    if torrent_hash in world.torrents:
        return False
    stopped = _true(form, "stopped" if world.api >= (2, 11, 0) else "paused")
    whole = known and (_true(form, "seedMode") or _true(form, "skip_checking"))
    made = world.add(
        form.get("rename") or magnet_or_name,
        torrent_hash,
        state=_first_state(known=known, whole=whole, stopped=stopped),
        progress=1 if whole else 0,
        category=form.get("category", ""),
        save_path=form.get("savepath") or world.preferences["save_path"],
        seq_dl=_true(form, "sequentialDownload"),
        f_l_piece_prio=_true(form, "firstLastPiecePrio"),
        dl_limit=int(form.get("dlLimit") or 0),
        up_limit=int(form.get("upLimit") or 0),
        ratio_limit=float(form.get("ratioLimit") or -2),
        seeding_time_limit=int(form.get("seedingTimeLimit") or -2),
        inactive_seeding_time_limit=int(form.get("inactiveSeedingTimeLimit") or -2),
        share_limit_action=form.get("shareLimitAction") or "Default",
        share_limits_mode=form.get("shareLimitsMode") or "Default",
        download_path=form.get("downloadPath", "") if _true(form, "useDownloadPath") else "",
        auto_tmm=_true(form, "autoTMM"),
        priority=1 if _true(form, "addToTopOfQueue") else len(world.torrents) + 1,
    )
    if form.get("category") and form["category"] not in world.categories:
        world.add_category(form["category"])
    world.tag(made, _lines(form, "tags", ","))
    world.say(f'Added new torrent. Torrent: "{world.torrents[made]["name"]}"')
    return True


def _first_state(*, known: bool, whole: bool, stopped: bool) -> str:
    if whole:
        return "stoppedUP" if stopped else "stalledUP"
    return "stoppedDL" if stopped else "stalledDL" if known else "metaDL"


def magnet(link: str) -> tuple[str, str]:
    """Give hash and name of a magnet link; ("", "") if it is none."""
    found = re.search(r"xt=urn:btih:([0-9a-fA-F]{40})", link)
    names = parse_qs(link.partition("?")[2]).get("dn", [])
    return (found.group(1).lower(), names[0] if names else found.group(1).lower()) if found else ("", "")


# by the newest name; torrents/start and torrents/stop were resume and pause before 2.11.0
COMMANDS: dict[str, Command] = {
    "torrents/stop": _each(_stop),
    "torrents/start": _each(_start),
    "torrents/setForceStart": _each(_force_start),
    "torrents/delete": _each(lambda w, h, form: w.remove(h)),
    "torrents/recheck": _each(lambda w, h, form: w.set(h, state="checkingDL")),
    "torrents/reannounce": _each(lambda w, h, form: None),
    "torrents/setLocation": _each(lambda w, h, form: w.set(h, save_path=form["location"])),
    "torrents/setDownloadLimit": _each(lambda w, h, form: w.set(h, dl_limit=int(form["limit"]))),
    "torrents/setUploadLimit": _each(lambda w, h, form: w.set(h, up_limit=int(form["limit"]))),
    "torrents/setShareLimits": _each(_share_limits),
    "torrents/setSuperSeeding": _each(lambda w, h, form: w.set(h, super_seeding=_true(form, "value"))),
    "torrents/setAutoManagement": _each(lambda w, h, form: w.set(h, auto_tmm=_true(form, "enable"))),
    "torrents/setComment": _each(lambda w, h, form: w.set(h, comment=form["comment"])),
    "torrents/toggleSequentialDownload": _toggle("seq_dl"),
    "torrents/toggleFirstLastPiecePrio": _toggle("f_l_piece_prio"),
    "torrents/topPrio": _queue(_top),
    "torrents/bottomPrio": _queue(_bottom),
    "torrents/increasePrio": _queue(_up),
    "torrents/decreasePrio": _queue(_down),
    "torrents/addTags": _each(lambda w, h, form: w.tag(h, _lines(form, "tags", ","))),
    "torrents/removeTags": _each(lambda w, h, form: w.untag(h, _lines(form, "tags", ",") or w.tags_of(h))),
    "torrents/setTags": _each(_set_tags),
    "torrents/addTrackers": _each(_add_trackers),
    "torrents/editTracker": _edit_tracker,
    "torrents/removeTrackers": _each(_remove_trackers),
    "torrents/setSavePath": _set_path("save_path"),
    "torrents/setDownloadPath": _set_path("download_path"),
    "torrents/createTags": _create_tags,
    "torrents/deleteTags": _delete_tags,
    "torrents/setCategory": _set_category,
    "torrents/createCategory": _create_category,
    "torrents/editCategory": _edit_category,
    "torrents/removeCategories": _remove_categories,
    "torrents/rename": _rename,
    "torrents/filePrio": _file_priority,
    "app/setCookies": _set_cookies,
    "app/setPreferences": _set_preferences,
    "transfer/setDownloadLimit": _limit("dl_rate_limit"),
    "transfer/setUploadLimit": _limit("up_rate_limit"),
    "transfer/pauseSession": _pause_session,
    "transfer/resumeSession": _resume_session,
    "transfer/toggleSpeedLimitsMode": _toggle_speed_mode,
    "transfer/setSpeedLimitsMode": _set_speed_mode,
}
