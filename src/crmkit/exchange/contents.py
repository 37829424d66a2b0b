"""The bytes of a file: unpacked within limits, and as UTF-8 text with plain line ends."""

from __future__ import annotations

import codecs
import zlib
from typing import TYPE_CHECKING

from crmkit.exchange._needs import need
from crmkit.exchange.raw_tables import refused_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmkit.exchange.notation import FileLimits

_CHUNK = 1024**2
_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADER = 31
_SAMPLE_BYTES = 65_536
# What German programs write when it is not Unicode: Windows and DOS. More candidates would only make short samples ambiguous.
_SINGLE_BYTE = ("cp1252", "cp850")
_USUAL_LETTERS = frozenset("äöüÄÖÜßéèàç€")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_bytes(path: Path, *, limits: FileLimits, on_read: Callable[[int], None] | None = None) -> bytes:
    """Read a file, and tell after each part how many bytes it had."""
    try:
        size = path.stat().st_size
        if size <= limits.most_bytes:
            return path.read_bytes() if on_read is None else b"".join(_parts(path, on_read))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is not a path"
        raise refused_file(str(path), f"cannot be read: {reason}") from None
    raise refused_file(str(path), f"is larger than {limits.most_bytes:,} bytes; raise FileLimits(most_bytes=…) if it is to be read")


def _parts(path: Path, on_read: Callable[[int], None]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            on_read(len(part))
            yield part


def unpacked(data: bytes, source: str, *, limits: FileLimits) -> bytes:
    """Unpack gzip, also of several members; anything else stays as it is."""
    if not data.startswith(_GZIP):
        return data
    most = limits.most_unpacked(len(data))
    parts, size = [], 0
    while data.startswith(_GZIP):
        member = zlib.decompressobj(_WITH_GZIP_HEADER)
        try:
            part = member.decompress(data, most + 1 - size)
        except zlib.error:
            raise refused_file(source, "is damaged: it does not unpack as gzip") from None
        parts.append(part)
        size += len(part)
        if size > most:
            raise refused_file(
                source, f"unpacks to more than {most:,} bytes; raise FileLimits(most_bytes=…, most_ratio=…) if it is to be read"
            )
        if not member.eof:
            raise refused_file(source, "is damaged: it ends in the middle of its gzip data")
        data = member.unused_data
    return b"".join(parts)


def as_utf8(data: bytes, source: str, *, encoding: str | None) -> bytes:
    """Turn text of any encoding into UTF-8 with plain line ends; the encoding is found where it is not given."""
    text = data if data.isascii() and encoding is None else _decoded(data, source, encoding=encoding).encode()
    if b"\0" in text:
        line = text[: text.index(b"\0")].count(b"\n") + 1
        raise refused_file(source, "has a NUL character; if it is UTF-16 text, give the encoding 'utf-16-le'", line=line)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _decoded(data: bytes, source: str, *, encoding: str | None) -> str:
    found = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(found).removeprefix("\ufeff")
    except (UnicodeError, ValueError) as error:
        if encoding is not None or found != "utf-8":
            at = error.start if isinstance(error, UnicodeDecodeError) else 0
            raise refused_file(source, f"is not {found} text; give its encoding", line=data[:at].count(b"\n") + 1) from None
    found = _found_encoding(data)
    try:
        return data.decode(found)
    except UnicodeDecodeError as error:
        message = f"is neither UTF-8 nor {found} text; give its encoding"
        raise refused_file(source, message, line=data[: error.start].count(b"\n") + 1) from None


def _found_encoding(data: bytes) -> str:
    """
    Guess from the lines that are not ASCII: by the letters that German and its neighbours use, else by charset-normalizer.

    The letters come first because a few words are too little for statistics: one umlaut in a header must be enough.
    """
    telling, size = [], 0
    for line in data.splitlines():
        if not line.isascii():
            telling.append(line)
            size += len(line)
            if size > _SAMPLE_BYTES:
                break
    sample = b"\n".join(telling)
    usual = {encoding: sum(char in _USUAL_LETTERS for char in _decoded_if_possible(sample, encoding)) for encoding in _SINGLE_BYTE}
    best = max(usual, key=lambda encoding: usual[encoding])
    return best if usual[best] else _normalized(sample)


def _decoded_if_possible(sample: bytes, encoding: str) -> str:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _normalized(sample: bytes) -> str:
    need("charset_normalizer", extra="csv")
    from charset_normalizer import from_bytes  # noqa: PLC0415  # slow to load, and only needed here

    best = from_bytes(sample, cp_isolation=["cp1252", "cp1250"], enable_fallback=False).best()
    return "cp1252" if best is None else best.encoding
