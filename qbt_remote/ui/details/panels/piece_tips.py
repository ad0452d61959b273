"""What is said of the pieces under the pointer: which they are, how it stands with them, and their files."""

from __future__ import annotations

from collections.abc import Callable

from qbt_remote.api.errors import QbtError
from qbt_remote.model import text
from qbt_remote.model.details.columns import PIECE_STATES
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.pieces import DOWNLOADING, HAVE, MISSING, FilesByPiece
from qbt_remote.sync.details.rows import Properties
from qbt_remote.sync.steps import Turn
from qbt_remote.translatable import N
from qbt_remote.ui.details.in_view import InView

_MOST_FILES = 8
_COUNTED = {HAVE: N("{n} downloaded"), DOWNLOADING: N("{n} downloading"), MISSING: N("{n} missing")}


class PieceTips:
    """Explains pieces of the torrent in view.  Its files are asked for once, when the first piece is pointed at."""

    def __init__(self, in_view: InView, known: Callable[[], None]) -> None:
        """``known`` is called when the files have come, so that the tip can be shown anew."""
        self._in_view, self._known = in_view, known
        self._files: FilesByPiece | None = None
        self._of = ""

    def forget(self) -> None:
        """Another torrent is in view, or its files have other names."""
        self._files, self._of = None, ""

    def explain(self, p: Properties, first: int, last: int) -> str:
        """Give some lines about these pieces."""
        numbers = {"first": first, "last": last, "end": p.pieces_num - 1}
        lines = [
            tr("Piece index {first} of 0–{end}", **numbers)
            if first == last
            else tr("Piece indexes {first}–{last} of 0–{end}", **numbers)
        ]
        lines.append(_states(p.piece_states[first : last + 1]))
        lines.append(_availability(p.piece_availability[first : last + 1]))
        lines += self._names(first, last)
        return "\n".join(filter(None, lines))

    def _names(self, first: int, last: int) -> list[str]:
        torrent = self._in_view.torrent
        if torrent is not None and self._of != torrent.hash:
            self._of = torrent.hash
            self._in_view.tasks.spawn(self._ask(torrent.hash), tr("Show the files of the pieces"))
        if self._files is None:
            return []
        names = self._files.between(first, last)
        shown = [text.clean(name, 100) for name in names[:_MOST_FILES]]
        more = len(names) - len(shown)
        return shown + ([tr_n(more, "and {n} more file", "and {n} more files")] if more else [])

    async def _ask(self, torrent_hash: str) -> None:
        """Nothing is said if it fails: the panel itself tells how it stands with the server."""
        session = self._in_view.session
        if session is None:
            return
        try:
            told = await Files().read(session, torrent_hash)
        except QbtError:
            self._of = ""
            return
        files, turn = FilesByPiece(), Turn()
        for _step in files.reading(told if isinstance(told, list) else ()):
            await turn.over()
        if self._of == torrent_hash:
            self._files = files
            self._known()


def _states(states: bytes) -> str:
    if len(states) == 1:
        return tr(PIECE_STATES.get(states[0], PIECE_STATES[MISSING]))
    counts = ((words, states.count(state)) for state, words in _COUNTED.items())
    return ", ".join(tr(words, n=text.number(count)) for words, count in counts if count)


def _availability(counts: tuple[int, ...]) -> str:
    if not counts:
        return ""
    low, high = min(counts), max(counts)
    if low != high:
        return tr("In {low} to {high} peers", low=text.number(low), high=text.number(high))
    return tr_n(low, "In {n} peer", "In {n} peers")
