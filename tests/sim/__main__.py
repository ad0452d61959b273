"""Serve simulated servers until standard input ends: ``python -m tests.sim --count 10000 --share 0.01``.

The first line of the output is a JSON list of their addresses.  Nobody has to log in.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from contextlib import AsyncExitStack

from tests.sim.crowd import Churn, Crowd, make
from tests.sim.faults import Link
from tests.sim.many_files import ManyFiles
from tests.sim.server import SimServer
from tests.sim.slow import DELTA, SlowLink
from tests.sim.world import API


async def serve(links: list[Link]) -> None:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(SimServer(link)) for link in links]
        print(json.dumps([server.url for server in servers]), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description="Serve simulated servers.")
    parser.add_argument("--release", choices=API, default="5.3.0")
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000, help="torrents of each server")
    parser.add_argument("--categories", type=int, default=12)
    parser.add_argument("--tags", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.0, help="of the torrents that change between two polls")
    parser.add_argument("--files", type=int, default=0, help="of each torrent")
    parser.add_argument("--slow", action="store_true", help=f"take the time that {' and '.join(DELTA)} take")
    given = parser.parse_args()
    if given.slow and given.release not in DELTA:
        parser.error(f"--slow is for {' and '.join(DELTA)}")
    gc.disable()  # a collection over a hundred thousand rows would hold up an answer
    crowds: list[Crowd] = []
    for n in range(given.servers):
        world = make(given.count, given.release, categories=given.categories, tags=given.tags)
        churn = Churn(share=given.share)
        crowds.append(ManyFiles(world, churn, n, given.files) if given.files else Crowd(world, churn, seed=n))
        crowds[-1].warm()
    asyncio.run(serve([(SlowLink if given.slow else Link)(crowd) for crowd in crowds]))


if __name__ == "__main__":
    main()
