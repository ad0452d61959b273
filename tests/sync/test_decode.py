"""What the bytes of sync/maindata become, good or bad, at once or in pieces."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbt_remote.api.endpoints import FIELDS
from qbt_remote.api.errors import BadReply
from qbt_remote.sync import decode
from qbt_remote.sync.decode import WINDOW, maindata
from qbt_remote.sync.delta import Delta, Desync
from qbt_remote.sync.torrent import Torrent
from tests.conftest import Run

A, B, C = "a" * 40, "b" * 40, "c" * 40


def decoded(body: bytes | dict[str, Any], *, piece: int = 0, window: int = WINDOW) -> Delta:
    """Decode one answer that comes in pieces of this size, in windows of at least that size."""
    raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), piece or max(1, len(raw))):
            yield raw[start : start + (piece or len(raw))]

    return asyncio.run(maindata(pieces(), "home", window=window))


def test_how_many_torrents_are_there_is_told_while_they_come_in() -> None:
    raw = json.dumps({"rid": 1, "full_update": True, "torrents": many(2000)}, separators=(",", ":")).encode()
    told: list[int] = []

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(raw), 65536):
            yield raw[start : start + 65536]

    asyncio.run(maindata(pieces(), "home", told=told.append))

    assert told == sorted(told) and told[-1] == 2000
    assert told[0] < 500


def rows(delta: Delta) -> dict[str, dict[str, Any]]:
    """Give what each torrent holds."""
    return {
        h: {f: getattr(row, f) for f in row.__struct_fields__} if isinstance(row, Torrent) else row
        for h, row in delta.torrents.items()
    }


def many(count: int, **fields: Any) -> dict[str, Any]:
    """Give an answer of more than one window."""
    return {f"{n:040x}": {"name": f"name {n}", "comment": "x" * 900, "size": n, **fields} for n in range(count)}


def test_a_full_update_has_whole_torrents_and_knows_what_was_sent() -> None:
    delta = decoded({"rid": 3, "full_update": True, "torrents": {A: {"name": "x", "size": 5, "new_in_7": 1}}})

    row = delta.torrents[A]
    assert isinstance(row, Torrent)
    assert (delta.rid, delta.full, row.name, row.size, row.eta) == (3, True, "x", 5, 8640000)
    assert delta.sent == {"name", "size"}


@pytest.mark.parametrize("body", [{}, {"app": "other", "version": 12}, {"data": {"rid": 1}}, {"error": "Forbidden"}])
def test_an_answer_of_another_program_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(BadReply, match="not from qBittorrent"):
        decoded(body)


@pytest.mark.parametrize("body", [b"", b"\r\n  "])
def test_an_empty_answer_is_called_empty(body: bytes) -> None:
    with pytest.raises(BadReply, match="empty answer"):
        decoded(body)


def test_a_delta_has_only_the_fields_that_were_sent() -> None:
    delta = decoded({"rid": 4, "torrents": {A: {"dlspeed": 5, "unheard_of": 1}}, "torrents_removed": [B]})

    assert (delta.torrents, delta.torrents_removed, delta.full) == ({A: {"dlspeed": 5}}, [B], False)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("order", [("torrents", "rid", "full_update", "trackers"), ("rid", "trackers", "torrents")])
def test_keys_come_in_any_order_and_in_any_pieces(full: bool, order: tuple[str, ...]) -> None:
    parts = {"rid": 9, "full_update": full, "trackers": {"http://t/": [A]}, "torrents": many(1200)}
    answer = {key: parts[key] for key in (*order, *parts)}

    at_once, in_pieces = decoded(answer), decoded(answer, piece=100_003)

    assert rows(at_once) == rows(in_pieces)
    assert len(at_once.torrents) == 1200
    for delta in (at_once, in_pieces):
        assert (delta.rid, delta.full, delta.trackers) == (9, full, {"http://t/": [A]})


def test_names_that_look_like_places_to_cut_are_only_names() -> None:
    trap = f'}},"{A}":{{"torrents":{{"'
    torrents = many(900, name=trap)
    categories = {"torrents": {"name": "torrents"}, B: {"name": B}, C: {"name": C}}

    delta = decoded({"categories": categories, "full_update": True, "torrents": torrents}, piece=65536)

    assert len(delta.torrents) == 900
    assert {row["name"] for row in rows(delta).values()} == {trap}
    assert list(delta.categories) == ["torrents", B, C]


def test_categories_that_look_like_torrents_may_come_behind_them() -> None:
    categories = {f"{n:040x}": {"name": "", "savePath": "y" * 500} for n in range(2000)}

    delta = decoded({"full_update": True, "torrents": many(900), "categories": categories, "rid": 2}, piece=65536)

    assert (len(delta.torrents), len(delta.categories), delta.rid) == (900, 2000, 2)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_windows_make_no_difference(data: st.DataObject) -> None:
    row: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"name": st.text(max_size=20) | st.just('"},"' + A + '":{')},
        optional={"dlspeed": st.integers(-5, 5), "private": st.sampled_from([None, True]), "odd": st.just({A: {}})},
    )
    torrents = data.draw(st.dictionaries(st.sampled_from([f"{n:040x}" for n in range(9)]), row))
    parts: dict[str, Any] = {"rid": 1, "full_update": data.draw(st.booleans()), "torrents": torrents}
    parts["categories"] = {name: {"name": name} for name in data.draw(st.lists(st.sampled_from([A, "torrents", "x"])))}
    answer = {key: parts[key] for key in data.draw(st.permutations(list(parts)))}
    piece = data.draw(st.integers(1, 400))

    whole = decoded(answer)
    cut = decoded(answer, piece=piece, window=data.draw(st.integers(1, 300)))

    assert rows(whole) == rows(cut)
    assert (whole.full, whole.rid, whole.categories) == (cut.full, cut.rid, cut.categories)


URLS = ("http://t/", "udp://t/é\U0001f600", A, f'"{A}"', f'["{A}","{B}"]}},', "", "torrents")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_windows_make_no_difference_to_lists_of_trackers(data: st.DataObject) -> None:
    hashes = st.lists(st.sampled_from([A, B, C, "odd"]), max_size=9)
    parts: dict[str, Any] = {"full_update": data.draw(st.booleans()), "torrents": many(3)}
    parts["trackers"] = data.draw(st.dictionaries(st.sampled_from(URLS), hashes))
    parts |= {"trackers_removed": [A, B], "tags": [B, C]}
    behind = ("torrents", "trackers", *data.draw(st.permutations(["full_update", "trackers_removed", "tags"])))
    answer = {key: parts[key] for key in data.draw(st.just(behind) | st.permutations(behind))}

    cut = decoded(answer, piece=data.draw(st.integers(1, 400)), window=data.draw(st.integers(1, 300)))

    assert (cut.trackers, cut.trackers_removed) == (parts["trackers"], [A, B])
    assert rows(cut) == rows(decoded(answer))
    assert cut.tags == [B, C]


def test_lists_of_trackers_that_end_too_early_are_an_error() -> None:
    body = json.dumps({"rid": 1, "torrents": many(2), "trackers": {"http://t/": [A] * 99}}, separators=(",", ":"))

    with pytest.raises(BadReply):
        decoded(body[:-60].encode(), piece=50, window=100)


def test_a_bad_entry_in_a_list_of_trackers_is_left_out() -> None:
    trackers = {"http://t/": [A] * 40, "http://u/": [B, 7, C, None], "http://v/": 5, "http://w/": [A, B, C] * 9}

    delta = decoded({"rid": 1, "torrents": many(2), "trackers": trackers}, piece=50, window=100)

    assert delta.trackers == trackers | {"http://u/": [B, C], "http://v/": []}


BAD_VALUES = ["1e400", "-1e999", "NaN", "Infinity", "99999999999999999999", "9223372036854775808", "9" * 5000]
BAD_VALUES += ["null", '"text"', "[1]", "{}", "true", "1.5"]


@pytest.mark.parametrize("full", [b"true", b"false"])
@pytest.mark.parametrize("value", BAD_VALUES, ids=lambda value: value[:20])
def test_a_bad_value_is_unknown_and_nothing_else_is(value: str, full: bytes) -> None:
    one, two = b'{"name":"one","size":%s,"dlspeed":7}' % value.encode(), b'{"name":"two","size":2}'
    torrents = b'{"%s":%s,"%s":%s}' % (A.encode(), one, B.encode(), two)

    got = rows(decoded(b'{"full_update":%s,"rid":1,"torrents":%s}' % (full, torrents)))

    assert (got[A]["name"], got[A]["dlspeed"], got[B]["size"]) == ("one", 7, 2)
    assert got[A]["size"] == 0


def test_a_bad_window_does_not_spoil_the_others() -> None:
    torrents = many(5)
    torrents[f"{2:040x}"]["size"] = "text"

    delta = decoded({"full_update": True, "torrents": torrents}, window=200)

    assert [row["size"] for row in rows(delta).values()] == [0, 1, 0, 3, 4]


def test_a_bad_value_of_an_unknown_field_harms_nothing() -> None:
    body = b'{"torrents":{"%s":{"size":1,"from_version_7":NaN,"dlspeed":null}}}' % A.encode()

    assert decoded(body).torrents == {A: {"size": 1, "dlspeed": 0}}


@pytest.mark.parametrize("full", [True, False])
def test_lists_and_objects_of_the_wrong_shape_are_empty_or_unknown(full: bool) -> None:
    categories = {"none": None, "text": "x", "paths": {"savePath": 5, "download_path": [1]}}
    body = {"full_update": full, "categories": categories, "server_state": {"dht_nodes": None, "queueing": True}}

    delta = decoded(body)

    assert {row["savePath"] for row in delta.categories.values()} == {""}
    assert {row["download_path"] for row in delta.categories.values()} == {None}
    assert delta.server == {"dht_nodes": None, "queueing": True}


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    body = b'{"torrents":{"%s":{"name":"a\\ud800b \\ud83d\\ude00"}},"tags":["\\udfff"],"rid":1}' % A.encode()

    delta = decoded(body)

    assert delta.torrents == {A: {"name": "a\ufffdb \N{GRINNING FACE}"}}
    assert delta.tags == ["\ufffd"]


@pytest.mark.parametrize("name", [b"a\xff", b"a\xed\xa0\x80", b"a\nb", b"a\x00"])
def test_bytes_that_are_no_text_are_replaced(name: bytes) -> None:
    delta = decoded(b'{"rid":1,"torrents":{"%s":{"name":"%s","size":3}}}' % (A.encode(), name))

    row = delta.torrents[A]
    assert isinstance(row, dict)
    assert row["size"] == 3
    assert row["name"].startswith("a")


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decoded(b'\xef\xbb\xbf{"rid":5}').rid == 5


def test_a_whole_number_written_with_a_point_is_a_number() -> None:
    assert decoded(b'{"torrents":{"%s":{"size":12.0}}}' % A.encode()).torrents == {A: {"size": 12}}


def test_of_two_entries_with_the_same_key_the_last_counts() -> None:
    key = A.encode()

    assert decoded(b'{"torrents":{"%s":{"size":1},"%s":{"size":2}}}' % (key, key)).torrents == {A: {"size": 2}}


@pytest.mark.parametrize("share", [n / 20 for n in range(20)])
def test_an_answer_cut_short_is_refused_wherever_it_is_cut(share: float) -> None:
    body = json.dumps({"full_update": True, "rid": 1, "torrents": many(700), "trackers": {}}).encode()

    with pytest.raises(BadReply, match="home"):
        decoded(body[: int(len(body) * share)], piece=50_000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"[]",
        b"Ok.",
        b'{"rid":1}}',
        b"[" * 1_000_000,
        b'{"a":' * 300_000,
        b'{"torrents":{"x":' + b"[" * 500_000,
    ],
    ids=["nothing", "html", "list", "text", "too much", "deep list", "deep object", "deep torrent"],
)
def test_what_is_no_answer_is_refused_quickly(body: bytes) -> None:
    began = time.perf_counter()

    with pytest.raises(BadReply):
        decoded(body)

    assert time.perf_counter() - began < 2


def test_values_of_wrong_shapes_are_absent_or_unknown() -> None:
    delta = decoded(
        {
            "rid": [1],
            "torrents": {A: None, B: 5},
            "torrents_removed": [1, A, None],
            "categories": {"x": 5},
            "tags": {"a": 1},
            "trackers": {"http://t/": [A, 7], "http://u/": 3},
            "server_state": {"dht_nodes": None, "free_space_on_disk": 2**70, "queueing": True},
        }
    )

    assert (delta.rid, delta.torrents, delta.torrents_removed, delta.tags) == (0, {}, [A], [])
    assert delta.categories == {"x": {"name": "x", "savePath": "", "download_path": None}}
    assert delta.trackers == {"http://t/": [A], "http://u/": []}
    assert delta.server == {"dht_nodes": None, "free_space_on_disk": None, "queueing": True}


@pytest.mark.parametrize(("rid", "kept"), [(7, 7), ("x", "x"), (True, 0), (None, 0), (1.5, 0)])
def test_the_rid_is_opaque(rid: Any, kept: Any) -> None:
    assert decoded({"rid": rid}).rid == kept


def test_old_state_names_become_the_new_ones() -> None:
    old = {A: {"name": "a", "state": "pausedDL"}, B: {"name": "b", "state": "pausedUP"}}

    for full in (True, False):
        assert [row["state"] for row in rows(decoded({"full_update": full, "torrents": old})).values()] == [
            "stoppedDL",
            "stoppedUP",
        ]


def test_a_list_of_category_names_becomes_categories() -> None:
    assert decoded({"categories": ["a", "b/c"]}).categories == {
        "a": {"name": "a", "savePath": ""},
        "b/c": {"name": "b/c", "savePath": ""},
    }


def test_old_names_of_category_fields_become_the_new_ones() -> None:
    assert FIELDS.keys() == {"category"}, "decode.py knows where to rename these only"
    assert decoded({"categories": {"a": {"name": "a", "save_path": "/x"}}}).categories["a"]["savePath"] == "/x"


@pytest.mark.parametrize("never", [-1, 0, -7200, 3600, 86400, 4294967295])
@pytest.mark.parametrize("full", [True, False])
def test_dates_that_mean_never_are_minus_one(never: int, full: bool) -> None:
    sent = {"name": "x", "completion_on": never, "seen_complete": never}

    row = rows(decoded({"full_update": full, "torrents": {A: sent}}))[A]

    assert (row["completion_on"], row["seen_complete"]) == (-1, -1)


@pytest.mark.parametrize("full", [True, False])
def test_dates_that_are_dates_stay(full: bool) -> None:
    sent = {"name": "x", "completion_on": 1_700_000_000, "seen_complete": 1_700_000_001, "ratio": 9999}

    row = rows(decoded({"full_update": full, "torrents": {A: sent}}))[A]

    assert {name: row[name] for name in sent} == sent


@pytest.mark.parametrize("full", [True, False])
def test_an_old_infinite_ratio_is_minus_one(full: bool) -> None:
    assert rows(decoded({"full_update": full, "torrents": {A: {"ratio": 9999.5}}}))[A]["ratio"] == -1


def test_equal_texts_are_one_object() -> None:
    torrents = many(3, category="films and series", save_path="/a/long/path")

    got = list(decoded({"full_update": True, "torrents": torrents}).torrents.values())

    assert all(isinstance(t, Torrent) and t.save_path is got[0].save_path for t in got)  # type: ignore[union-attr]


def test_equal_values_of_a_torrent_are_one_object() -> None:
    row = {"content_path": "/d/x", "root_path": "/d/x", "size": 7000, "completed": 7000, "downloaded": 7000}
    delta = decoded({"full_update": True, "torrents": {A: row | {"total_size": 7000}}})

    t = delta.torrents[A]
    assert isinstance(t, Torrent)
    assert t.root_path is t.content_path
    assert t.size is t.total_size is t.completed is t.downloaded


def test_wire_fields_cannot_set_our_own() -> None:
    sent = {"name": "x", "server": "evil", "tracker_hosts": ["evil"], "hash": "evil"}

    assert decoded({"torrents": {A: sent}}).torrents == {A: {"name": "x"}}


def test_other_work_gets_its_turn_while_much_is_decoded(run: Run) -> None:
    body = json.dumps({"full_update": True, "rid": 1, "torrents": many(20_000)}, separators=(",", ":")).encode()
    turns = 0

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def decode_beside_it() -> Delta:
        counting = asyncio.ensure_future(count())
        try:
            return await maindata(pieces(), "home")
        finally:
            counting.cancel()
            await asyncio.wait([counting])

    assert len(run(decode_beside_it()).torrents) == 20_000
    assert turns > 3


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"x" * 65536),
        (b'{"rid":1,"categories":[', b"[]," * 20_000),
        (b'{"full_update":true,"torrents":{"%040x":{}' % 0, b""),
        (b'{"full_update":true,"torrents":{},"trackers":{"x":["%040x"' % 0, b',"%040x"' % 1 * 2000),
    ],
    ids=["no JSON", "empty lists", "empty torrents", "one tracker"],
)
def test_an_answer_without_an_end_is_refused(head: bytes, piece: bytes) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        yield head
        while True:
            made = piece or b"".join(b',"%040x":{}' % n for n in range(sent, sent + 2000))
            sent += len(made)
            yield made

    with pytest.raises(BadReply):
        asyncio.run(maindata(pieces(), "home"))
    assert sent <= 128 * 2**20


def test_trackers_of_one_torrent_each_are_cut_between_trackers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "LARGEST_REST", 2 * WINDOW)
    hashes = [f"{n:040x}" for n in range(20_000)]
    trackers = {f"https://tracker{n}.test/announce": [h] for n, h in enumerate(hashes)}
    trackers['http://odd.test/],"x":["y'] = hashes[:2]
    body = {"rid": 1, "full_update": True, "torrents": many(400), "trackers": trackers}

    assert decoded(body, piece=50_000).trackers == trackers


def test_a_hash_in_the_list_of_a_tracker_is_the_one_of_its_torrent() -> None:
    torrents = many(400)
    trackers = {f"http://t{n}.test/{'x' * 900}": [*torrents] for n in range(40)}

    delta = decoded({"rid": 1, "full_update": True, "torrents": torrents, "trackers": trackers}, piece=50_000)

    whole = {h: row.hash for h, row in delta.torrents.items() if isinstance(row, Torrent)}
    assert all(h is whole[h] for hashes in list(delta.trackers.values())[:30] for h in hashes)
    assert delta.trackers == trackers


def test_fifty_thousand_categories_are_decoded_entry_by_entry(run: Run) -> None:
    row = {"savePath": "/downloads", "download_path": None, "ratio_limit": -2, "share_limit_action": "Default"}
    categories = {f"shelf {n // 20}/category {n}": row for n in range(50_000)}
    categories["half \ud800"] = row
    body = {"categories": categories, "full_update": True, "rid": 1, "torrents": many(1)}
    turns = 0

    async def decoding_it() -> Delta:
        nonlocal turns
        going = asyncio.ensure_future(maindata(one_piece(body), "home"))
        while not going.done():
            turns += 1
            await asyncio.sleep(0)
        return await going

    delta = run(decoding_it())

    assert len(delta.categories) == 50_001 and len(delta.torrents) == 1
    assert delta.categories["half \ufffd"]["savePath"] == "/downloads"
    assert turns > 20


@pytest.mark.parametrize(
    "head",
    [
        b'{"categories":{"a":[' + b"[]," * 1_000_000 + b'1]},"rid":1,"torrents":{"',
        b'{"categories":{' + b",".join(b'"%d":{}' % n for n in range(700_000)) + b'},"rid":1,"torrents":{}}',
        b'{"rid":1,"tags":[' + b'"",' * 1_000_000 + b'""]}',
    ],
    ids=["lists", "categories", "tags"],
)
def test_more_entries_than_a_server_has_are_refused_before_they_are_made(head: bytes) -> None:
    with pytest.raises(BadReply, match="not from qBittorrent"):
        decoded(head, piece=WINDOW)


@pytest.mark.parametrize(
    ("full", "row", "fits"),
    [(True, {}, 60_000), (False, {}, 150_000), (False, {"dlspeed": 1, "upspeed": 1, "eta": 1}, 120_000)],
)
def test_torrents_of_few_bytes_are_refused_once_they_take_64_mib_more_than_was_sent(
    full: bool, row: dict[str, int], fits: int
) -> None:
    def body(count: int) -> dict[str, Any]:
        return {"full_update": full, "rid": 1, "torrents": {f"{n:040x}": row for n in range(count)}}

    assert len(decoded(body(fits), piece=WINDOW).torrents) == fits
    with pytest.raises(BadReply, match="not from qBittorrent"):
        decoded(body(3 * fits), piece=WINDOW)


async def one_piece(body: dict[str, Any]) -> AsyncIterator[bytes]:
    yield json.dumps(body, separators=(",", ":")).encode()


def test_changes_of_a_torrent_that_is_not_known_end_the_reading_at_once() -> None:
    rows = {A: {"dlspeed": 1}, B: {"dlspeed": 1}, C: {"name": "new"}, **many(5000)}
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        raw = json.dumps({"rid": 1, "torrents": rows}, separators=(",", ":")).encode()
        for start in range(0, len(raw), WINDOW):
            read += 1
            yield raw[start : start + WINDOW]

    known = asyncio.run(maindata(pieces(), "home", knows={A, B}.__contains__))
    assert len(known.torrents) == 5003
    assert read > 10

    read = 0
    with pytest.raises(Desync, match=B):
        asyncio.run(maindata(pieces(), "home", knows={A}.__contains__))
    assert read <= 2
