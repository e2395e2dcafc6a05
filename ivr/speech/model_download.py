"""Fetching one file over HTTP so that what arrives is exactly what was meant, or nothing.

Theory of operation. Bytes go to ``<target>.part``; a run that was interrupted goes on where it stopped, by asking for
the rest (Range). A server that knows no ranges sends everything, and then the part begins anew. The file gets its name
only when its size and SHA-256 are right, so one that exists is whole. If they are wrong after going on with an old
part, that part may be of something else: it is fetched once more from the start. Proxies are those of the environment
(``https_proxy``) or of the system.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from ivr.errors import SpeechError
from ivr.speech.model_catalogue import Source

Progress = Callable[[int], None]
"""Called with the number of bytes that are there so far."""

_CHUNK: Final = 1 << 16
_SILENCE_LIMIT_S: Final = 30.0  # without a byte
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/")


def download(source: Source, target: Path, progress: Progress = lambda _: None) -> None:
    """Have the file at ``target``; nothing is fetched if it is there. Raises ``SpeechError``.

    What has arrived until then is kept for the next try.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_file() and is_intact(target, source):
            progress(source.size)
            return
        went_on = _fetch_rest(source, part, progress)
        if not is_intact(part, source):
            part.unlink()
            if not went_on:
                raise SpeechError(
                    f"{source.url}: what came is not the model (its size or SHA-256 differs); try again later, "
                    "or take it from elsewhere with --from or --url"
                )
            _fetch_rest(source, part, progress)
            if not is_intact(part, source):
                part.unlink()
                raise SpeechError(f"{source.url}: what came twice is not the model (its SHA-256 differs)")
        part.replace(target)
    except OSError as error:
        raise _explained(source, error) from None
    except http.client.HTTPException as error:
        raise SpeechError(f"{source.url}: the server broke off ({error!r}); run the same again to go on") from None


def is_intact(file: Path, source: Source) -> bool:
    """Whether a file has the size and the SHA-256 that it should have."""
    if file.stat().st_size != source.size:
        return False
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == source.sha256


def _fetch_rest(source: Source, part: Path, progress: Progress) -> bool:
    """Returns whether it went on with something that was there before."""
    there = part.stat().st_size if part.exists() else 0
    if there > source.size:
        part.unlink()
        there = 0
    if there == source.size:
        return True
    request = urllib.request.Request(source.url, headers={"User-Agent": "ivr"})  # noqa: S310 - the catalogue has web addresses only
    if there:
        request.add_header("Range", f"bytes={there}-")
    try:
        answering = urllib.request.build_opener().open(request, timeout=_SILENCE_LIMIT_S)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not there:
            raise
        part.unlink()  # the server's file is shorter than what we have of it
        return _fetch_rest(source, part, progress)
    with answering as answer:
        start = _start(answer)
        if start not in (0, there):
            raise SpeechError(f"{source.url}: the server sent another part than was asked for; delete {part}")
        announced = answer.headers.get("Content-Length", "")
        if announced.isdecimal() and start + int(announced) != source.size:
            size = start + int(announced)
            raise SpeechError(f"{source.url}: has {size} bytes there, not {source.size}: it is not the model meant")
        with part.open("ab" if start else "wb") as file:
            _copy(answer, file, start, source, progress)
    return start > 0


def _start(answer: Any) -> int:
    """From which byte on the answer is."""
    found = _CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
    return int(found[1]) if answer.status == http.HTTPStatus.PARTIAL_CONTENT and found else 0


def _copy(answer: IO[bytes], file: IO[bytes], so_far: int, source: Source, progress: Progress) -> None:
    while chunk := answer.read(_CHUNK):
        so_far += len(chunk)
        if so_far > source.size:
            raise SpeechError(f"{source.url}: sends more than {source.size} bytes: it is not the model meant")
        file.write(chunk)
        progress(so_far)
    if so_far < source.size:
        raise http.client.IncompleteRead(b"", source.size - so_far)


def _explained(source: Source, error: OSError) -> SpeechError:
    if isinstance(error, urllib.error.HTTPError):
        return SpeechError(
            f"{source.url}: the server answers {error.code} {error.reason}; take it from elsewhere with --from or --url"
        )
    if isinstance(error, urllib.error.URLError | TimeoutError | ConnectionError):
        reason = getattr(error, "reason", error)
        return SpeechError(
            f"{source.url}: cannot be reached ({reason}). Without the network: get this file on another machine "
            f"(SHA-256 {source.sha256}), bring it here, and fetch it with --from FILE. "
            "Behind a proxy: set https_proxy. Run the same again to go on where it stopped"
        )
    return SpeechError(
        f"{error.filename or 'the model'}: cannot be written ({error.strerror or error}); free some space"
    )
