"""What is dropped or pasted on the window: files, folders and links.  No widgets.

An answer that holds nothing makes the window refuse the drop, so that the pointer says so at once.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from qbt_remote.api.adding.given import Given, from_addresses, from_text


def dropped(mime: QMimeData | None) -> Given:
    """Give what of a drop or of the clipboard can be added, and what cannot, to be named.

    Nothing is read but whether a path without the suffix is a folder.  Addresses win over the text
    that programs put beside them.  Where there is no clipboard, or nothing on it, Qt gives None on some systems.
    """
    if mime is None:
        return Given()
    given = from_addresses(map(_address, mime.urls())) if mime.hasUrls() else Given()
    if given or not mime.hasText():
        return given
    return from_text(mime.text()) or given or from_text(mime.text())


def _address(url: QUrl) -> Path | str:
    if url.isLocalFile():
        return Path(url.toLocalFile())
    # toString() would turn %20 in a magnet's name into a space
    return bytes(url.toEncoded().data()).decode("ascii", "replace")
