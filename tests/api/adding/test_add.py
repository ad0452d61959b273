"""Adding: each item ends with a stated result, whatever the server says and whenever the answer is lost."""

from __future__ import annotations

from email import message_from_bytes

import httpx
import pytest

from qbt_remote.api.adding.add import (
    EMPTY_LINE,
    LARGEST_UPLOAD,
    NO_TAGS,
    NOT_A_LINK,
    TOO_LARGE,
    TWO_LINES,
    AddItem,
    AddOptions,
    AddResult,
    add,
)
from tests.api.scripted import Scripted, client_of, form_of
from tests.conftest import Run

HASH = "c0ffee" * 6 + "abcd"
MAGNET = f"magnet:?xt=urn:btih:{HASH}"
GENERATIONS = [("2.5.1", "v4.2.5"), ("2.8.19", "v4.5.2"), ("2.11.4", "v5.1.0"), ("2.16.2", "v5.3.0")]


class World:
    """A server that adds torrents, answering as its generation does."""

    def __init__(self, api: str = "2.11.4", app: str = "v5.1.0") -> None:
        self.server = Scripted(api, app)
        self.hashes: list[str] = []
        self.tags: dict[str, str] = {}
        self.adds = HASH
        """What the next add brings into the list; "" means it is refused."""
        self.lost: httpx.HTTPError | None = None
        """What happens to the answer of an add that was carried out."""
        self.server.answers |= {"torrents/info": self.info, "torrents/add": self.add, "torrents/addTags": self.tag}

    def info(self, request: httpx.Request) -> httpx.Response:
        wanted = form_of(request).get("hashes", "|".join(self.hashes)).split("|")
        return httpx.Response(200, json=[{"hash": h, "infohash_v1": ""} for h in self.hashes if h in wanted])

    def add(self, _request: httpx.Request) -> httpx.Response:
        good = bool(self.adds)
        if good:
            self.hashes.append(self.adds)
        if self.lost is not None:
            raise self.lost
        if not self.server.modern:
            return httpx.Response(200, text="Ok." if good else "Fails.")
        counts = {"success_count": 1, "failure_count": 0, "pending_count": 0, "added_torrent_ids": [self.adds]}
        return httpx.Response(200, json=counts) if good else httpx.Response(409, text="Conflict")

    def tag(self, request: httpx.Request) -> httpx.Response:
        form = form_of(request)
        self.tags[form["hashes"]] = form["tags"]
        return httpx.Response(200)


def item(link: str = MAGNET, torrent: bytes | None = None, hashes: tuple[str, ...] = (HASH,)) -> AddItem:
    return AddItem("source", torrent, "" if torrent else link, hashes[0] if hashes else "", "name", hashes)


def added(run: Run, server: Scripted, what: AddItem, options: AddOptions | None = None) -> AddResult:
    client = client_of(server)

    async def scene() -> AddResult:
        await client.connect()
        server.requests.clear()
        return await add(client, what, options or AddOptions())

    result = run(scene())
    assert isinstance(result, AddResult)
    return result


@pytest.mark.parametrize(("api", "app"), GENERATIONS)
def test_a_new_item_is_added_on_every_generation(run: Run, api: str, app: str) -> None:
    world = World(api, app)

    assert added(run, world.server, item()).outcome == "added"
    assert world.hashes == [HASH]


@pytest.mark.parametrize(("api", "app"), GENERATIONS)
def test_an_item_that_is_there_is_not_sent_again(run: Run, api: str, app: str) -> None:
    world = World(api, app)
    world.hashes = [HASH]

    assert added(run, world.server, item()).outcome == "present"
    assert not world.server.called("torrents/add")


def test_an_item_is_known_by_any_of_its_ids(run: Run) -> None:
    world = World()
    world.hashes = ["ab" * 20]

    assert added(run, world.server, item(hashes=(HASH, "AB" * 20))).outcome == "present"


@pytest.mark.parametrize(("api", "app"), GENERATIONS)
def test_what_the_server_refuses_is_refused(run: Run, api: str, app: str) -> None:
    world = World(api, app)
    world.adds = ""

    result = added(run, world.server, item())

    assert (result.outcome, result.reason) == ("refused", "the server does not say why")


@pytest.mark.parametrize(("api", "app"), GENERATIONS[1:])
def test_a_duplicate_that_came_in_between_is_present(run: Run, api: str, app: str) -> None:
    world = World(api, app)

    def race(request: httpx.Request) -> httpx.Response:
        world.hashes.append(HASH)
        world.adds = ""
        return world.add(request)

    world.server.answers["torrents/add"] = race

    assert added(run, world.server, item()).outcome == "present"


def test_a_file_that_is_no_torrent_is_refused_in_the_servers_words(run: Run) -> None:
    world = World()
    words = "Error: '0.torrent' is not a valid torrent file."
    world.server.answers["torrents/add"] = httpx.Response(415, text=words)

    result = added(run, world.server, item(torrent=b"junk"))

    assert (result.outcome, result.reason) == ("refused", words)


def test_a_file_goes_as_a_part_with_a_plain_name(run: Run) -> None:
    world = World()

    added(run, world.server, item(torrent=b"d4:infode"), AddOptions(save_path="/dl"))

    (request,) = world.server.called("torrents/add")
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    parts = {}
    for part in message_from_bytes(head + request.content).walk():
        name = part.get_filename() or part.get_param("name", header="content-disposition")
        parts[name] = part.get_payload(decode=True)
    del parts[None]  # the whole
    assert parts == {"savepath": b"/dl", "autoTMM": b"false", "0.torrent": b"d4:infode"}


def test_options_are_said_in_the_words_of_every_version(run: Run) -> None:
    world = World("2.8.19", "v4.5.2")
    options = AddOptions(
        category="films & more",
        tags=("a", "b c"),
        save_path="/dl",
        stopped=True,
        sequential=True,
        first_last=True,
        skip_checking=True,
        content_layout="Subfolder",
        dl_limit=1024,
        up_limit=2048,
        rename="new",
        auto_tmm=True,
    )

    added(run, world.server, item(), options)

    assert form_of(world.server.called("torrents/add")[0]) == {
        "urls": MAGNET,
        "category": "films & more",
        "tags": "a,b c",
        "savepath": "/dl",
        "stopped": "true",
        "paused": "true",
        "sequentialDownload": "true",
        "firstLastPiecePrio": "true",
        "seedMode": "true",
        "skip_checking": "true",
        "contentLayout": "Subfolder",
        "dlLimit": "1024",
        "upLimit": "2048",
        "rename": "new",
        "autoTMM": "true",
    }


def test_without_options_the_server_decides(run: Run) -> None:
    world = World()

    added(run, world.server, item())

    assert form_of(world.server.called("torrents/add")[0]) == {"urls": MAGNET}


def test_tags_are_set_afterwards_where_add_knows_none(run: Run) -> None:
    world = World("2.5.1", "v4.2.5")

    result = added(run, world.server, item(), AddOptions(tags=("a", "b")))

    assert (result.outcome, result.reason) == ("added", "")
    assert world.tags == {HASH: "a,b"}


def test_tags_that_could_not_be_set_are_said(run: Run) -> None:
    world = World("2.5.1", "v4.2.5")

    result = added(run, world.server, item("http://x/a.torrent", hashes=()), AddOptions(tags=("a",)))

    assert (result.outcome, result.reason) == ("fetching", NO_TAGS)


def test_tags_need_a_server_that_has_tags(run: Run) -> None:
    world = World("2.2.1", "v4.1.9")

    result = added(run, world.server, item(), AddOptions(tags=("a",)))

    assert result.outcome == "refused"
    assert "4.2" in result.reason
    assert not world.hashes


def test_a_link_that_the_server_still_fetches_is_not_called_added(run: Run) -> None:
    world = World("2.16.2", "v5.3.0")
    counts = {"success_count": 0, "failure_count": 0, "pending_count": 1, "added_torrent_ids": []}
    world.server.answers["torrents/add"] = httpx.Response(202, json=counts)

    result = added(run, world.server, item("https://x/a.torrent", hashes=()))

    assert (result.outcome, result.reason) == ("fetching", "")


@pytest.mark.parametrize("link", ["file:///etc/passwd", "\\\\host\\x", "javascript:x", "ftp://x/a", "", "https://"])
def test_only_magnet_and_http_links_are_sent(run: Run, link: str) -> None:
    server = Scripted()

    result = added(run, server, item(link))

    assert (result.outcome, result.reason) == ("refused", NOT_A_LINK)
    assert not server.requests


@pytest.mark.parametrize("end", ["\n", "\r\n", "\nfile:///etc/passwd"])
def test_a_link_of_two_lines_is_never_sent(run: Run, end: str) -> None:
    assert added(run, Scripted(), item(MAGNET + end)).reason == TWO_LINES


def test_a_file_larger_than_servers_take_is_not_sent(run: Run) -> None:
    assert added(run, Scripted(), item(torrent=bytes(LARGEST_UPLOAD + 1))).reason == TOO_LARGE


@pytest.mark.parametrize(
    ("api", "app", "outcome"),
    [("2.5.1", "v4.2.5", "refused"), ("2.8.5", "v4.4.5", "refused"), ("2.8.18", "v4.5.0", "added")],
)
def test_a_file_with_an_empty_line_cannot_go_to_servers_before_4_5(run: Run, api: str, app: str, outcome: str) -> None:
    world = World(api, app)

    result = added(run, world.server, item(torrent=b"d\r\n\r\ne"))

    assert (result.outcome, result.reason) == (outcome, EMPTY_LINE if outcome == "refused" else "")


def test_an_add_whose_answer_was_lost_is_verified(run: Run) -> None:
    world = World()
    world.lost = httpx.ReadError("reset")

    assert added(run, world.server, item()).outcome == "added"
    assert len(world.server.called("torrents/add")) == 1


@pytest.mark.parametrize("outcome", ["unreachable", "unknown"])
def test_an_add_that_cannot_be_verified_is_never_repeated(run: Run, outcome: str) -> None:
    world = World()
    world.lost = httpx.ReadError("reset") if outcome == "unknown" else httpx.ConnectError("refused")

    result = added(run, world.server, item("https://x/a.torrent", hashes=()))

    assert result.outcome == outcome
    assert len(world.server.called("torrents/add")) == 1


def test_a_server_that_goes_away_before_verifying_leaves_it_unknown(run: Run) -> None:
    world = World()
    world.lost = httpx.ReadError("reset")
    world.server.answers["torrents/info"] = [httpx.Response(200, json=[]), httpx.ConnectError("gone")]

    assert added(run, world.server, item()).outcome == "unknown"


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [(httpx.ConnectError("gone"), "unreachable"), (httpx.Response(500, text="oops"), "unreachable")],
)
def test_a_server_that_fails_before_the_add_leaves_nothing_open(
    run: Run, failure: httpx.Response | Exception, outcome: str
) -> None:
    world = World()
    world.server.answers["torrents/info"] = failure

    result = added(run, world.server, item())

    assert result.outcome == outcome
    assert result.reason.endswith(".")
    assert not world.server.called("torrents/add")


@pytest.mark.parametrize(
    ("answer", "words"), [(httpx.Response(502, html="<html>"), "502"), (httpx.Response(200, html="<html>"), "web page")]
)
def test_a_bad_answer_to_an_add_leaves_it_unknown(run: Run, answer: httpx.Response, words: str) -> None:
    world = World()
    world.server.answers["torrents/add"] = answer

    result = added(run, world.server, item("https://x/a.torrent", hashes=()))

    assert result.outcome == "unknown"
    assert words in result.reason


def test_an_add_behind_a_failing_proxy_is_found_by_its_hash(run: Run) -> None:
    world = World()

    def proxy(request: httpx.Request) -> httpx.Response:
        world.add(request)
        return httpx.Response(504, html="<html>")

    world.server.answers["torrents/add"] = proxy

    assert added(run, world.server, item()).outcome == "added"


def test_a_torrent_that_does_not_show_up_cannot_be_tagged(run: Run) -> None:
    world = World("2.5.1", "v4.2.5")
    world.adds = "ab" * 20

    result = added(run, world.server, item(), AddOptions(tags=("a",)))

    assert (result.outcome, result.reason) == ("added", NO_TAGS)


def test_a_server_that_goes_away_after_refusing_leaves_it_unknown(run: Run) -> None:
    world = World()
    world.adds = ""
    world.server.answers["torrents/info"] = [httpx.Response(200, json=[]), httpx.ConnectError("gone")]

    assert added(run, world.server, item()).outcome == "unknown"


def test_a_start_that_was_chosen_wins_over_the_servers_default(run: Run) -> None:
    world = World()

    added(run, world.server, item(), AddOptions(stopped=False))

    form = form_of(world.server.called("torrents/add")[0])
    assert (form["stopped"], form["paused"]) == ("false", "false")
