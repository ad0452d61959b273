"""The corpus of what people give, from ``tests/data/given``, with what must come of each."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qbt_remote.api.adding.given import FromFile
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.text_links import Found
from tests.api.adding.small_torrents import bencode
from tests.real.scene import make

DATA = tomllib.loads((Path(__file__).parents[2] / "data/given/texts.toml").read_text("utf-8"))
"""Read at once: a plain user, as some tests are for a while, may not look into root's folders."""
FOLDER = Path("/nowhere at all")
"""From where paths among the arguments are seen."""
_NOBODY = 65534
_PLACE = re.compile(r"\{(?:([A-E])(\^|32_?|[<>]\d+)?|(M)(<\d+)?|FOLDER)\}")


@dataclass(frozen=True)
class Case:
    """One text; ``gives`` and ``argument`` are as the data file says, with the hashes filled in."""

    about: str
    text: str
    gives: tuple[str, ...]
    argument: tuple[str, ...]
    link: str
    name: str


def cases() -> list[Case]:
    """All texts; the same hash is in no two of them."""
    return [_case(row) for row in DATA["text"]]


def _case(row: dict[str, object]) -> Case:
    about = str(row["about"])

    def filled(text: object) -> str:
        return _PLACE.sub(lambda match: _hash(about, match), str(text))

    def whole(entries: object) -> tuple[str, ...]:
        assert isinstance(entries, list)
        short = {letter: filled(f"{{{letter}}}") for letter in "ABCDEM"} | {"M+A": filled("{M}+{A}")}
        return tuple(short.get(entry) or filled(entry) for entry in entries)

    gives = whole(row["gives"])
    argument = whole(row["argument"]) if "argument" in row else gives
    return Case(about, filled(row["text"]), gives, argument, filled(row.get("link", "")), filled(row.get("name", "")))


def _hash(about: str, match: re.Match[str]) -> str:
    letter = match[1] or match[3]
    if not letter:
        return str(FOLDER)
    digest = hashlib.sha256(f"{about} {letter}".encode()).hexdigest()[: 40 if match[1] else 64]
    form = match[2] or match[4] or ""
    if form.startswith("32"):
        written = base64.b32encode(bytes.fromhex(digest)).decode()
        return written.lower() if form.endswith("_") else written
    if form[:1] in "<>" and form:
        return digest[: int(form[1:])] if form[0] == "<" else digest[int(form[1:]) :]
    return digest.upper() if form == "^" else digest


def is_as_said(found: Found | FromFile | Path | Problem | Item, said: str) -> bool:
    """Whether what came out is what the corpus says."""
    if isinstance(found, Problem):
        return said.startswith("no: ") and said.removeprefix("no: ") in found.reason
    if isinstance(found, Path):
        return said == f"path {found}"
    assert not isinstance(found, FromFile), "nothing is kept here"
    ids, url = (found.link.hashes, found.link.url) if isinstance(found, Found) else (found.hashes, found.link)
    wanted = tuple(part[:40] for part in said.split("+"))
    return ids == wanted if ids else url == said


@contextmanager
def plain_user() -> Iterator[Path]:
    """Be somebody whom the system refuses something, as root is not; gives a folder for it."""
    folder = Path(tempfile.mkdtemp(prefix="given-"))
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, _NOBODY, _NOBODY)
            os.seteuid(_NOBODY)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for locked in folder.rglob("locked*"):
            locked.chmod(0o700)
        shutil.rmtree(folder)


def make_files(folder: Path) -> dict[Path, str]:
    """Make the files of the corpus and give what each must come out as."""
    rows = DATA["file"]
    return {_made(folder, row["name"], row["made"]): row["gives"] for row in rows}


def torrent(folder: Path, name: str, kind: str = "v1") -> bytes:
    (folder / "content").mkdir(exist_ok=True)
    return make(folder / "content", name, {"": 20_000} if kind == "v1" else {"a": 20_000, "b": 10}, kind=kind).torrent


def _made(folder: Path, name: str, how: str) -> Path:
    path = folder / name
    stem = re.sub(r"\.torrent$", "", path.name, flags=re.IGNORECASE)
    info = {b"name": stem.encode(), b"piece length": 16384, b"pieces": b"x" * 20}
    alike = [{b"length": 1, b"path": [b"same"]} for _ in range(2000)]
    contents = {
        "torrent": lambda: torrent(folder, stem),
        "hybrid": lambda: torrent(folder, stem, "hybrid"),
        "alike": lambda: bencode({b"info": info | {b"files": alike}}),
        "no pieces": lambda: bencode({b"info": {b"name": b"x", b"piece length": 16384, b"length": 100}}),
        "no content": lambda: bencode({b"info": info | {b"length": 0}}),
        "page": lambda: b"<html>Log in</html>",
        "cut": lambda: torrent(folder, stem)[:-3],
        "empty": lambda: b"",
        "locked": lambda: torrent(folder, stem),
    }
    if how in contents:
        path.write_bytes(contents[how]())
    links = {"device": "/dev/zero", "loop": str(path), "faulty disk": "/proc/self/mem"}  # mem has no byte at 0
    if how in links:
        path.symlink_to(links[how])
    elif how == "pipe":
        os.mkfifo(path)
    elif "folder" in how:
        where = path.parent if how == "in a locked folder" else path
        where.mkdir()
        if how != "empty folder":
            (where / "a.torrent").write_bytes(torrent(folder, stem))
    if how == "locked":
        path.chmod(0)
    elif how == "in a locked folder":
        path.parent.chmod(0)
    return path
