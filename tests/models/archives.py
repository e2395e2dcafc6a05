"""Archives with a model in them, and a web server on this machine that serves one well or badly."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from ivr.speech.model_catalogue import Source

Manners = Literal[
    "good",
    "no ranges",
    "no size",
    "cuts off",
    "lies about size",
    "endless",
    "gone",
    "redirects to a file",
    "moved",
    "waits",
]


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def zipped_folder(folder: Path, name: str) -> bytes:
    """As Vosk's archives: one folder around everything."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return zipped({f"{name}/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in files})


@dataclass
class Server:
    data: bytes
    manners: Manners = "good"
    url: str = ""
    ranges: list[str] = field(default_factory=list)  # what was asked for, "" for everything
    half_sent: threading.Event = field(default_factory=threading.Event)  # of those that wait
    free: threading.Event = field(default_factory=threading.Event)  # to send the other half

    @property
    def source(self) -> Source:
        return Source(self.url, len(self.data), hashlib.sha256(self.data).hexdigest())


@contextmanager
def serving(data: bytes, manners: Manners = "good") -> Iterator[Server]:
    server = Server(data, manners)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, server)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        server.url = f"http://127.0.0.1:{running.server_port}/model.zip"
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            running.shutdown()
            thread.join()


def _answer(request: BaseHTTPRequestHandler, server: Server) -> None:
    asked = request.headers.get("Range", "")
    server.ranges.append(asked)
    match server.manners:
        case "gone":
            request.send_error(404)
            return
        case "redirects to a file":
            _redirect(request, "file:///etc/passwd")
            return
        case "moved" if request.path != "/there.zip":
            _redirect(request, "/there.zip")
            return
    found = re.fullmatch(r"bytes=(\d+)-", asked)
    start = int(found[1]) if found and server.manners != "no ranges" else 0
    if start >= len(server.data):
        request.send_error(416)
        return
    rest = server.data[start:]
    request.send_response(206 if start else 200)
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(server.data) - 1}/{len(server.data)}")
    if server.manners == "no size":
        request.send_header("Content-Length", "unknown")
    elif server.manners != "endless":
        request.send_header("Content-Length", str(len(rest) + (server.manners == "lies about size")))
    request.end_headers()
    if server.manners == "cuts off":
        rest = rest[: len(rest) // 2]
    if server.manners == "waits" and not start:
        half = len(rest) // 2
        request.wfile.write(rest[:half])
        server.half_sent.set()
        server.free.wait(10)
        rest = rest[half:]
    request.wfile.write(rest * (3 if server.manners == "endless" else 1))


def _redirect(request: BaseHTTPRequestHandler, to: str) -> None:
    request.send_response(302)
    request.send_header("Location", to)
    request.send_header("Content-Length", "0")
    request.end_headers()
