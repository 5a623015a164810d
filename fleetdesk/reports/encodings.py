"""Which encoding a text file is in: by its mark, by trying, and only then by guessing."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

__all__ = ["ENCODINGS", "Encoding", "find_encoding", "known_codec"]

_CHUNK = 1 << 20
_SAMPLE = 200_000
_GUESSABLE = ["cp1252", "cp1256", "iso8859_6", "mac_roman", "cp850"]
"""What French, English and Arabic files are in, where they are not in Unicode."""
_FALLBACK = "latin-1"
"""Gives every byte a letter."""
_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Western)",
    "cp1256": "Windows-1256 (Arabic)",
    "iso8859_6": "ISO 8859-6 (Arabic)",
    "mac_roman": "Mac Roman (Western)",
    "cp850": "code page 850 (Western)",
    "latin-1": "ISO 8859-1 (Western)",
}
ENCODINGS = {
    codec: _NAMES[codec]
    for codec in ("utf-8", "utf-16", "cp1252", "cp1256", "iso8859_6", "mac_roman", "cp850", "latin-1")
}
"""What a person may say that a file is in: the names of the codecs, with what people call them."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name for Python, and what becomes of bytes that it does not know."""

    codec: str

    @property
    def errors(self) -> str:
        """How Python keeps them: as what stands for bytes; or where those come in pairs, as a sign for each."""
        return "replace" if self.codec.startswith(("utf-16", "utf-32")) else "surrogateescape"

    @property
    def described(self) -> str:
        """Its name for people."""
        return _NAMES.get(self.codec, self.codec)


def known_codec(name: str) -> bool:
    """Whether text can be in an encoding of this name."""
    try:
        b"a".decode(name, "replace")  # of no bytes at all, Python decodes nothing and asks for no codec
    except LookupError:
        return False
    return True


def find_encoding(path: Path) -> Encoding:
    """The encoding of the file's text. Reads the whole file: the one letter that decides may stand at its end."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, codec in _MARKS:
        if start.startswith(mark):
            return Encoding(codec)
    wide = _utf16_without_mark(start)
    if wide is not None:
        return Encoding(wide)
    if _decodes(path, "utf-8") or _is_damaged_utf8(path):
        return Encoding("utf-8")
    return Encoding(_guess(path, start))


def _utf16_without_mark(start: bytes) -> str | None:
    """Delimiters and line ends are ASCII, so that UTF-16 has zeros in every other byte, and text otherwise has none."""
    pairs = max(len(start) // 2, 1)
    first, second = start[::2].count(0), start[1::2].count(0)
    if max(first, second) < pairs / 10 or min(first, second) > pairs / 100:
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _is_damaged_utf8(path: Path) -> bool:
    """Whether it is UTF-8 but for a few broken bytes: a file that was cut, or glued from two."""
    good = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        escaped = sum("\udc80" <= char <= "\udcff" for char in text)
        broken += escaped
        good += sum(char > "\x7f" for char in text) - escaped
    return good > 10 * broken


def _guess(path: Path, start: bytes) -> str:
    best = charset_normalizer.from_bytes(start, cp_isolation=_GUESSABLE).best()
    candidates = [best.encoding] if best is not None else []
    return next((codec for codec in [*candidates, "cp1252"] if _decodes(path, codec)), _FALLBACK)


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
