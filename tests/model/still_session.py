"""A session that nothing runs, in a state of our choice."""

from __future__ import annotations

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.polls.status import Status
from qbt_remote.sync.session import Session
from tests.api.scripted import Scripted, client_of


def session(status: Status) -> Session:
    async def client(_config: ServerConfig) -> QbtClient:
        return client_of(Scripted())

    made = Session(ServerConfig("home", "http://home.test"), client)
    made.status = status
    return made
