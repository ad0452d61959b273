"""Passwords and API keys: in the system's keyring, or in this session's memory where there is none.

A keyring may ask the user to unlock it and then blocks its caller until the answer, so it is called
in a thread of its own, which is waited for five seconds.  Only keyrings that encrypt are used;
nothing is ever written to a file by us.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from qbt_remote.local.settings import Secrets
from qbt_remote.translatable import N, Said

if TYPE_CHECKING:
    from queue import SimpleQueue

SERVICE = "qbt-remote"
WAIT_S = 5.0
NO_KEYRING = N("No keyring was found.")
LOCKED = N("The keyring is locked.")
NOT_KEPT = N("A password is kept for this session only, since the keyring did not take it. {reason}")
NOT_REMOVED = N("The password of a server that was removed could not be taken out of the keyring. {reason}")
NOT_YET = N("{reason} Until it does, a changed password is kept for this session only.")
_KEYRINGS = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "Keychain",
}
"""Backends that encrypt, by module; anything else (fail, null, plain text files) is refused."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where secrets are: the ``keyring``'s name, or "" for this session's memory and the ``reason``."""

    keyring: str
    reason: Said = field(default_factory=Said)


class Vault:
    """The secrets of all servers, one keyring entry per server id.  Used from one event loop."""

    def __init__(self, *, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._memory: dict[str, Secrets] = {}
        self._worker: _Worker | None = None
        self._stored = Stored("", Said(N("The keyring has not been looked for yet.")))
        self.on_late: list[Callable[[str], None]] = []
        """Called with a server id when the keyring answered a ``get`` after we had stopped waiting."""
        self.on_refused: list[Callable[[Said], None]] = []
        """Told what a keyring that is there did not do: when it refused, and when it is no longer waited for."""
        self._late: dict[str, Secrets] = {}

    def where(self) -> str:
        """Give the keyring's name as of the last call, or "" for this session's memory."""
        return self._stored.keyring

    def why(self) -> Said:
        """Say why the last call did not use a keyring; "" if it did."""
        return self._stored.reason

    def why_unread(self) -> Said:
        """Say why the last call could not read a keyring that is there, as it may be locked; "" if it could."""
        return Said() if self._stored.reason.template == NO_KEYRING else self._stored.reason

    async def probe(self) -> Stored:
        """Look for a keyring without touching an entry."""
        await self._call(_Job(lambda backend: None))
        return self._stored

    async def get(self, server_id: str) -> Secrets:
        """Give a server's secrets; empty ones if none are known, and then ``why()`` may say why.

        A keyring that waits for its user is not waited for longer than five seconds: ``on_late``
        tells when the secrets have come after all, and the next ``get`` has them.
        """
        if server_id in self._memory:
            return self._memory[server_id]
        if server_id in self._late:
            return self._late.pop(server_id)
        job = _Job(lambda backend: _entry(backend, server_id))
        if await self._call(job, late=lambda: self._came_late(server_id, job)):
            return _read(job.result)
        return Secrets()

    async def set(self, server_id: str, secrets: Secrets) -> Stored:
        """Keep a server's secrets and say where.  Never raises for what a keyring does."""
        if secrets == Secrets():
            await self.forget(server_id)
            return self._stored
        self._late.pop(server_id, None)
        self._memory[server_id] = secrets
        text = json.dumps(asdict(secrets))
        stored = await self._call(_Job(lambda backend: backend.set_password(SERVICE, server_id, text), NOT_KEPT))
        if stored and self._memory.get(server_id) is secrets:
            del self._memory[server_id]
        return self._stored

    async def add(self, server_id: str, secrets: Secrets) -> Stored:
        """Keep these besides what is known of a server, and say where.  Never raises for what a keyring does.

        What is empty here stays as it is, also in a keyring that is locked now and cannot be read before.
        """
        self._late.pop(server_id, None)
        added = self._memory[server_id] = _with(self._memory.get(server_id, Secrets()), secrets)

        def write(backend: Any) -> None:
            whole = _with(_read(_entry(backend, server_id)), added)
            backend.set_password(SERVICE, server_id, json.dumps(asdict(whole)))

        stored = await self._call(_Job(write, NOT_KEPT))
        if stored and self._memory.get(server_id) is added:
            del self._memory[server_id]
        return self._stored

    async def forget(self, server_id: str) -> None:
        """Remove a server's secrets from the keyring and from memory."""
        self._memory.pop(server_id, None)
        self._late.pop(server_id, None)

        def delete(backend: Any) -> None:
            if _entry(backend, server_id) is not None:
                backend.delete_password(SERVICE, server_id)

        await self._call(_Job(delete, NOT_REMOVED))

    async def _call(self, job: _Job, *, late: Callable[[], None] | None = None) -> bool:
        """Let the thread do the job; True if it was done in time."""
        if self._worker is None or not self._worker.is_alive():
            self._worker = _Worker()
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def tell() -> None:
            if job.failed is not None and job.failed.template != NO_KEYRING:
                self._tell_refused(job, Said(job.refused, reason=job.failed))
            if not done.done():
                done.set_result(None)
            elif job.abandoned and job.failed is None and late is not None:
                late()

        blocked = self._worker.blocked
        self._worker.do(job, lambda: loop.call_soon_threadsafe(tell))
        # A thread that already hangs is given no second wait; the job is done once it goes on.
        await asyncio.wait({done}, timeout=0 if blocked else self._wait_s)
        if not done.done():
            done.cancel()
            job.abandoned = self._worker.blocked = True
            self._stored = Stored("", Said(N("The keyring does not answer; it may be waiting to be unlocked.")))
            self._tell_refused(job, Said(NOT_YET, reason=self._stored.reason))
            return False
        self._stored = Stored(job.keyring, job.failed or Said())
        return job.failed is None

    def _tell_refused(self, job: _Job, what: Said) -> None:
        if job.refused:
            for told in self.on_refused:
                told(what)

    def _came_late(self, server_id: str, job: _Job) -> None:
        self._stored = Stored(job.keyring)
        self._late[server_id] = _read(job.result)
        for tell in self.on_late:
            tell(server_id)


class _Job:
    """One call of the keyring, done also if nobody waits for it any more.

    ``refused``: what it means if a change is not made; "" for one that only reads.
    """

    def __init__(self, call: Callable[[Any], Any], refused: str = "") -> None:
        self.call, self.refused = call, refused
        self.result: Any = None
        self.keyring = ""
        self.failed: Said | None = Said(N("The keyring failed."))
        self.abandoned = False


class _Worker:
    """The daemon thread; it does one job after the other, in their order."""

    def __init__(self) -> None:
        self.blocked = False
        self._jobs: SimpleQueue[tuple[_Job, Callable[[], object]]] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def do(self, job: _Job, done: Callable[[], object]) -> None:
        self._jobs.put((job, done))

    def _run(self) -> None:
        while True:
            job, done = self._jobs.get()
            try:
                _perform(job)
            finally:  # an error that is not the keyring's kills this thread and reaches threading.excepthook
                self.blocked = False
                try:
                    done()
                except RuntimeError:  # the loop is closed: the program is ending
                    return


def _perform(job: _Job) -> None:
    import keyring
    from keyring.errors import KeyringError, KeyringLocked

    failures: tuple[type[Exception], ...] = (
        KeyringError,
        OSError,
        RuntimeError,
        ValueError,
        TypeError,
        LookupError,
        *_bus_errors(),
    )
    try:
        backend, job.keyring = _accepted(keyring.get_keyring())
        if backend is None:
            job.failed = Said(NO_KEYRING)
            return
        job.result = job.call(backend)
        job.failed = None
    except KeyringLocked:
        job.keyring, job.failed = "", Said(LOCKED)
    except failures as e:
        _log.warning("keyring: %s", type(e).__name__)
        job.keyring, job.failed = "", Said(N("The keyring refused: {reason}"), reason=str(e) or type(e).__name__)


def _entry(backend: Any, server_id: str) -> Any:
    """Read an entry, None if there is none.

    The Secret Service's client makes a missing keyring even to read from it, and the desktop then asks
    for a new master password; so where none is there yet, nothing is asked for (secretstorage 3.5).
    """
    if type(backend).__module__ == "keyring.backends.SecretService":
        from secretstorage import Collection, dbus_init
        from secretstorage.exceptions import ItemNotFoundException

        with closing(dbus_init()) as bus:
            try:
                Collection(bus)
            except ItemNotFoundException:
                return None
    return backend.get_password(SERVICE, server_id)


def _bus_errors() -> Sequence[type[Exception]]:
    """Give what the Secret Service's client libraries raise besides; they exist on Linux only."""
    try:
        from jeepney import DBusErrorResponse
        from secretstorage.exceptions import SecretStorageException
    except ImportError:
        return ()
    return (DBusErrorResponse, SecretStorageException)


def _accepted(backend: Any) -> tuple[Any, str]:
    """Pick the backend that encrypts, also out of a chain of several; (None, "") if none does."""
    for candidate in (backend, *getattr(backend, "backends", ())):
        name = _KEYRINGS.get(type(candidate).__module__)
        if name is not None:
            return candidate, name
    return None, ""


def _with(known: Secrets, added: Secrets) -> Secrets:
    return replace(known, **{name: value for name, value in asdict(added).items() if value})


def _read(text: Any) -> Secrets:
    """Read an entry; whatever is not of its form counts as not there."""
    try:
        found = json.loads(text)
        headers = found.get("headers", {})
        return Secrets(
            **{name: str(found.get(name, "")) for name in ("password", "api_key", "basic_password", "proxy_password")},
            headers={str(name): str(value) for name, value in headers.items()},
        )
    except (ValueError, TypeError, AttributeError):
        return Secrets()
