"""Every call of the Web API, and how each version of qBittorrent spells it.

The code above ``api/`` speaks only the newest dialect.  The tables here say how to say it to older
servers; ``spell`` is their only reader.  Facts: qBittorrent's src/webui/api at each tag; where its
changelog and its controllers differ, the controllers win.

A row of ENDPOINTS: HTTP method, resend class, reply, parameters ("!" = required), then versions.
Reading calls are listed as GET, but one with a user's text in it is sent as POST: a GET query cannot
carry a "+" to 4.1.7 and newer, nor "&" and "#" to 4.1.5 and older (requestparser.cpp).

Resend classes, for a request whose answer was lost:

* R  reads; may be asked again.  ``stateful`` ones (the sync calls) may not: the answer depends on
  what the server believes we have seen.
* I  writes an absolute value; the same request twice is the same as once.
* V  look first whether it was carried out, then send again if not.
* N  never again without the user: a second time does more than the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from qbt_remote.api.errors import Rejected, Unsupported
from qbt_remote.api.versions import FIRST, App, Since, Version, release_text
from qbt_remote.translatable import N

__all__ = [
    "API",
    "ENDPOINTS",
    "FEATURES",
    "FIELDS",
    "PARAMS",
    "STATES",
    "Endpoint",
    "Param",
    "Spelled",
    "Version",
    "has",
    "needs",
    "param",
    "spell",
]

Resend = Literal["R", "I", "V", "N"]
Reply = Literal["json", "object", "list", "text", "int", "bytes", "none"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call.  Where ``reply`` says "object" or "list", another JSON value is no answer.  ``was`` is its name before
    ``renamed``; ``older``: before ``since``, api/older/calls.py does it by other calls.

    ``refuses`` marks calls whose 403 may mean "not writable" instead of "no session".
    """

    method: Literal["GET", "POST"]
    resend: Resend
    reply: Reply
    params: str = ""
    since: Since = FIRST
    until: Since | None = None
    was: str = ""
    renamed: Since = FIRST
    older: bool = False
    stateful: bool = False
    refuses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """What is special about one parameter.

    Before ``since`` it was called ``was`` with ``was_values``, or did not exist: then a value in
    ``harmless`` (None: any) is left out without loss, and another one is Unsupported.  ``both`` sends
    the two names to every server.  ``fill`` is sent where the version requires a value and the
    caller gave none.  ``values`` maps a value to (since, its older name).  Lists are joined by
    ``join``; before ``many`` only one item can be sent.  From ``encoded`` on the server decodes each
    item once more.
    """

    since: Since = FIRST
    until: Since | None = None
    was: str = ""
    was_values: Mapping[str, str] = field(default_factory=dict)
    both: bool = False
    fill: str | None = None
    harmless: tuple[str, ...] | None = ()
    values: Mapping[str, tuple[Since, str]] = field(default_factory=dict)
    join: str = "|"
    many: Since = FIRST
    encoded: Since | None = None
    as_json: bool = False


ENDPOINTS: dict[str, Endpoint] = {
    "auth/login": Endpoint("POST", "N", "text", "username! password!"),
    "auth/logout": Endpoint("POST", "I", "none"),
    "app/buildInfo": Endpoint("GET", "R", "object", since=(2, 3, 0)),
    "app/cookies": Endpoint("GET", "R", "list", since=(2, 11, 3)),
    "app/defaultSavePath": Endpoint("GET", "R", "text"),
    "app/deleteAPIKey": Endpoint("POST", "I", "none", since=(2, 14, 1)),
    "app/getDirectoryContent": Endpoint("GET", "R", "list", "dirPath! mode withMetadata", since=(2, 11, 0)),
    "app/getFreeSpaceAtPath": Endpoint("GET", "R", "int", "path!", since=(2, 15, 2)),
    "app/networkInterfaceAddressList": Endpoint("GET", "R", "list", "iface!", since=(2, 3, 0)),
    "app/networkInterfaceList": Endpoint("GET", "R", "list", since=(2, 3, 0)),
    "app/preferences": Endpoint("GET", "R", "object"),
    "app/processInfo": Endpoint("GET", "R", "object", since=(2, 15, 1)),
    "app/rotateAPIKey": Endpoint("POST", "N", "json", since=(2, 14, 0)),
    "app/sendTestEmail": Endpoint("POST", "N", "none", since=(2, 10, 4)),
    "app/setCookies": Endpoint("POST", "I", "none", "cookies!", since=(2, 11, 3)),
    "app/setPreferences": Endpoint("POST", "N", "none", "json!"),
    "app/shutdown": Endpoint("POST", "N", "none"),
    "app/version": Endpoint("GET", "R", "text"),
    "app/webapiVersion": Endpoint("GET", "R", "text"),
    "clientdata/load": Endpoint("GET", "R", "json", "keys", since=(2, 13, 1)),
    "clientdata/store": Endpoint("POST", "I", "none", "data!", since=(2, 13, 1)),
    "log/main": Endpoint("GET", "R", "list", "normal info warning critical last_known_id"),
    "log/peers": Endpoint("GET", "R", "list", "last_known_id"),
    "rss/addFeed": Endpoint("POST", "V", "none", "url! path! refreshInterval"),
    "rss/addFolder": Endpoint("POST", "V", "none", "path!"),
    "rss/cloneRule": Endpoint("POST", "V", "none", "sourceName! cloneName!", since=(2, 15, 4)),
    "rss/items": Endpoint("GET", "R", "json", "withData"),
    "rss/markAsRead": Endpoint("POST", "I", "none", "itemPath! articleId", since=(2, 5, 1)),
    "rss/matchingArticles": Endpoint("GET", "R", "json", "ruleName!", since=(2, 5, 1)),
    "rss/moveItem": Endpoint("POST", "V", "none", "itemPath! destPath!"),
    "rss/refreshItem": Endpoint("POST", "N", "none", "itemPath!", since=App(4, 1, 8)),  # API 2.2.0 as 4.1.5
    "rss/removeItem": Endpoint("POST", "V", "none", "path!"),
    "rss/removeRule": Endpoint("POST", "I", "none", "ruleName!"),
    "rss/renameRule": Endpoint("POST", "V", "none", "ruleName! newRuleName!"),
    "rss/rules": Endpoint("GET", "R", "json"),
    "rss/setFeedRefreshInterval": Endpoint("POST", "I", "none", "path! refreshInterval!", since=(2, 11, 5)),
    "rss/setFeedURL": Endpoint("POST", "I", "none", "path! url!", since=(2, 9, 1)),
    "rss/setRule": Endpoint("POST", "I", "none", "ruleName! ruleDef!"),
    "search/categories": Endpoint("GET", "R", "json", "pluginName", since=(2, 1, 1), until=(2, 6, 0)),
    "search/delete": Endpoint("POST", "V", "none", "id!", since=(2, 1, 1)),
    "search/downloadTorrent": Endpoint("POST", "N", "none", "torrentUrl! pluginName!", since=(2, 11, 0)),
    "search/enablePlugin": Endpoint("POST", "I", "none", "names! enable!", since=(2, 1, 1)),
    "search/installPlugin": Endpoint("POST", "N", "none", "sources!", since=(2, 1, 1)),
    "search/plugins": Endpoint("GET", "R", "json", since=(2, 1, 1)),
    "search/results": Endpoint("GET", "R", "json", "id! limit offset", since=(2, 1, 1)),
    "search/start": Endpoint("POST", "N", "json", "pattern! category! plugins!", since=(2, 1, 1)),
    "search/status": Endpoint("GET", "R", "json", "id", since=(2, 1, 1)),
    "search/stop": Endpoint("POST", "I", "none", "id!", since=(2, 1, 1)),
    "search/uninstallPlugin": Endpoint("POST", "I", "none", "names!", since=(2, 1, 1)),
    "search/updatePlugins": Endpoint("POST", "N", "none", since=(2, 1, 1)),
    "sync/maindata": Endpoint("GET", "R", "json", "rid", stateful=True),
    "sync/torrentPeers": Endpoint("GET", "R", "object", "hash! rid", stateful=True),
    "torrentcreator/addTask": Endpoint(
        "POST",
        "N",
        "json",
        "sourcePath! torrentFilePath pieceSize private format optimizeAlignment paddedFileSizeLimit comment source "
        "trackers urlSeeds startSeeding ignoreDotfiles",
        since=(2, 10, 4),
    ),
    "torrentcreator/deleteTask": Endpoint("POST", "V", "none", "taskID!", since=(2, 10, 4)),
    "torrentcreator/status": Endpoint("GET", "R", "json", "taskID", since=(2, 10, 4)),
    "torrentcreator/torrentFile": Endpoint("GET", "R", "bytes", "taskID!", since=(2, 10, 4)),
    "torrents/SSLParameters": Endpoint("GET", "R", "object", "hash!", since=(2, 10, 3)),
    "torrents/add": Endpoint(
        "POST",
        "V",
        "text",
        "urls savepath cookie category tags seedMode stopped contentLayout rename upLimit dlLimit ratioLimit "
        "seedingTimeLimit inactiveSeedingTimeLimit shareLimitAction shareLimitsMode autoTMM sequentialDownload "
        "firstLastPiecePrio forced addToTopOfQueue stopCondition downloadPath useDownloadPath filePriorities "
        "downloader ssl_certificate ssl_private_key ssl_dh_params",
    ),
    "torrents/addPeers": Endpoint("POST", "I", "json", "hashes! peers!", since=(2, 3, 0)),
    "torrents/addTags": Endpoint("POST", "I", "none", "hashes! tags!", since=(2, 3, 0)),
    "torrents/addTrackers": Endpoint("POST", "I", "none", "hash! urls!"),
    "torrents/addWebSeeds": Endpoint("POST", "I", "none", "hash! urls!", since=(2, 11, 4)),
    "torrents/bottomPrio": Endpoint("POST", "I", "none", "hashes!"),
    "torrents/categories": Endpoint("GET", "R", "object", since=(2, 1, 1)),
    "torrents/count": Endpoint("GET", "R", "int", since=(2, 9, 3)),
    "torrents/createCategory": Endpoint("POST", "V", "none", "category! savePath downloadPathEnabled downloadPath"),
    "torrents/createTags": Endpoint("POST", "I", "none", "tags!", since=(2, 3, 0)),
    "torrents/decreasePrio": Endpoint("POST", "N", "none", "hashes!"),
    "torrents/delete": Endpoint("POST", "N", "none", "hashes! deleteFiles!"),
    "torrents/deleteTags": Endpoint("POST", "I", "none", "tags!", since=(2, 3, 0)),
    "torrents/downloadFile": Endpoint("GET", "R", "bytes", "hash! file!", since=(2, 16, 0)),
    "torrents/downloadLimit": Endpoint("GET", "R", "object", "hashes!"),
    "torrents/editCategory": Endpoint(
        "POST", "I", "none", "category! savePath! downloadPathEnabled downloadPath", since=(2, 1, 0)
    ),
    "torrents/editTracker": Endpoint("POST", "V", "none", "hash! url! newUrl tier", since=(2, 2, 0)),
    "torrents/editWebSeed": Endpoint("POST", "V", "none", "hash! origUrl! newUrl!", since=(2, 11, 4)),
    "torrents/export": Endpoint("GET", "R", "bytes", "hash!", since=(2, 8, 11)),
    "torrents/fetchMetadata": Endpoint("POST", "I", "json", "source! downloader", since=(2, 11, 9)),
    "torrents/filePrio": Endpoint("POST", "I", "none", "hash! id! priority!"),
    "torrents/files": Endpoint("GET", "R", "list", "hash! indexes"),
    "torrents/increasePrio": Endpoint("POST", "N", "none", "hashes!"),
    "torrents/info": Endpoint(
        "GET", "R", "list", "hashes filter category tag sort reverse limit offset private includeFiles includeTrackers"
    ),
    "torrents/parseMetadata": Endpoint("POST", "R", "json", since=(2, 11, 9)),
    "torrents/pieceAvailability": Endpoint("GET", "R", "list", "hash!", since=(2, 15, 1)),
    "torrents/pieceHashes": Endpoint("GET", "R", "list", "hash!"),
    "torrents/pieceStates": Endpoint("GET", "R", "list", "hash!"),
    "torrents/properties": Endpoint("GET", "R", "object", "hash!"),
    "torrents/reannounce": Endpoint("POST", "N", "none", "hashes! urls", since=(2, 0, 2)),
    "torrents/recheck": Endpoint("POST", "N", "none", "hashes!"),
    "torrents/removeCategories": Endpoint("POST", "I", "none", "categories!"),
    "torrents/removeTags": Endpoint("POST", "I", "none", "hashes! tags", since=(2, 3, 0)),
    "torrents/removeTrackers": Endpoint("POST", "I", "none", "hash! urls!", since=(2, 2, 0)),
    "torrents/removeWebSeeds": Endpoint("POST", "I", "none", "hash! urls!", since=(2, 11, 4)),
    "torrents/rename": Endpoint("POST", "V", "none", "hash! name!"),
    "torrents/renameFile": Endpoint("POST", "V", "none", "hash! oldPath! newPath! id name", since=(2, 4, 0)),
    "torrents/renameFolder": Endpoint(
        "POST", "V", "none", "hash! oldPath! newPath!", since=App(4, 3, 3)
    ),  # API 2.7.0 as 4.3.2
    "torrents/saveMetadata": Endpoint("GET", "R", "bytes", "source!", since=(2, 11, 9)),
    "torrents/setAutoManagement": Endpoint("POST", "I", "none", "hashes! enable!"),
    "torrents/setCategory": Endpoint("POST", "I", "none", "hashes! category!"),
    "torrents/setComment": Endpoint("POST", "I", "none", "hashes! comment!", since=(2, 12, 1)),
    "torrents/setDownloadLimit": Endpoint("POST", "I", "none", "hashes! limit!"),
    "torrents/setDownloadPath": Endpoint("POST", "I", "none", "id! path!", since=(2, 8, 4), refuses=True),
    "torrents/setForceStart": Endpoint("POST", "I", "none", "hashes! value!"),
    "torrents/setLocation": Endpoint("POST", "I", "none", "hashes! location!", refuses=True),
    "torrents/setSSLParameters": Endpoint(
        "POST", "I", "none", "hash! ssl_certificate! ssl_private_key! ssl_dh_params!", since=(2, 10, 3)
    ),
    "torrents/setSavePath": Endpoint(
        "POST", "I", "none", "id! path!", was="torrents/setLocation", renamed=(2, 8, 4), refuses=True
    ),
    "torrents/setShareLimits": Endpoint(
        "POST",
        "I",
        "none",
        "hashes! ratioLimit! seedingTimeLimit! inactiveSeedingTimeLimit! shareLimitAction! shareLimitsMode!",
    ),
    "torrents/setSuperSeeding": Endpoint("POST", "I", "none", "hashes! value!"),
    "torrents/setTags": Endpoint("POST", "I", "none", "hashes! tags!", since=(2, 11, 4)),
    "torrents/setUploadLimit": Endpoint("POST", "I", "none", "hashes! limit!"),
    "torrents/start": Endpoint("POST", "I", "none", "hashes!", was="torrents/resume", renamed=(2, 11, 0)),
    "torrents/stop": Endpoint("POST", "I", "none", "hashes!", was="torrents/pause", renamed=(2, 11, 0)),
    "torrents/tags": Endpoint("GET", "R", "list", since=(2, 3, 0)),
    "torrents/toggleFirstLastPiecePrio": Endpoint("POST", "N", "none", "hashes!"),
    "torrents/toggleSequentialDownload": Endpoint("POST", "N", "none", "hashes!"),
    "torrents/topPrio": Endpoint("POST", "I", "none", "hashes!"),
    "torrents/trackers": Endpoint("GET", "R", "list", "hash!"),
    "torrents/uploadLimit": Endpoint("GET", "R", "object", "hashes!"),
    "torrents/webseeds": Endpoint("GET", "R", "list", "hash!"),
    "transfer/banPeers": Endpoint("POST", "I", "none", "peers!", since=(2, 3, 0)),
    "transfer/downloadLimit": Endpoint("GET", "R", "int"),
    "transfer/getSpeedLimits": Endpoint("GET", "R", "object", since=(2, 16, 0)),
    "transfer/info": Endpoint("GET", "R", "object"),
    "transfer/pauseSession": Endpoint("POST", "I", "none", since=(2, 16, 0)),
    "transfer/resumeSession": Endpoint("POST", "I", "none", since=(2, 16, 0)),
    "transfer/setDownloadLimit": Endpoint("POST", "I", "none", "limit!"),
    "transfer/setSpeedLimits": Endpoint(
        "POST", "I", "none", "up_limit! dl_limit! alt_up_limit! alt_dl_limit!", since=(2, 16, 0)
    ),
    "transfer/setSpeedLimitsMode": Endpoint("POST", "I", "none", "mode!", since=(2, 8, 14), older=True),
    "transfer/setUploadLimit": Endpoint("POST", "I", "none", "limit!"),
    "transfer/speedLimitsMode": Endpoint("GET", "R", "int"),
    "transfer/toggleSpeedLimitsMode": Endpoint("POST", "N", "none"),
    "transfer/uploadLimit": Endpoint("GET", "R", "int"),
}

# an unknown filter is no filter on every version: the server then returns all torrents
FILTERS: dict[str, tuple[Since, str]] = {
    "stopped": ((2, 11, 0), "paused"),
    "running": ((2, 11, 0), "resumed"),
    "stalled": ((2, 4, 1), ""),
    "stalled_uploading": ((2, 4, 1), ""),
    "stalled_downloading": ((2, 4, 1), ""),
    "checking": ((2, 8, 3), ""),
    "moving": ((2, 8, 14), ""),
}

# before 2.7.0 there were two layouts: with the torrent's own top folder, or without
LAYOUTS = {"Original": "true", "Subfolder": "true", "NoSubfolder": "false"}

TAGS = Param(join=",")
LINES = Param(join="\n")
TWICE = Param(encoded=FIRST)  # percent-decoded once more, after Latin-1: torrentscontroller.cpp

PARAMS: dict[str, dict[str, Param]] = {
    "app/getDirectoryContent": {
        "withMetadata": Param(since=(2, 11, 8), harmless=("false",)),
    },
    "app/setCookies": {"cookies": Param(as_json=True)},
    "app/setPreferences": {"json": Param(as_json=True)},
    "clientdata/load": {"keys": Param(as_json=True)},
    "clientdata/store": {"data": Param(as_json=True)},
    "rss/addFeed": {"refreshInterval": Param(since=(2, 11, 5), harmless=("0",))},
    "rss/setRule": {"ruleDef": Param(as_json=True)},
    "torrentcreator/addTask": {
        "source": Param(since=(2, 11, 3), harmless=("",)),
        "trackers": TWICE,
        "ignoreDotfiles": Param(since=(2, 16, 0), harmless=("true",)),
    },
    "torrents/add": {
        "urls": LINES,
        "cookie": Param(until=(2, 11, 3)),
        "tags": Param(since=(2, 6, 2), harmless=("",), join=","),
        "seedMode": Param(since=(2, 16, 0), was="skip_checking", both=True),
        "stopped": Param(since=(2, 11, 0), was="paused", both=True),
        "contentLayout": Param(since=(2, 7, 0), was="root_folder", was_values=LAYOUTS),
        "ratioLimit": Param(since=(2, 8, 1), harmless=("-2",)),
        "seedingTimeLimit": Param(since=(2, 8, 1), harmless=("-2",)),
        "inactiveSeedingTimeLimit": Param(since=(2, 9, 2), harmless=("-2", "-1")),
        "shareLimitAction": Param(since=(2, 10, 4), harmless=("Default",)),
        "shareLimitsMode": Param(since=(2, 16, 0), harmless=("Default",)),
        "autoTMM": Param(since=(2, 2, 0), harmless=("false",)),
        "forced": Param(since=(2, 11, 3), harmless=("false",)),
        "addToTopOfQueue": Param(since=(2, 9, 2), harmless=("false",)),
        "stopCondition": Param(since=(2, 8, 15), harmless=("None",)),
        "downloadPath": Param(since=(2, 8, 4), harmless=("",)),
        "useDownloadPath": Param(since=(2, 8, 4), harmless=("false",)),
        "filePriorities": Param(since=(2, 11, 9), join=","),
        "downloader": Param(since=(2, 13, 1), harmless=("",)),
        "ssl_certificate": Param(since=(2, 10, 3)),
        "ssl_private_key": Param(since=(2, 10, 3)),
        "ssl_dh_params": Param(since=(2, 10, 3)),
    },
    "torrents/addTags": {"tags": TAGS},
    "torrents/addTrackers": {"hash": Param(many=(2, 11, 9)), "urls": LINES},
    "torrents/addWebSeeds": {"urls": TWICE},
    "torrents/createCategory": {
        "savePath": Param(since=(2, 1, 0), harmless=("",)),
        "downloadPathEnabled": Param(since=(2, 8, 4), harmless=("", "false")),
        "downloadPath": Param(since=(2, 8, 4), harmless=("",)),
    },
    "torrents/createTags": {"tags": TAGS},
    "torrents/deleteTags": {"tags": TAGS},
    "torrents/editCategory": {
        "downloadPathEnabled": Param(since=(2, 8, 4), harmless=("", "false")),
        "downloadPath": Param(since=(2, 8, 4), harmless=("",)),
    },
    "torrents/editTracker": {
        "url": Param(since=(2, 13, 0), was="origUrl", both=True),
        "tier": Param(since=(2, 13, 0)),
    },
    "torrents/editWebSeed": {"origUrl": TWICE, "newUrl": TWICE},
    "torrents/fetchMetadata": {"source": TWICE, "downloader": Param(since=(2, 13, 1), harmless=("",))},
    "torrents/filePrio": {"id": Param(many=(2, 2, 0))},
    "torrents/files": {"indexes": Param(since=(2, 8, 2))},
    "torrents/info": {
        "hashes": Param(since=(2, 0, 1), harmless=None),  # 4.1.0 answers with all: the caller filters anyhow
        "filter": Param(values=FILTERS),
        "tag": Param(since=(2, 8, 3)),
        "private": Param(since=(2, 11, 1)),
        "includeFiles": Param(since=(2, 11, 7), harmless=("false",)),
        "includeTrackers": Param(since=(2, 11, 3), harmless=("false",)),
    },
    "torrents/reannounce": {"urls": Param(since=(2, 11, 10), encoded=FIRST)},
    "torrents/removeCategories": {"categories": LINES},
    "torrents/removeTags": {"tags": TAGS},
    "torrents/removeTrackers": {"hash": Param(many=(2, 11, 9)), "urls": Param(encoded=App(5, 0, 4))},  # 2.11.2 as 5.0.0
    "torrents/removeWebSeeds": {"urls": TWICE},
    "torrents/renameFile": {  # 4.3.2 and 4.3.3 both say 2.7.0
        "oldPath": Param(since=App(4, 3, 3)),
        "newPath": Param(since=App(4, 3, 3)),
        "id": Param(until=App(4, 3, 3)),
        "name": Param(until=App(4, 3, 3)),
    },
    "torrents/saveMetadata": {"source": TWICE},
    "torrents/setSavePath": {  # setLocation is still there: it ends automatic management, where this one does nothing
        "id": Param(since=(2, 8, 4), was="hashes"),
        "path": Param(since=(2, 8, 4), was="location"),
    },
    "torrents/setShareLimits": {  # the required set grew; -2 is "as the server's own setting"
        "inactiveSeedingTimeLimit": Param(since=(2, 9, 2), fill="-2", harmless=("-2", "-1")),
        "shareLimitAction": Param(since=(2, 12, 0), fill="Default", harmless=("Default",)),
        "shareLimitsMode": Param(since=(2, 15, 3), fill="Default", harmless=("Default",)),
    },
    "torrents/setTags": {"tags": TAGS},
}

# what is not one call or one parameter; those have their own names: "torrents/count", "torrents/add:tags"
FEATURES: dict[str, Since] = {
    "api_key": (2, 14, 1),
    "basic_login": (2, 14, 0),  # qBittorrent itself reads HTTP Basic
    "tags": (2, 3, 0),
    "cheap_deltas": (2, 3, 0),  # before, what changed can take the server longer than the whole list
    "trackers": (2, 6, 0),  # in sync/maindata
    "edit_category": (2, 1, 0),
    "category_path": (2, 1, 0),
    "subcategories": (2, 9, 0),  # use_subcategories is told from here on
    "file_index": (2, 8, 2),  # before, a file's index is its position
    "plain_priorities": (2, 8, 4),  # before, a file of normal priority has libtorrent's number of it
    "rename_file": (2, 4, 0),
    "rename_folder": App(4, 3, 3),
    "download_path": (2, 8, 4),
    "inactive_limit": (2, 9, 2),
    "share_limit_action": (2, 12, 0),
    "share_limits_mode": (2, 15, 3),
    "hybrid": (2, 8, 4),  # v2 and hybrid torrents
    "web_seeds": (2, 11, 4),
    "trackers_of_many": (2, 11, 9),  # several torrents in one addTrackers or removeTrackers
    "tracker_tiers": App(4, 5, 0),  # an empty line in addTrackers begins the next tier
    "stop_condition": (2, 8, 15),
    "any_part": (2, 8, 18),  # before, a multipart part with an empty line in it was refused
}

# states that were renamed; the newest name is the only one above api/
STATES: dict[str, str] = {"pausedDL": "stoppedDL", "pausedUP": "stoppedUP"}

# field names that were once others, by object
FIELDS: dict[str, dict[str, str]] = {
    "category": {"save_path": "savePath"},  # 4.4.0 only
}

API = "/api/v2/"

_PLAIN = Param()
_SAFE_IN_QUERY = re.compile(r"[A-Za-z0-9_.-]{0,200}")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A call as this server understands it."""

    method: Literal["GET", "POST"]
    path: str
    """What comes after the server's address."""
    form: dict[str, str]

    @property
    def name(self) -> str:
        return self.path.removeprefix(API)


def param(endpoint: str, name: str) -> Param:
    """Give what is special about one parameter of a call."""
    return PARAMS.get(endpoint, {}).get(name, _PLAIN)


def has(feature: str, version: Version) -> bool:
    """Whether the server can do a feature: one of FEATURES, a call, or "call:parameter"."""
    if feature in FEATURES:
        return version.reached(FEATURES[feature])
    row = ENDPOINTS[feature.partition(":")[0]]
    if row.until is not None and version.reached(row.until):
        return False
    return version.reached(_feature_since(feature)) and version.reached(FIRST if row.older else row.since)


def needs(feature: str) -> str:
    """Give the release that first has a feature, as "5.2"."""
    return release_text(_feature_since(feature))


def spell(endpoint: str, form: Mapping[str, Any], version: Version) -> Spelled:
    """Say a call of the newest dialect to a server of ``version``.

    None means "not given".  Raises Unsupported if the server is too old, Rejected if a value cannot be
    sent at all, ValueError if there is no such call or parameter (servers ignore those silently).
    """
    row = ENDPOINTS.get(endpoint)
    if row is None:
        raise ValueError(f"no such call: {endpoint}")
    if not version.reached(row.since) or (row.until is not None and version.reached(row.until)):
        raise _unsupported(endpoint, row.since if row.until is None else FIRST)
    required = {name.rstrip("!"): name.endswith("!") for name in row.params.split()}
    unknown = form.keys() - required.keys()
    if unknown:
        raise ValueError(f"{endpoint} has no parameter {', '.join(sorted(unknown))}")
    sent: dict[str, str] = {}
    for name, must in required.items():
        text = _value(endpoint, name, form.get(name), version)
        sent |= _named(endpoint, name, text, version)
        if must and text is None and _expected(endpoint, name, version):
            raise ValueError(f"{endpoint} needs {name}")
    name = row.was if row.was and not version.reached(row.renamed) else endpoint
    by_query = row.method == "GET" and all(_SAFE_IN_QUERY.fullmatch(value) for value in sent.values())
    return Spelled("GET" if by_query else "POST", API + name, sent)


def _feature_since(feature: str) -> Since:
    if feature in FEATURES:
        return FEATURES[feature]
    endpoint, _, name = feature.partition(":")
    row = ENDPOINTS[endpoint]
    if not name:
        return FIRST if row.older else row.since
    rule = param(endpoint, name)
    return FIRST if rule.was else rule.since


def _expected(endpoint: str, name: str, version: Version) -> bool:
    rule = param(endpoint, name)
    return bool(rule.was) or (version.reached(rule.since) and rule.fill is None)


def _named(endpoint: str, name: str, text: str | None, version: Version) -> dict[str, str]:
    """Give the parameter under the name or names that the server knows; nothing if it can be left out."""
    rule = param(endpoint, name)
    if text is None:
        return {name: rule.fill} if rule.fill is not None and version.reached(rule.since) else {}
    if rule.until is not None and version.reached(rule.until):
        raise _unsupported(endpoint, FIRST)
    if rule.both:
        return {name: text, rule.was: rule.was_values.get(text, text)}
    if version.reached(rule.since):
        return {name: text}
    if rule.was:
        return {rule.was: rule.was_values.get(text, text)}
    if rule.harmless is None or text in rule.harmless:
        return {}
    raise _unsupported(f"{endpoint}:{name}", rule.since)


def _value(endpoint: str, name: str, value: Any, version: Version) -> str | None:
    """Write a value as this version reads it."""
    if value is None:
        return None
    rule = param(endpoint, name)
    if rule.as_json or isinstance(value, Mapping):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    items = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    texts = [_text(item) for item in items]
    if rule.encoded is not None and version.reached(rule.encoded):
        texts = [quote(text, safe="", errors="replace") for text in texts]
    elif len(texts) > 1 or isinstance(value, list | tuple | set | frozenset):
        for text in texts:
            if rule.join in text:
                raise Rejected(
                    N("“{value}” cannot be sent: it contains “{separator}”."),
                    status=400,
                    value=text,
                    separator=rule.join.replace("\n", "\\n"),
                )
    text = rule.join.join(texts)
    if text in rule.values:
        since, older = rule.values[text]
        if not version.reached(since):
            if not older:
                raise _unsupported(f"{endpoint}:{name}={text}", since)
            return older
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _unsupported(what: str, since: Since) -> Unsupported:
    if since == FIRST:
        return Unsupported(N("This server no longer has “{call}”."), needs="", call=what)
    return Unsupported(N("“{call}” needs qBittorrent {needs} or newer."), needs=release_text(since), call=what)
