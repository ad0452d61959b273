"""The figures as a table: the ratio to the floor first, then what was measured, the floor and the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, the floor it stands on, and the goals by the number of torrents."""

    title: str
    figure: str
    unit: str
    floor: str = ""
    goals: tuple[tuple[str, float], ...] = ()

    def line(self, case: str, found: Figures, floors: Figures) -> str | None:
        value, floor = found.get(self.figure), floors.get(self.floor)
        if value is None:
            return None
        ratio = f"{value / floor:7.2f} x" if floor else " " * 9
        beside = f"{_number(floor)} {self.unit}" if floor is not None else ""
        goal = dict(self.goals).get(case)
        judged = (
            "" if goal is None else f"goal {_number(goal).strip()} {self.unit}: {'met' if value <= goal else 'MISSED'}"
        )
        cpu = found.get(f"{self.figure}_cpu")
        used = "" if cpu is None else f"CPU {_number(cpu)}"
        return (
            f"  {self.title:<42}{ratio}  {_number(value)} {self.unit:<3}{used:<13} floor {beside:<13}{judged}".rstrip()
        )


def _number(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:8.{digits}f}"


_BY_100 = "100,000"
_BY_10 = "10,000"
_MANY = "20,000 x 10,000 categories"
_INPUT = ((_BY_10, 16.0), (_BY_100, 100.0))

ROWS = (
    Row("process start to complete list", "start_to_list_s", "s", "decode_s"),
    Row(
        "last byte to complete list",
        "last_byte_to_list_s",
        "s",
        "decode_s",
        ((_BY_10, 0.12), (_BY_100, 0.4), (_MANY, 0.4)),
    ),
    Row("longest gap while loading", "gap_loading_ms", "ms", "gap_max_ms", ((_BY_100, 40.0),)),
    Row("gap per poll, 1 % changed: p99", "gap_p99_ms_at_0.01", "ms", "gap_p99_ms", ((_BY_100, 25.0),)),
    Row("    longest", "gap_max_ms_at_0.01", "ms", "gap_max_ms"),
    Row("gap per poll, 10 % changed: p99", "gap_p99_ms_at_0.1", "ms", "gap_p99_ms", ((_BY_10, 16.0),)),
    Row("    longest", "gap_max_ms_at_0.1", "ms", "gap_max_ms"),
    Row("CPU per poll, 1 % changed", "cpu_ms_at_0.01", "ms", "cpu_floor_ms_at_0.01"),
    Row("CPU per poll, 10 % changed", "cpu_ms_at_0.1", "ms", "cpu_floor_ms_at_0.1"),
    Row("sort click", "sort_ms", "ms", "repaint_ms", _INPUT),
    Row("    until it is painted", "sort_latency_ms", "ms", "repaint_ms", _INPUT),
    Row("filter keystroke", "filter_ms", "ms", "repaint_ms", _INPUT),
    Row("    until it is painted", "filter_latency_ms", "ms", "repaint_ms", _INPUT),
    Row("select all", "select_all_ms", "ms", "repaint_ms", _INPUT),
    Row("    until it is painted", "select_all_latency_ms", "ms", "repaint_ms", _INPUT),
    Row("pick a category", "category_ms", "ms", "repaint_ms"),
    Row("    until it is painted", "category_latency_ms", "ms", "repaint_ms"),
    Row("switch of saved view", "view_ms", "ms", "repaint_ms"),
    Row("    until it is painted", "view_latency_ms", "ms", "repaint_ms"),
    Row("switch of server (two of half the size)", "switch_ms", "ms", "repaint_ms"),
    Row("    until it is painted", "switch_latency_ms", "ms", "repaint_ms"),
    Row("resident memory", "resident_mb", "MB", "memory_floor_mb", ((_BY_10, 140.0), (_BY_100, 370.0))),
)

IDLE_ROWS = (
    Row("CPU, window shown", "idle_shown_percent", "%", "", (("1,000 unchanged", 1.0),)),
    Row("CPU, window hidden", "idle_hidden_percent", "%", "", (("1,000 unchanged", 0.3),)),
    Row("resident memory", "resident_mb", "MB"),
)

_ONE = "100,000 files"
CONTENT_ROWS = (
    Row("torrent picked to first paint of its files", "first_paint_s", "s", "", ((_ONE, 1.0),)),
    Row("    longest gap", "opening_ms", "ms"),
    Row("expand all folders: longest gap", "expand_ms", "ms"),
    Row("filter keystroke: longest gap", "filter_ms", "ms"),
    Row("sort click: longest gap", "sort_ms", "ms"),
    Row("scroll by a page: longest gap", "scroll_ms", "ms"),
    Row("gap per poll, 1 % of files changed: p99", "gap_p99_ms", "ms"),
    Row("    longest", "gap_max_ms", "ms"),
    Row("CPU per poll", "cpu_ms", "ms"),
    Row("resident memory", "resident_mb", "MB"),
)


def start(floor: float, own: float) -> str:
    judged = "met" if own <= 1.6 * floor else "MISSED"
    return (
        f"Process start to first painted window{own / floor:16.2f} x  {_number(own)} s   floor {_number(floor)} s"
        f"     goal 1.6 x: {judged}"
    )


def case(name: str, found: Figures, floors: Figures) -> list[str]:
    """The lines of one size; ``floors`` gets what is made of several figures."""
    floors = floors | {
        f"cpu_floor_ms_at_{share}": floors[f"decode_ms_at_{share}"] + floors["repaint_ms_cpu"] for share in (0.01, 0.1)
    }
    floors["memory_floor_mb"] = floors["window_mb"] + floors["decoded_mb"]
    head = f"{name} torrents; the answer has {floors['answer_mb']:.0f} MB"
    return ["", head, *(line for row in ROWS if (line := row.line(name, found, floors)))]


def idle(name: str, found: Figures) -> list[str]:
    return ["", f"{name}, idle", *(line for row in IDLE_ROWS if (line := row.line(name, found, {})))]


def content(found: Figures) -> list[str]:
    lines = (row.line(_ONE, found, {}) for row in CONTENT_ROWS)
    return ["", f"Content of a torrent with {_ONE}", *(line for line in lines if line)]


def preferences(found: Figures) -> list[str]:
    """Opening, first and again, and a key in the search."""
    opened = f"opened in {found['first_ms']:.0f} ms the first time, then in {found['again_ms']:.0f} ms"
    typed = f"a key in the search {found['key_ms']:.1f} ms (slowest {found['slowest_key_ms']:.1f})"
    return ["", f"Preferences, 241 keys: {opened}; {typed}"]


def growth(found: Figures) -> list[str]:
    """One line for a kind of poll and a size."""
    lines = ["", "One poll, 100 changed, fed to mirror and table:        ms   uses of torrents         kB"]
    keys = dict.fromkeys(tuple(key.split("|")[:2]) for key in found)
    for kind, count in keys:
        ms, touches, kb = (found[f"{kind}|{count}|{name}"] for name in ("ms", "touches", "kb"))
        lines.append(f"  {kind:<26}{int(count):>12,}{ms:>17.1f}{touches:>19,}{kb:>11,}")
    return lines
