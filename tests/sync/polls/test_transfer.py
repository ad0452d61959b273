"""What a server transfers: its own figure, or what its torrents say where that reads 0."""

from __future__ import annotations

from qbt_remote.sync.delta import Delta
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.torrent import Torrent

A, B = "a" * 40, "b" * 40


def mirror(**server: int) -> Mirror:
    made = Mirror("home")
    torrents = {A: Torrent(dlspeed=300, upspeed=5), B: Torrent(dlspeed=20)}
    made.apply(Delta(rid=1, full=True, torrents=dict(torrents), server=dict(server)))
    return made


def test_the_servers_own_figure_is_taken() -> None:
    assert mirror(dl_info_speed=1000, up_info_speed=7).transfer.speeds == (1000, 7)


def test_where_it_reads_0_or_is_not_sent_the_torrents_are_added_up() -> None:
    assert mirror(dl_info_speed=0, up_info_speed=7).transfer.speeds == (320, 7)
    assert mirror().transfer.speeds == (320, 5)


def test_the_sum_follows_every_change_and_goes_when_the_figure_comes() -> None:
    of = mirror(dl_info_speed=0, up_info_speed=0)
    assert of.transfer.speeds == (320, 5)

    of.apply(Delta(torrents={A: {"dlspeed": 100}}))
    assert of.transfer.speeds == (120, 5)
    of.apply(Delta(torrents={A: {"name": "another"}}))
    assert of.transfer.speeds == (120, 5)
    of.apply(Delta(torrents_removed=[B]))
    assert of.transfer.speeds == (100, 5)
    of.apply(Delta(torrents={B: {"name": "again", "dlspeed": 1, "upspeed": 1}}))
    assert of.transfer.speeds == (101, 6)
    of.apply(Delta(server={"dl_info_speed": 640}))
    assert of.transfer.speeds == (640, 6)
    of.apply(Delta(full=True, torrents={A: Torrent(), B: Torrent()}))
    assert of.transfer.speeds == (0, 0)
