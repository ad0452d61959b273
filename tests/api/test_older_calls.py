"""What older servers do by another way."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx
import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Rejected, Unsupported
from tests.api.scripted import Scripted, client_of, form_of
from tests.conftest import Run


def connected(run: Run, server: Scripted) -> QbtClient:
    client = client_of(server)
    run(client.connect())
    server.requests.clear()
    return client


class Limits:
    """The alternative limits of a server, which only knows the toggle."""

    def __init__(self, *, on: bool, stuck: bool = False) -> None:
        self.on, self.stuck = on, stuck
        self.server = Scripted("2.5.1", "v4.2.5")
        self.server.answers |= {
            "transfer/speedLimitsMode": lambda _request: httpx.Response(200, text=str(int(self.on))),
            "transfer/toggleSpeedLimitsMode": self.toggle,
        }

    def toggle(self, _request: httpx.Request) -> httpx.Response:
        self.on = self.on if self.stuck else not self.on
        return httpx.Response(200)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_alternative_limits_are_toggled_only_if_they_are_not_yet_as_wanted(
    run: Run, before: bool, wanted: bool
) -> None:
    limits = Limits(on=before)

    run(connected(run, limits.server).post("transfer/setSpeedLimitsMode", mode=int(wanted)))

    assert limits.on is wanted
    assert len(limits.server.called("transfer/toggleSpeedLimitsMode")) == int(before is not wanted)


def test_a_toggle_that_did_not_take_is_said(run: Run) -> None:
    limits = Limits(on=False, stuck=True)

    with pytest.raises(Rejected, match="did not change"):
        run(connected(run, limits.server).post("transfer/setSpeedLimitsMode", mode=1))


def test_newer_servers_are_told_the_mode(run: Run) -> None:
    server = Scripted("2.8.19", "v4.5.2")
    server.answers["transfer/setSpeedLimitsMode"] = httpx.Response(200)

    run(connected(run, server).post("transfer/setSpeedLimitsMode", mode=1))

    assert [form_of(request) for request in server.requests] == [{"mode": "1"}]


FILES = httpx.Response(200, json=[{"name": "top/a.txt"}, {"name": "top/b.txt"}])


def test_a_file_is_renamed_by_its_number_before_4_3_3(run: Run) -> None:
    server = Scripted("2.7", "v4.3.2")
    server.answers |= {"torrents/files": FILES, "torrents/renameFile": httpx.Response(200)}

    run(connected(run, server).post("torrents/renameFile", hash="a", oldPath="top/b.txt", newPath="top/c.txt"))

    assert form_of(server.requests[-1]) == {"hash": "a", "id": "1", "name": "c.txt"}


def test_a_file_that_is_not_there_cannot_be_renamed(run: Run) -> None:
    server = Scripted("2.5.1", "v4.2.5")
    server.answers["torrents/files"] = FILES

    with pytest.raises(Rejected):
        run(connected(run, server).post("torrents/renameFile", hash="a", oldPath="top/x", newPath="top/y"))


def test_a_file_cannot_change_its_folder_before_4_3_3(run: Run) -> None:
    with pytest.raises(Unsupported, match=r"4\.3\.3"):
        run(
            connected(run, Scripted("2.5.1", "v4.2.5")).post(
                "torrents/renameFile", hash="a", oldPath="top/x", newPath="other/x"
            )
        )


@pytest.mark.parametrize("call", ["torrents/renameFile", "torrents/renameFolder"])
@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/x", "C:/x", "C:\\x", "a//b", "a/", "", ".", "..\\x", " /x"]
)
def test_a_path_that_leads_out_of_the_torrent_is_never_sent(run: Run, call: str, path: str) -> None:
    server = Scripted("2.16.2", "v5.3.0")

    with pytest.raises(Rejected, match="inside the torrent"):
        run(connected(run, server).post(call, hash="a", oldPath="top/x", newPath=path))

    assert not server.requests


def test_removing_no_tags_is_never_sent_since_it_removes_all(run: Run) -> None:
    server = Scripted()

    with pytest.raises(ValueError, match="every tag"):
        run(connected(run, server).post("torrents/removeTags", hashes=["a"], tags=[]))

    assert not server.requests


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (None, {"downloadPathEnabled": ""}),
        (False, {"downloadPathEnabled": "false"}),
        ("/tmp/dl", {"downloadPathEnabled": "true", "downloadPath": "/tmp/dl"}),
    ],
)
def test_editing_a_category_keeps_its_download_path(run: Run, path: object, sent: dict[str, str]) -> None:
    server = Scripted()
    server.answers |= {
        "torrents/categories": httpx.Response(200, json={"films": {"name": "films", "download_path": path}}),
        "torrents/editCategory": httpx.Response(200),
    }

    run(connected(run, server).post("torrents/editCategory", category="films", savePath="/f"))

    assert form_of(server.requests[-1]) == {"category": "films", "savePath": "/f"} | sent


@pytest.mark.parametrize(("api", "app"), [("2.5.1", "v4.2.5"), ("2.16.2", "v5.3.0")])
def test_a_category_is_edited_in_one_call_where_nothing_is_lost(run: Run, api: str, app: str) -> None:
    server = Scripted(api, app)
    server.answers["torrents/editCategory"] = httpx.Response(200)

    run(connected(run, server).post("torrents/editCategory", category="films", savePath="/f"))

    assert len(server.requests) == 1


def preferences_sent(run: Run, api: str, app: str, now: Mapping[str, object], **wanted: object) -> dict[str, object]:
    server = Scripted(api, app)
    server.answers |= {"app/preferences": httpx.Response(200, json=now), "app/setPreferences": httpx.Response(200)}
    run(connected(run, server).post("app/setPreferences", json=wanted))
    sent = json.loads(form_of(server.requests[-1])["json"])
    assert isinstance(sent, dict)
    return sent


def test_trackers_to_add_are_sent_along_to_servers_that_would_wipe_them(run: Run) -> None:
    now = {"add_trackers_enabled": True, "add_trackers": "http://t"}

    assert preferences_sent(run, "2.5.1", "v4.2.5", now, dht=True) == {"dht": True, **now}
    assert preferences_sent(run, "2.6.1", "v4.3.1", now, dht=True) == {"dht": True}


def test_a_ratio_is_sent_with_its_switch_since_the_switch_alone_means_zero(run: Run) -> None:
    now = {"max_ratio": 2.5, "max_ratio_enabled": False}

    assert preferences_sent(run, "2.11.4", "v5.1.0", now, max_ratio_enabled=True) == {
        "max_ratio_enabled": True,
        "max_ratio": 2.5,
    }
    assert preferences_sent(run, "2.15.1", "v5.2.0", now, max_ratio=3) == {"max_ratio": 3}


def test_a_schedule_is_sent_as_hour_and_minute(run: Run) -> None:
    now = {"schedule_from_hour": 8, "schedule_from_min": 30, "schedule_to_hour": 20}

    assert preferences_sent(run, "2.16.2", "v5.3.0", now, schedule_from_hour=9) == {
        "schedule_from_hour": 9,
        "schedule_from_min": 30,
    }


def test_a_companion_that_the_server_does_not_know_is_left_out(run: Run) -> None:
    now = {"max_inactive_seeding_time_enabled": False}

    sent = preferences_sent(run, "2.8.19", "v4.5.2", now, max_inactive_seeding_time_enabled=True)

    assert sent == {"max_inactive_seeding_time_enabled": True}


def test_lists_that_older_servers_cannot_read_go_one_by_one(run: Run) -> None:
    server = Scripted()
    server.answers["torrents/addTrackers"] = httpx.Response(200)

    run(connected(run, server).post("torrents/addTrackers", hash=["a", "b"], urls=["http://t"]))

    assert [form_of(request)["hash"] for request in server.requests] == ["a", "b"]


@pytest.mark.parametrize("hashes", [{"b", "a"}, ("a", "b"), "a|b"])
def test_any_kind_of_list_is_split(run: Run, hashes: object) -> None:
    server = Scripted()
    server.answers["torrents/removeTrackers"] = httpx.Response(200)

    run(connected(run, server).post("torrents/removeTrackers", hash=hashes, urls=["http://t"]))

    assert [form_of(request)["hash"] for request in server.requests] == ["a", "b"]


def test_lists_go_whole_to_servers_that_read_them(run: Run) -> None:
    server = Scripted("2.16.2", "v5.3.0")
    server.answers["torrents/addTrackers"] = httpx.Response(204)

    run(connected(run, server).post("torrents/addTrackers", hash=["a", "b"], urls=["http://t"]))

    assert [form_of(request)["hash"] for request in server.requests] == ["a|b"]


@pytest.mark.parametrize(("api", "sent"), [("2.1.1", ["0", "2"]), ("2.2", ["0|2"])])
def test_file_priorities_go_one_by_one_before_4_1_5(run: Run, api: str, sent: list[str]) -> None:
    server = Scripted(api, "")
    server.answers["torrents/filePrio"] = httpx.Response(200)
    server.answers["torrents/files"] = httpx.Response(200, json=[{"name": "x", "priority": 7}] * 3)

    run(connected(run, server).post("torrents/filePrio", hash="a", id=[0, 2], priority=7))

    assert [form["id"] for request in server.requests if "id" in (form := form_of(request))] == sent


def test_a_file_priority_is_seen_before_the_next_until_4_5(run: Run) -> None:
    """A second call in the half second until then undoes the first."""
    server = Scripted("2.5.1", "v4.2.5")
    server.answers["torrents/filePrio"] = httpx.Response(200)
    looks = iter((1, 1, 0))
    server.answers["torrents/files"] = lambda _request: httpx.Response(
        200, json=[{"name": "x", "priority": next(looks)}]
    )

    run(connected(run, server).post("torrents/filePrio", hash="a", id=[0], priority=0))

    assert next(looks, None) is None


@pytest.mark.parametrize(("endpoint", "sent"), [("torrents/topPrio", "cba"), ("torrents/bottomPrio", "abc")])
@pytest.mark.parametrize(("api", "app", "one_by_one"), [("2.2", "v4.1.8", True), ("2.2.1", "v4.1.9", False)])
def test_to_an_end_of_the_queue_several_go_one_by_one_until_4_1_9(
    run: Run, endpoint: str, sent: str, api: str, app: str, one_by_one: bool
) -> None:
    server = Scripted(api, app)
    server.answers[endpoint] = httpx.Response(200)
    rows = [{"hash": name, "priority": place} for place, name in enumerate("abc", 1)]
    server.answers["torrents/info"] = httpx.Response(200, json=rows)

    run(connected(run, server).post(endpoint, hashes=["b", "c", "a"]))

    moved = [form_of(request)["hashes"] for request in server.requests if request.url.path.endswith(endpoint)]
    assert moved == (list(sent) if one_by_one else ["b|c|a"])
