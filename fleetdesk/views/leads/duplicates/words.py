"""What leads share, and how sure it is that they are one, in people's words."""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.queries.duplicate_groups import Sureness
from fleetdesk.queries.duplicate_rows import DuplicateRow, GroupLead, Shared
from fleetdesk.views.leads.words import field_label, lead_title

__all__ = ["KIND_WORDS", "SURENESS_TONES", "group_title", "lead_of_group", "shared_text", "sureness_word"]

KIND_WORDS: Mapping[str, str] = {
    "email_key": "email address",
    "trade_licence_key": "trade licence",
    "phone_key": "phone number",
}
"""Kinds of keys within a sentence."""

SURENESS_TONES: Mapping[Sureness, Tone] = {
    Sureness.SURE: Tone.SUCCESS,
    Sureness.LIKELY: Tone.INFO,
    Sureness.POSSIBLE: Tone.NEUTRAL,
}
_SURENESS: Mapping[Sureness, str] = {
    Sureness.SURE: "Nearly sure",
    Sureness.LIKELY: "Likely",
    Sureness.POSSIBLE: "Possible",
}
_NAMED = 2


def sureness_word(sureness: Sureness) -> str:
    """How sure it is, on a chip."""
    return tr(_SURENESS[sureness])


def lead_of_group(lead: GroupLead) -> str:
    """What to call one of the leads."""
    return lead_title(lead.name, lead.company, lead.email, lead.phone)


def group_title(row: DuplicateRow) -> str:
    """What to call a group: its first leads, and how many more there are."""
    titles = [isolated(lead_of_group(lead)) for lead in row.leads[:_NAMED]]
    more = row.count - len(titles)
    if more > 0:
        titles.append(plural(more, tr("%n more"), tr("%n more")))
    return ", ".join(titles)


def shared_text(shared: Shared) -> str:
    """A value that several leads have, with what it is."""
    label = field_label(shared.kind.removesuffix("_key"))
    return tr("%1 %2").replace("%1", label).replace("%2", isolated(shared.value))
