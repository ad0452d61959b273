"""How the window and its dialogs stood when they were seen last."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

LARGEST = 10_000


@dataclass(slots=True)
class WindowState:
    """What does not fit is left out when it is read: a window then opens as it does the first time."""

    geometry: str = ""
    """Base64 of Qt's ``saveGeometry``."""
    split: str = ""
    """Base64 of the state of the splitter between sidebar and list."""
    details: dict[str, Any] = field(default_factory=dict)
    """What the area below the list and its panels give."""
    sizes: dict[str, list[int]] = field(default_factory=dict)
    """Width and height of dialogs and further windows, by their names."""
    pages: dict[str, str] = field(default_factory=dict)
    """The page in view of dialogs with pages."""
    folders: dict[str, str] = field(default_factory=dict)
    """Folders of this computer that were chosen last, by what for: "add", "export", "download"."""
    places: dict[str, list[int]] = field(default_factory=dict)
    """The upper left corners of those in ``sizes``."""
    unknown: dict[str, Any] = field(default_factory=dict, repr=False)
    """Keys of a newer program, written back as they were."""

    @classmethod
    def read(cls, value: Any) -> WindowState:
        """Take what ``as_json`` gave.  Raises ValueError if it is no object."""
        if not isinstance(value, dict):
            raise ValueError
        names = {f.name for f in fields(cls)} - {"unknown"}
        state = cls(unknown={name: found for name, found in value.items() if name not in names})
        for name in ("geometry", "split"):
            if isinstance(value.get(name), str):
                setattr(state, name, value[name])
        if isinstance(value.get("details"), dict):
            state.details = value["details"]
        state.sizes = {name: size for name, size in _items(value, "sizes") if _is_size(size)}
        state.places = {name: place for name, place in _items(value, "places") if _is_place(place)}
        state.pages, state.folders = (
            {name: text for name, text in _items(value, key) if isinstance(text, str)} for key in ("pages", "folders")
        )
        return state

    def as_json(self) -> dict[str, Any]:
        written = asdict(self)
        unknown: dict[str, Any] = written.pop("unknown")
        return written | unknown


def _items(value: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    found = value.get(key)
    return list(found.items()) if isinstance(found, dict) else []


def _is_place(place: Any) -> bool:
    return isinstance(place, list) and len(place) == 2 and all(type(n) is int and abs(n) < LARGEST for n in place)


def _is_size(size: Any) -> bool:
    return isinstance(size, list) and len(size) == 2 and all(type(n) is int and 0 < n < LARGEST for n in size)
