"""A body collected under a byte limit that holds while it is inflated, not after."""

from __future__ import annotations

import zlib
from io import BytesIO

from ingest.errors import FetchError, Reason

#: One step of output: 64 KiB beyond the limit is the most that is ever held (3 MB of growth for a 1 GiB bomb).
STEP_BYTES = 64 * 1024
#: A gzip body may be several members in a row (RFC 1952 section 2.2); empty ones cost work and bring nothing.
MAX_MEMBERS = 64

_GZIP_OR_ZLIB = 47  # zlib.decompressobj's wbits: the header says which
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


class Body:
    """Takes a body's raw pieces and gives it back decoded, at most `max_bytes` both before and after decoding.

    Raises FetchError: ENCODING for an unknown coding, for more than one, or for a broken or unfinished stream;
    TOO_LARGE. `content_encoding`: the field's value, None where there is none.
    """

    def __init__(self, content_encoding: str | None, *, max_bytes: int, subject: str) -> None:
        self._max_bytes, self._subject = max_bytes, subject
        self._decoded = BytesIO()
        self._size = self.received_bytes = self._members = 0
        coded = _is_coded(content_encoding, subject)
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB) if coded else None

    def add(self, piece: bytes) -> None:
        """Take the next raw piece."""
        self.received_bytes += len(piece)
        if self.received_bytes > self._max_bytes:
            raise self._too_large()
        if self._stream is None:
            self._keep(piece)
        else:
            self._inflate(self._stream, piece)

    def finish(self) -> bytes:
        """Return the whole body."""
        if self._stream is not None and self.received_bytes and not self._stream.eof:
            raise self._broken("the compressed body is cut short")
        return self._decoded.getvalue()

    def _inflate(self, stream: zlib._Decompress, piece: bytes) -> None:
        while True:
            if stream.eof:
                # Blanks and zeros behind the last member are common and mean nothing; a member goes on.
                piece = piece.lstrip(b"\0")
                if not piece.startswith(b"\x1f"):
                    return
                stream = self._next_member()
            try:
                decoded = stream.decompress(piece, STEP_BYTES)
            except zlib.error as exc:
                raise self._broken(f"the compressed body is broken: {exc}") from exc
            self._keep(decoded)
            piece = stream.unused_data if stream.eof else stream.unconsumed_tail
            if not piece and len(decoded) < STEP_BYTES:
                return

    def _next_member(self) -> zlib._Decompress:
        self._members += 1
        if self._members >= MAX_MEMBERS:
            raise self._broken(f"the compressed body has more than {MAX_MEMBERS} members")
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        return self._stream

    def _keep(self, decoded: bytes) -> None:
        self._size += len(decoded)
        if self._size > self._max_bytes:
            raise self._too_large()
        self._decoded.write(decoded)

    def _too_large(self) -> FetchError:
        return FetchError(
            f"the body is larger than {self._max_bytes} bytes",
            reason=Reason.TOO_LARGE,
            subject=self._subject,
            received_bytes=self.received_bytes,
        )

    def _broken(self, message: str) -> FetchError:
        return FetchError(message, reason=Reason.ENCODING, subject=self._subject, received_bytes=self.received_bytes)


def _is_coded(content_encoding: str | None, subject: str) -> bool:
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in names if name not in {"", "identity"}]
    if len(codings) > 1 or any(name not in _CODINGS for name in codings):
        shown = (content_encoding or "")[:60]
        raise FetchError(f"Content-Encoding {shown!r} was not asked for", reason=Reason.ENCODING, subject=subject)
    return bool(codings)
