"""A web server on loopback that behaves as badly as real ones do, for links that servers fetch."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Web:
    """``files`` are given by their name, or by name and query where the query counts.

    "404", "500", "page", "empty", "loop", "cut" and "slow/NAME" do what they say.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.cookies: list[str] = []
        """Those of each request."""
        cookies = self.cookies

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                cookies.append(self.headers.get("Cookie", ""))
                name = self.path[1:] if self.path[1:] in files else self.path.partition("?")[0][1:]
                if name.startswith("slow/"):
                    time.sleep(1.0)
                    name = name.removeprefix("slow/")
                body = files.get(name, {"page": b"<html>Log in</html>", "empty": b"", "cut": b"d8:announce"}.get(name))
                self.send_response(302 if name == "loop" else 500 if name == "500" else 404 if body is None else 200)
                if name == "loop":
                    self.send_header("Location", "/loop")
                if name == "cut":
                    self.send_header("Content-Length", "100000")
                self.end_headers()
                self.wfile.write(body or b"")

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
