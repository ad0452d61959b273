"""The command line: every flag, read strictly, into one frozen ``Options``.

A name that we do not know is refused and never handed to Qt (QApplication takes ``-stylesheet``
and more out of argv by itself), since a desktop starts us with what a web page wrote.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from qbt_remote import __version__
from qbt_remote.local.paths import here

_DESCRIPTION = "The native desktop client for remote qBittorrent servers."
_EPILOG = """\
Each ITEM is a .torrent file, a folder of them, a magnet, an http or https link, or an info-hash.
Where one application runs already, the items are handed over to it.

  qbt-remote --try
  qbt-remote debian.torrent 'magnet:?xt=urn:btih:…' --category Linux
  qbt-remote --server http://nas:8080 --user me --password-stdin --add-only *.torrent < password
  qbt-remote --server https://me@nas --password-stdin --certificate nas.pem < password
"""
_HANDED = (
    "server",
    "user",
    "certificate",
    "category",
    "tags",
    "save_path",
    "stopped",
    "sequential",
    "first_last",
    "skip_checking",
    "skip_dialog",
)
_LARGEST_CERTIFICATE = 1024 * 1024
_MOST_AT_ONCE = 256 * 1024
"""Characters of items in one message, so that the window that takes them in goes on in between; an item of 128 KiB, the
longest argument of all (execve(2)), and the options beside it fit into what ``single_instance`` takes."""
LEVELS = ("debug", "info", "warning", "error")


class UnknownServer(ValueError):
    """No server is meant by what was said; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line; "" and None mean: not said."""

    items: tuple[str, ...] = ()
    server: str = field(default="", repr=False)
    """A name or an address, which may hold a password."""
    user: str = ""
    password_stdin: bool = False
    certificate: str = ""
    """SHA-256 fingerprint of the certificate that is trusted, as hex pairs with colons."""
    config: Path | None = None
    try_it: bool = False
    minimized: bool = False
    category: str = ""
    tags: tuple[str, ...] = ()
    save_path: str = ""
    stopped: bool = False
    sequential: bool = False
    first_last: bool = False
    skip_checking: bool = False
    skip_dialog: bool = False
    add_only: bool = False
    queue: bool = False
    screenshot: Path | None = None
    log_level: str = ""


def parse(argv: Sequence[str]) -> Options:
    """Read the arguments that follow the program's name.

    Raises SystemExit: 0 after ``--help`` or ``--version``, 2 with the reason on stderr otherwise.
    """
    if not argv:  # as a desktop starts us; to make the parser takes 3 ms
        return Options()
    parser = _parser()
    given = vars(parser.parse_intermixed_args(_checked(parser, argv)))
    lists = {"items": tuple(given["items"]), "tags": tuple(given["tags"])}
    options = Options(**given | lists | {"certificate": given["certificate"] or ""})
    _agree(parser, options)
    return options


def read_password(stream: TextIO) -> str:
    """The first line of the stream, without its end; nothing else in it is read."""
    return stream.readline().rstrip("\r\n")


def messages(options: Options, folder: Path) -> Iterator[dict[str, Any]]:
    """What a second start hands to the application that runs; paths among the items are seen from ``folder``.

    There are several where the items are too many for one; no argument is longer than 128 KiB (execve(2)).
    A password in the server's address is not handed over: the running application has its own.
    """
    server = _without_login(options)
    handed = {name: getattr(options, name) for name in _HANDED} | {"folder": str(folder)} | server
    items: list[str] = []
    size = 0
    for item in options.items:
        size += len(json.dumps(item)) + 2
        if items and size > _MOST_AT_ONCE:
            yield {"verb": "add", "items": items, "options": handed}
            items, size = [], len(json.dumps(item)) + 2
        items.append(item)
    yield {"verb": "add" if items else "raise", "items": items, "options": handed}


def not_handed(options: Options) -> list[str]:
    """Give the flags that a running application takes no notice of."""
    flags = {
        "--password-stdin": options.password_stdin,
        "--minimized": options.minimized,
        "--log-level": options.log_level,
    }
    return [flag for flag, given in flags.items() if given]


def from_message(received: Mapping[str, Any]) -> tuple[Options, Path]:
    """Read such a message, whoever sent it: what has not the right type is left out."""
    default, given = Options(), received.get("options") or {}
    items = tuple(item for item in received.get("items") or () if isinstance(item, str))
    good: dict[str, Any] = {}
    for name in _HANDED:
        value = tuple(given[name]) if isinstance(given.get(name), list) else given.get(name)
        if type(value) is type(getattr(default, name)):
            good[name] = value
    good["tags"] = tuple(tag for tag in good.get("tags", ()) if isinstance(tag, str))
    folder = given.get("folder")
    return Options(items=items, **good), Path(folder if isinstance(folder, str) else "/")


def _without_login(options: Options) -> dict[str, str]:
    if "@" not in options.server:
        return {}
    from qbt_remote.local.address import normalise, without_login

    try:
        user = options.user or normalise(options.server).username
    except ValueError:
        user = options.user
    return {"server": without_login(options.server), "user": user}


def _checked(parser: argparse.ArgumentParser, argv: Sequence[str]) -> list[str]:
    """The arguments, unless something after ``--`` looks like an option: an item never does."""
    arguments = list(argv)
    if "--" in arguments:
        cut = arguments.index("--")
        for text in arguments[cut + 1 :]:
            if text.startswith("-"):
                parser.error(f"an item cannot begin with “-”: {text!r} (a file of this name is written ./{text})")
    return arguments


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qbt-remote",
        usage="%(prog)s [OPTION ...] [ITEM ...]",  # else all of them are written out for each start: 4 ms
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("items", nargs="*", metavar="ITEM", help="what to add")
    _add_server_flags(parser.add_argument_group("server"))
    _add_torrent_flags(parser.add_argument_group("how items are added"))
    _add_program_flags(parser.add_argument_group("the application"))
    return parser


def _add_server_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--server",
        default="",
        metavar="NAME|URL",
        help="a server that is saved, by its name, or any address; a login in it, as in http://me:secret@nas, is given "
        "to qBittorrent, and to a proxy in front that asks for one by HTTP Basic. Others on this computer can read it",
    )
    group.add_argument(
        "--user",
        default="",
        metavar="NAME",
        help="the user to log in to qBittorrent as, with --server URL; a login in the URL is then the proxy's",
    )
    group.add_argument(
        "--password-stdin", action="store_true", help="read the password from the first line of standard input"
    )
    group.add_argument(
        "--certificate",
        type=_certificate,
        metavar="FILE|SHA256",
        help="trust this certificate of the server, such as a self-signed one, and no other: a PEM or DER file, or the "
        "SHA-256 fingerprint, with or without colons",
    )
    group.add_argument(
        "--try", dest="try_it", action="store_true", help="start a private qBittorrent on this computer to play with"
    )


def _add_torrent_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--category", default="", metavar="C", help="the category; it is made if it is missing")
    group.add_argument("--tags", default=(), type=_tags, metavar="A,B", help="tags, separated by commas")
    group.add_argument("--save-path", default="", metavar="P", help="the folder on the server to save to")
    group.add_argument("--stopped", action="store_true", help="do not start the torrents")
    group.add_argument("--sequential", action="store_true", help="download the pieces in order")
    group.add_argument("--first-last", action="store_true", help="download the first and last pieces first")
    group.add_argument(
        "--skip-checking", action="store_true", help="take it that the files are complete on the server already"
    )
    group.add_argument("--skip-dialog", action="store_true", help="add without asking in the window")
    group.add_argument(
        "--add-only",
        action="store_true",
        help="open no window: add the items, print one line for each, and exit 0 if every one was added",
    )
    group.add_argument(
        "--queue",
        action="store_true",
        help="with --add-only: what cannot be sent since the server is away is kept, and the window sends it later",
    )


def _add_program_flags(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--config", type=_folder, metavar="DIR", help="keep settings and logs below this folder")
    group.add_argument("--minimized", action="store_true", help="start in the tray, or minimized where there is none")
    group.add_argument(
        "--screenshot",
        type=_folder,
        metavar="FILE",
        help="save a picture of the window when the list is complete, and exit; exit 1 after 60 s without one",
    )
    group.add_argument("--log-level", default="", choices=LEVELS, metavar="L", help=f"one of {', '.join(LEVELS)}")
    group.add_argument("--version", action="version", version=f"qbt-remote {__version__}")


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def _certificate(text: str) -> str:
    """The fingerprint of the certificate that is meant."""
    from qbt_remote.api.tls import fingerprint, fingerprint_of_file, is_fingerprint

    digits = re.sub(r"^.*=|[:\s]", "", text)  # openssl writes "sha256 Fingerprint=AB:CD:…"
    if is_fingerprint(digits):
        return fingerprint(digits)
    path = _folder(text)
    try:
        with path.open("rb") as file:
            return fingerprint_of_file(file.read(_LARGEST_CERTIFICATE))
    except (OSError, ValueError) as e:
        if isinstance(e, FileNotFoundError) and re.fullmatch(r"[0-9A-Fa-f]{16,}", digits):
            reason = f"a SHA-256 fingerprint has 64 hexadecimal digits, and this has {len(digits)}"
        elif isinstance(e, OSError):
            reason = f"{text} cannot be read: {e.strerror or e}"
        else:
            reason = f"{text} holds no certificate in PEM or DER"
        raise argparse.ArgumentTypeError(reason) from None


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    try:
        return here() / Path(text).expanduser()
    except RuntimeError as e:  # ~ of somebody who is not there
        raise argparse.ArgumentTypeError(str(e)) from e


def _agree(parser: argparse.ArgumentParser, options: Options) -> None:
    """End with the reason if two flags contradict each other, or one lacks another."""
    needed = (
        (options.user and not options.server, "--user needs --server"),
        (options.password_stdin and not options.server, "--password-stdin needs --server"),
        (
            options.certificate and not (options.server or options.add_only),
            "--certificate needs --server, or --add-only",
        ),
        (options.try_it and options.server, "--try brings its own server; leave out --server"),
        (options.add_only and not options.items, "--add-only needs at least one ITEM"),
        (options.queue and not options.add_only, "--queue needs --add-only; the window always keeps what waits"),
        (options.add_only and options.try_it, "--add-only adds to a server that stays; leave out --try"),
        (options.add_only and options.screenshot, "--add-only opens no window to take a picture of"),
    )
    for wrong, sentence in needed:
        if wrong:
            parser.error(sentence)
