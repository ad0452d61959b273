"""What a server tells of its disk: app/getDirectoryContent (5.0+) and app/getFreeSpaceAtPath (5.3+)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.sim.world import World

Form = dict[str, str]
Look = Callable[[World, Form], object]


def look(world: World, endpoint: str, form: Form) -> object:
    """Give what is answered as JSON or text, or an error status; 404 for what this release lacks."""
    since, answer = LOOKS[endpoint]
    return answer(world, form) if world.api >= since else 404


def _folders(world: World, form: Form) -> object:
    """Absolute paths in no order; appcontroller.cpp getDirectoryContentAction."""
    asked = form.get("dirPath", "")
    path = asked.rstrip("/") or "/"
    if not re.match(r"/|[A-Za-z]:", asked) or form.get("mode", "all") not in ("all", "dirs", "files"):
        return 400
    if path not in world.disk.folders:
        return 404
    if form.get("mode") == "files":
        return []
    return [found for found in world.disk.folders if found != path and _above(found) == path and "/." not in found]


def _free(world: World, form: Form) -> object:
    if "path" not in form:
        return 400
    path = form["path"]
    while path not in world.disk.free:
        if _above(path) == path:
            return str(world.server["free_space_on_disk"])
        path = _above(path)
    return str(world.disk.free[path])


def _above(path: str) -> str:
    return path.rpartition("/")[0] or ("/" if path.startswith("/") else path)


LOOKS: dict[str, tuple[tuple[int, int, int], Look]] = {
    "app/getDirectoryContent": ((2, 11, 0), _folders),
    "app/getFreeSpaceAtPath": ((2, 15, 2), _free),
}
