"""The longest gap of the event loop, as the diagnostics have it."""

from __future__ import annotations

import asyncio
import time

from qbt_remote.local.loop_gaps import LoopGaps


def test_the_longest_gap_is_kept_with_the_work_in_it() -> None:
    async def main() -> None:
        gaps = LoopGaps()
        following = asyncio.ensure_future(gaps.follow(lambda: True))
        await asyncio.sleep(0)
        end = time.thread_time() + 0.3
        while time.thread_time() < end:  # work that lets nothing else happen
            pass
        while gaps.longest is None:
            await asyncio.sleep(0.01)
        longest = gaps.longest
        assert longest.ms > 150 and longest.cpu_ms > 150
        kept_at = longest.at

        await asyncio.sleep(0.25)  # beats of no gap
        assert gaps.longest.at == kept_at or gaps.longest.ms > longest.ms
        following.cancel()

    asyncio.run(main())
