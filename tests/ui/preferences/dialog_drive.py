"""The preferences dialog over simulated servers: their answer, what is reviewed, what is sent."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import Qt

from qbt_remote.ui.kit.dialogs import FormDialog
from qbt_remote.ui.preferences.preferences_dialog import PreferencesDialog
from qbt_remote.ui.preferences.saving import ReviewDialog
from tests.ui.conftest import until
from tests.ui.rig import Rig, Server

Json = Any
ANSWER: dict[str, Json] = {
    "dl_limit": 1537,
    "up_limit": 0,
    "alt_dl_limit": 10240,
    "alt_up_limit": 10240,
    "scheduler_enabled": False,
    "schedule_from_hour": 8,
    "schedule_from_min": 0,
    "schedule_to_hour": 20,
    "schedule_to_min": 0,
    "scheduler_days": 0,
    "max_ratio_enabled": False,
    "max_ratio": -1,
    "max_ratio_act": 0,
    "dht": True,
    "max_connec": 500,
    "listen_port": 6881,
    "save_path": "/downloads",
    "scan_dirs": {"/watch": 1, "/other": "/elsewhere"},
    "banned_IPs": "1.2.3.4\n5.6.7.8",
    "autorun_enabled": False,
    "autorun_program": "",
    "mail_notification_enabled": True,
    "mail_notification_auth_enabled": True,
    "mail_notification_password": "the-mail-password",
    "web_ui_port": 8080,
    "web_ui_address": "*",
    "web_ui_username": "admin",
    "use_https": False,
    "a_new_key": [1, {"x": None}],
    "another_new_key": 2**70,
}


def with_preferences(rig: Rig) -> None:
    for server in rig.servers:
        server.world.preferences = json.loads(json.dumps(ANSWER))


async def review(dialog: PreferencesDialog) -> ReviewDialog:
    dialog.save_button.click()
    found = await until(lambda: next((d for d in dialog.findChildren(ReviewDialog) if d.isVisible()), None))
    assert isinstance(found, ReviewDialog)
    return found


def sent(server: Server) -> list[dict[str, Json]]:
    return [json.loads(form["json"]) for form in server.calls("app/setPreferences")]


async def close(rig: Rig, dialog: PreferencesDialog) -> None:
    for key in dialog.draft.changed():
        dialog.draft.forget(key)
    dialog.reject()
    await until(lambda: not rig.window.findChildren(PreferencesDialog))


def answered(dialog: PreferencesDialog) -> bool:
    """Press the button of whatever is asked, until the save is over."""
    for question in dialog.findChildren(FormDialog, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if question.isVisible() and question.ok.isEnabled():
            question.ok.click()
    return not dialog.saving
