"""transfer/*: limits and speeds of the whole server."""

from __future__ import annotations

from tests.contract.operations.table import operation
from tests.contract.target import Case

KIB = 1024


@operation("transfer/info")
async def transfer_info_has_speeds_and_connection(case: Case) -> None:
    info = await case.client.get("transfer/info")

    assert {"dl_info_speed", "up_info_speed", "dl_rate_limit", "up_rate_limit", "dht_nodes"} <= set(info)
    assert info["connection_status"] in ("connected", "firewalled", "disconnected")


@operation("transfer/downloadLimit")
async def download_limit_is_none_at_first(case: Case) -> None:
    assert await case.client.get("transfer/downloadLimit") == 0


@operation("transfer/uploadLimit")
async def upload_limit_is_none_at_first(case: Case) -> None:
    assert await case.client.get("transfer/uploadLimit") == 0


@operation("transfer/setDownloadLimit")
async def set_download_limit_is_in_bytes(case: Case) -> None:
    async with case.only("limit.download", "preferences.dl_limit"):
        await case.client.post("transfer/setDownloadLimit", limit=123 * KIB)
        assert await case.client.get("transfer/downloadLimit") == 123 * KIB

    await case.client.post("transfer/setDownloadLimit", limit=0)


@operation("transfer/setUploadLimit")
async def set_upload_limit_is_in_bytes(case: Case) -> None:
    async with case.only("limit.upload", "preferences.up_limit"):
        await case.client.post("transfer/setUploadLimit", limit=45 * KIB)
        assert await case.client.get("transfer/uploadLimit") == 45 * KIB

    await case.client.post("transfer/setUploadLimit", limit=0)


@operation("transfer/speedLimitsMode")
async def speed_limits_mode_is_normal_at_first(case: Case) -> None:
    assert await case.client.get("transfer/speedLimitsMode") == 0


@operation("transfer/toggleSpeedLimitsMode")
async def toggle_turns_the_alternative_limits_on_and_off(case: Case) -> None:
    async with case.only("mode", "limit.*"):
        await case.client.post("transfer/toggleSpeedLimitsMode")
        assert await case.client.get("transfer/speedLimitsMode") == 1

    await case.client.post("transfer/toggleSpeedLimitsMode")
    assert await case.client.get("transfer/speedLimitsMode") == 0
