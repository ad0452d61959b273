"""One instance per configuration: the first holds a lock, later ones hand it their arguments.

The lock decides, the socket only carries messages: a socket can be taken over by anybody who may
write to its folder, so the folder is private and both ends check who the other one is.  One message
is one line of JSON; the answer comes after the owner has handled it.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QCryptographicHash, QLockFile

from qbt_remote.local.paths import UnsafeFolder, runtime_dir

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

VERSION = 1
LARGEST_MESSAGE = 1024 * 1024
PATIENCE_S = 2.0
MOST_PEERS = 8
_JUST_MADE_S = 10.0
VERBS = ("add", "raise")
_log = logging.getLogger(__name__)

Message = dict[str, Any]
Outcome = Literal["accepted", "refused", "silent", "too long"]
"""What became of a message; silent: nothing was heard of it, so that it may have been taken all the same."""


def folder_of(config: Path) -> Path:
    """Give the private folder of a configuration, named by a hash of its real path: the socket's path stays short.

    Qt's SHA-256, since it is loaded already: hashlib brings OpenSSL, which takes 3 ms of the start.
    """
    digest = QCryptographicHash.hash(os.fsencode(config.resolve()), QCryptographicHash.Algorithm.Sha256)
    return runtime_dir(digest.data().hex()[:16])


class Instance:
    """The right to be the running program for one configuration."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._lock: QLockFile | None = None
        self._address = ""
        self._server: QLocalServer | None = None
        self._peers: dict[QLocalSocket, float] = {}
        self._on_message: Callable[[Message, Callable[[bool], None]], None] = _refuse

    def acquire(self) -> bool:
        """Become the running instance; False if another process is.

        Messages are taken once ``listen`` is called.  Where no private folder can be had, this process
        runs without receiving any.
        """
        if self._lock is not None:
            return True
        try:
            folder = folder_of(self._config)
        except (UnsafeFolder, OSError) as e:
            _log.warning("no hand-over between instances: %s", e)
            return True
        lock = QLockFile(str(folder / "lock"))
        lock.setStaleLockTime(0)  # a lock is never too old; a dead owner's is taken over by its process id
        if not lock.tryLock(0) and not (_is_left_over(folder / "lock", lock) and lock.tryLock(0)):
            if lock.error() == QLockFile.LockError.LockFailedError:
                return False
            _log.warning("no lock in %s: %s", folder, lock.error().name)
            return True
        self._lock, self._address = lock, _address(folder)
        return True

    def hand_over(self, message: Mapping[str, Any]) -> Outcome:
        """Give the running instance a message, and say what became of it after 2 s at most.

        "silent" at once where that has ended meanwhile: then this process is the instance, and ``acquire`` says so.
        Many items are given in several messages, which are accepted one by one.
        Blocks; only for a process that has no window.
        """
        try:
            address = _address(folder_of(self._config))
        except (UnsafeFolder, OSError) as e:
            _log.warning("no hand-over between instances: %s", e)
            return "silent"
        frame = _frame({"v": VERSION, **message})
        if len(frame) > LARGEST_MESSAGE:
            _log.warning("too much to hand over: %d bytes", len(frame))
            return "too long"
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            answer = _ask(address, frame, end)
            if answer is not None:
                return answer
            if self.acquire():
                return "silent"
            time.sleep(0.02)  # the owner has the lock but does not listen yet, or has too many peers
        return "silent"

    def release(self) -> None:
        """Stop listening, then give the lock back."""
        if self._server is not None:
            self._server.close()
        for peer in list(self._peers):
            peer.abort()
        self._peers.clear()
        if self._lock is not None:
            self._lock.unlock()
        self._server = self._lock = None

    def listen(self, on_message: Callable[[Message, Callable[[bool], None]], None]) -> None:
        """Take messages from now on.

        ``on_message`` handles one ({"v": 1, "verb": "add" | "raise", …}), and is given what it tells, now or later and
        once, whether the message was accepted.
        """
        from PySide6.QtNetwork import QLocalServer

        if self._lock is None:
            return
        self._on_message = on_message
        QLocalServer.removeServer(self._address)  # of an owner that was killed; the lock says there is no other
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.setMaxPendingConnections(MOST_PEERS)
        server.newConnection.connect(self._welcome)
        if not server.listen(self._address):
            _log.warning("no hand-over between instances: %s", server.errorString())
            return
        self._server = server

    def _welcome(self) -> None:
        assert self._server is not None
        while (peer := self._server.nextPendingConnection()) is not None:
            now = time.monotonic()
            for slow in [p for p, since in self._peers.items() if now - since > PATIENCE_S]:
                self._drop(slow)
            if len(self._peers) >= MOST_PEERS or not _is_ours(peer):
                peer.abort()
                peer.deleteLater()
                continue
            self._peers[peer] = now
            peer.readyRead.connect(self._read_all)
            peer.disconnected.connect(self._forget_closed)
            self._read(peer)

    def _read_all(self) -> None:
        for peer in list(self._peers):
            self._read(peer)

    def _read(self, peer: QLocalSocket) -> None:
        if peer.bytesAvailable() > LARGEST_MESSAGE:
            self._drop(peer)
        elif peer.canReadLine():
            message = _parsed(bytes(peer.readLine(LARGEST_MESSAGE).data()))
            if message is None:
                _log.warning("a message that is not ours was refused")
                self._answer(peer, accepted=False)
                return
            try:
                self._on_message(message, lambda accepted: self._answer(peer, accepted=accepted))
            except Exception:  # the other start waits for an answer, whatever went wrong here
                self._answer(peer, accepted=False)
                raise

    def _answer(self, peer: QLocalSocket, *, accepted: bool) -> None:
        if peer not in self._peers:  # it waits no longer
            return
        peer.write(_frame({"v": VERSION, "ok": accepted}))
        peer.disconnectFromServer()  # after what is still to be written

    def _forget_closed(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        for peer in [p for p in self._peers if p.state() == QLocalSocket.LocalSocketState.UnconnectedState]:
            self._drop(peer)

    def _drop(self, peer: QLocalSocket) -> None:
        if self._peers.pop(peer, None) is not None:
            peer.abort()
            peer.deleteLater()


def _is_left_over(file: Path, lock: QLockFile) -> bool:
    """Remove the lock of a process that was killed, and whose number is another program's by now; False if it lives.

    Qt removes only what nobody holds by flock(2), too, as the owner does from just after it has made the file.
    """
    try:
        is_new = time.time() - file.stat().st_mtime < _JUST_MADE_S
    except OSError:
        return False
    return not is_new and lock.removeStaleLockFile()


def _address(folder: Path) -> str:
    # a named pipe on Windows: its name is no path
    return f"qbt-remote-{folder.name}" if sys.platform == "win32" else str(folder / "socket")


def _frame(message: Mapping[str, Any]) -> bytes:
    """Give a line of JSON in UTF-8; names that are none of it (os.fsdecode) keep their bytes, as json.loads does."""
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _ask(address: str, frame: bytes, end: float) -> Outcome | None:
    """Send one message; None if there was nobody to take it."""
    from PySide6.QtNetwork import QLocalSocket

    peer = QLocalSocket()
    peer.connectToServer(address)
    if not peer.waitForConnected(_left_ms(end)) or not _is_ours(peer):
        peer.abort()
        return None
    peer.write(frame)
    while not peer.canReadLine() and time.monotonic() < end:
        if not peer.waitForReadyRead(_left_ms(end)):
            break
    answer = bytes(peer.readLine(LARGEST_MESSAGE).data())
    closed = peer.state() == QLocalSocket.LocalSocketState.UnconnectedState
    peer.abort()
    if answer:
        return "accepted" if _ok(answer) else "refused"
    return None if closed else "silent"


def _left_ms(end: float) -> int:
    return max(int((end - time.monotonic()) * 1000), 1)


def _refuse(_message: Message, answer: Callable[[bool], None]) -> None:
    answer(False)


def _ok(line: bytes) -> bool:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("ok") is True


def _parsed(line: bytes) -> Message | None:
    """Read a message; None if it is not one of ours."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("v") != VERSION or found.get("verb") not in VERBS:
        return None
    items, options = found.get("items", []), found.get("options", {})
    if not isinstance(items, list) or not all(isinstance(i, str) for i in items) or not isinstance(options, dict):
        return None
    return found


def _is_ours(peer: QLocalSocket) -> bool:
    """Tell whether the other end runs as the same user (SO_PEERCRED, unix(7)); elsewhere the folder says so."""
    if sys.platform != "linux":
        return True
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(int(peer.socketDescriptor()))) as raw:
        found = raw.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", found)[1]) == os.getuid()
