"""What an answer that is not the one hoped for means: each sentence says what was seen, and what to do.

Three may have spoken: qBittorrent, a proxy before it, or something else in its place.  qBittorrent is
known by the content policy that it puts on all its answers (4.2.5 to 5.3.0; less with an alternative
Web UI), by plain text instead of pages, and by asking for a login with 403, never with a challenge.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from qbt_remote.api.errors import EMPTY, AuthFailed, BadReply, QbtError, Redirected, Rejected, ServerFault
from qbt_remote.api.wire import NOT_QBITTORRENT, WEB_PAGE, Answer
from qbt_remote.local.address import moved_to, other_host
from qbt_remote.translatable import N

_OWN_POLICY = "script-src 'self' 'unsafe-inline'; object-src 'none'; form-action 'self'"
SESSION_WAIT_S = 60.0
_LONGEST_WAIT_S = 600.0
_MOVES = (301, 302, 307, 308)

REDIRECT = N(
    "{server} redirects to {target}, which was not followed. If that is the sign-in of a network or proxy, sign in "
    "there in a web browser; enter it as the address only if it is your server."
)
MOVED = N(
    "{server} redirects to {address}. Redirects are not followed, and nothing secret was sent there: use that address "
    "if it is the right one."
)
MOVED_AWAY = N(
    "{server} redirects to another host: {address}. Redirects are not followed, and nothing secret was sent there: use "
    "that address only if you know it."
)
NOTHING_HERE = N(
    "Nothing is found at the address of {server} (status 404): check the address, port and path. A proxy says so, too,"
    " while qBittorrent behind it is away."
)
PROXY_REFUSED = N(
    "A proxy in front of {server} refuses the request (status 403): check its rules and its log. qBittorrent was not "
    "reached."
)
CALL_REFUSED = N(
    "{server}, or a proxy in front of it, refuses this request (status 403) although the login holds: check the log "
    "of qBittorrent and of the proxy."
)
HOST_REFUSED = N(
    "{server} does not accept the host name “{host}” (Host header validation). Set the host header of this server to "
    "the name and port it expects, or allow that name in its Web UI options."
)
UNSAID_401 = N(
    "{server} refused the request before any login (status 401). If qBittorrent expects another host name than "
    "“{host}”, enter that as the host header of this server. Otherwise check the log of the proxy in front of it."
)
WANTS_BASIC = N(
    "A proxy in front of {server} asks for its own user name and password (HTTP Basic): enter them under Advanced in "
    "the settings of the server."
)
WANTS_OTHER = N(
    "A proxy in front of {server} asks for a login of the kind “{scheme}”, which is not supported: let it pass the "
    "Web API without, or by HTTP Basic."
)
WANTS_407 = N(
    "The proxy on the way to {server} asks for a login (status 407): enter its user name and password with the proxy in"
    " the settings of the server."
)
TOO_MANY = N(
    "A proxy in front of {server} is limiting requests (status 429). They continue automatically; if it happens again, "
    "set a longer update interval for this server."
)
_REFUSALS = {
    400: N("{server} does not accept what was sent."),
    404: N("{server} does not know this torrent or item."),
    405: N("{server} does not accept the request in this form."),
    409: N("{server} cannot do this."),
    415: N("{server} does not accept this as a torrent file."),
}


def signed(answer: Answer) -> bool:
    """Whether an answer carries what qBittorrent puts on all of its own."""
    return _OWN_POLICY in answer.headers.get("content-security-policy", "")


def challenge(answer: Answer) -> str:
    """Give the kind of login that is asked for, in lower case; qBittorrent itself asks for none."""
    return answer.headers.get("www-authenticate", "").split(" ")[0].lower()


def judge(answer: Answer, *, server: str, host: str, base: str) -> QbtError:
    """Turn an answer that is not 2xx into its error (a 403 is judged by whoever knows the session)."""
    status, detail = answer.status, words(answer)
    if 300 <= status < 400:
        return _redirected(answer, server=server, base=base)
    if status == 401:
        return refused_401(answer, server=server, host=host)
    if status == 407:
        return AuthFailed(WANTS_407, kind="proxy", server=server, detail=detail)
    if status == 429:
        return ServerFault(TOO_MANY, server=server, detail=detail, wait_s=wait_of(answer.headers))
    if status >= 500:
        return _fault(answer, server=server)
    if status == 413:
        return Rejected(
            N("What was sent is too large for {server} or the proxy in front of it."), status=413, server=server
        )
    if answer.html:
        return page(answer, server=server)
    template = _REFUSALS.get(status, N("{server} refused the request (status {status})."))
    return Rejected(template, status=status, server=server, detail=detail)


def _redirected(answer: Answer, *, server: str, base: str) -> BadReply:
    address = moved_to(base, answer.headers.get("location", "")) if answer.status in _MOVES else ""
    if not address:
        return BadReply(REDIRECT, server=server, target=redirect_target(answer, base))
    return Redirected(MOVED_AWAY if other_host(base, address) else MOVED, server=server, address=address)


def _fault(answer: Answer, *, server: str) -> ServerFault:
    template = N("{server} failed (status {status}): check the log of qBittorrent.")
    if answer.status in (502, 503, 504) or answer.html:
        template = N(
            "The proxy in front of {server} cannot reach qBittorrent (status {status}): check whether it is running, "
            "and its address in the settings of the proxy."
        )
    wait_s = wait_of(answer.headers)
    return ServerFault(template, server=server, status=answer.status, detail=words(answer), wait_s=wait_s)


def page(answer: Answer, *, server: str) -> QbtError:
    """Explain a web page: qBittorrent answers the Web API in text and JSON only, its refusals too."""
    if answer.status < 300:
        return BadReply(WEB_PAGE, server=server)
    if answer.status == 404:
        return BadReply(NOTHING_HERE, server=server)
    template = N(
        "A web page with status {status} came instead of an answer of {server}: a proxy in front of it refuses the "
        "request. Check its rules and its log."
    )
    return BadReply(template, server=server, status=answer.status)


def not_qbittorrent(answer: Answer, *, server: str) -> QbtError:
    """Explain an answer to the first question that is neither qBittorrent's nor a known refusal."""
    if answer.html:
        return page(answer, server=server)
    if answer.status < 300 and not answer.text:
        return BadReply(EMPTY, server=server)
    return BadReply(NOTHING_HERE if answer.status == 404 else NOT_QBITTORRENT, server=server, detail=words(answer))


def forbidden(answer: Answer, server: str, *, folder: bool, renewed: bool) -> QbtError:
    """Explain a 403 to a session; ``folder``: the call is about a folder, ``renewed``: after a fresh login."""
    detail = words(answer)
    if answer.html:
        return AuthFailed(PROXY_REFUSED, kind="proxy", server=server)
    if folder:
        return Rejected(N("{server} may not write to this folder."), status=403, server=server, detail=detail)
    if renewed:
        template = N("{server} refuses the request although the login succeeded.")
        return AuthFailed(template, kind="session", server=server, detail=detail, wait_s=SESSION_WAIT_S)
    return AuthFailed(CALL_REFUSED, kind="proxy", server=server, detail=detail)


def refused_401(answer: Answer, *, server: str, host: str) -> AuthFailed:
    """Explain a 401 that is not an answer to a login: the Host header, or a proxy in front."""
    scheme = answer.headers.get("www-authenticate", "").split(" ")[0]
    if not scheme:
        template = HOST_REFUSED if signed(answer) else UNSAID_401
        return AuthFailed(template, kind="host", server=server, host=host, detail=words(answer))
    if scheme.lower() == "basic":
        return AuthFailed(WANTS_BASIC, kind="proxy", server=server)
    return AuthFailed(WANTS_OTHER, kind="proxy", server=server, scheme=scheme[:40])


def wait_of(headers: Mapping[str, str]) -> float:
    """Give the seconds that ``Retry-After`` asks to wait, at most ten minutes; 0 if it says nothing."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT_S)
    try:
        at = email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
    return min(max(0.0, at - time.time()), _LONGEST_WAIT_S)


def redirect_target(answer: Answer, base: str) -> str:
    """Give scheme, host and path of a redirect: never its query, which may hold a token."""
    own = urlsplit(base)
    try:
        parts = urlsplit(answer.headers.get("location", ""))
    except ValueError:  # brackets that hold no address
        parts = own
    path = re.sub(r"[\x00-\x20\x7f]|^[^/]*@", "", parts.path)  # "http:me:secret@host" has no host
    path = path if path[:1] in ("", "/") else f"/{path}"
    host = parts.netloc.rpartition("@")[2] or own.netloc
    return f"{parts.scheme or own.scheme}://{host}{path}"[:200]


def words(answer: Answer) -> str:
    """Give the server's own words, on one line; nothing if it is a web page."""
    if answer.html:
        return ""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", answer.text)[:300].strip()
