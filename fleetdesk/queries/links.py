"""Links into FleetDesk: `fleetdesk://leads?view=ID` and `fleetdesk://leads?q=status:new`, which anybody may have made.

A link only ever shows something; it never does anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from fleetdesk.errors import Invalid

__all__ = ["SCHEME", "Link", "link_text", "parse_link"]

SCHEME = "fleetdesk"
_LONGEST = 8_000
_LONGEST_QUERY = 2_000
_MOST_PARTS = 10
_VIEW = re.compile(r"[\w.:-]{1,100}")
_PRINTABLE_ASCII = re.compile(r"[!-~]*")


@dataclass(frozen=True, slots=True)
class Link:
    """A screen, with one of its saved views or a typed query, or both. `ignored` names the parts not understood."""

    screen: str
    view_id: str | None = None
    query: str | None = None
    ignored: tuple[str, ...] = ()


def parse_link(text: str, screens: Collection[str]) -> Link:
    """The link behind a text from outside; `screens` are those that there are. Raises Invalid (`link`)."""
    if len(text) > _LONGEST:
        raise Invalid("link", f"This link is too long: it has {len(text):,} characters.")
    if not _PRINTABLE_ASCII.fullmatch(text):
        raise Invalid("link", "This link has characters that no link has.")
    try:
        parts = urlsplit(text)
        pairs = parse_qsl(parts.query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARTS)
    except ValueError:
        raise Invalid("link", "This link cannot be read.") from None
    if parts.scheme != SCHEME:
        raise Invalid("link", f"This is no link of FleetDesk's: those begin with {SCHEME}://.")
    if parts.netloc not in screens or parts.path not in ("", "/"):
        raise Invalid("link", "This link leads to a place that FleetDesk does not have.")
    values: dict[str, str] = {}
    ignored = ["#"] if parts.fragment else []
    for name, value in pairs:
        if name not in ("view", "q") or name in values:
            ignored.append(name)
        else:
            values[name] = value
    return Link(parts.netloc, _view_id(values.get("view")), _query(values.get("q")), tuple(dict.fromkeys(ignored)))


def link_text(link: Link) -> str:
    """The link as text, which `parse_link` reads as the same one."""
    values = {"view": link.view_id, "q": link.query}
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{SCHEME}://{link.screen}" + (f"?{query}" if query else "")


def _view_id(value: str | None) -> str | None:
    if value is not None and not _VIEW.fullmatch(value):
        raise Invalid("link", "This link names no view.")
    return value


def _query(value: str | None) -> str | None:
    if value is not None and (len(value) > _LONGEST_QUERY or not value.isprintable()):
        raise Invalid("link", f"The query in this link is longer than {_LONGEST_QUERY:,} characters, or unreadable.")
    return value
