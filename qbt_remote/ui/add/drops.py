"""What is dropped or pasted on the window: files, folders and links.  No widgets.

An answer that holds nothing makes the window refuse the drop, so that the pointer says so at once.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from qbt_remote.api.adding.items import SUFFIX, Dropped, from_text
from qbt_remote.api.adding.metainfo import parse_link

_SCHEMES = ("magnet:", "http:", "https:")


def dropped(mime: QMimeData) -> Dropped:
    """Give the .torrent files, folders and links of a drop or of the clipboard.

    Nothing is read but whether a path without the suffix is a folder.  Addresses win over the text
    that programs put beside them; what cannot be added is in ``unknown``, to be named.
    """
    if mime.hasUrls() and (found := _from_urls(mime.urls())):
        return found
    return from_text(mime.text()) if mime.hasText() else Dropped()


def _from_urls(urls: list[QUrl]) -> Dropped:
    files: list[Path] = []
    links: list[str] = []
    unknown: list[str] = []
    for url in urls:
        if url.isLocalFile():
            path = Path(url.toLocalFile())
            usable = path.name.lower().endswith(SUFFIX) or path.is_dir()
            files.append(path) if usable else unknown.append(str(path))
            continue
        # toString() would turn %20 in a magnet's name into a space
        text = bytes(url.toEncoded().data()).decode("ascii", "replace")
        (links if text.startswith(_SCHEMES) else unknown).append(text)
    if not files and not any(map(parse_link, links)):
        return Dropped(unknown=(*links, *unknown))
    return Dropped(tuple(files), tuple(links), tuple(unknown))
