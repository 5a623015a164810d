"""A lead's values as people read them: in the history, in a conflict, in the drawer."""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.models.stages import CHECKLIST, Stage
from fleetdesk.models.types import JsonValue, parse_instant
from fleetdesk.qt.look.text import tr
from fleetdesk.views.leads.words import stage_word
from fleetdesk.views.words import country_name, exact_time, number

__all__ = ["value_text"]


def value_text(field: str, value: JsonValue, names: Mapping[str, str]) -> str:
    """A field's plain value in words; `names` are those of the staff, by id. Nothing where there is no value."""
    match value:
        case None:
            return ""
        case str():
            return _written(field, value, names)
        case int():
            return number(value)
        case list():
            return ", ".join(map(str, value))
        case dict() if field == "conformity":
            ticked = sum(value.get(point) is True for point in CHECKLIST)
            return tr("%1 of %2 points").replace("%1", number(ticked)).replace("%2", number(len(CHECKLIST)))
        case _:
            return str(value)


def _written(field: str, text: str, names: Mapping[str, str]) -> str:
    match field:
        case "owner_id":
            return names.get(text, text)
        case "country":
            return country_name(text)
        case "status":
            return stage_word(Stage(text))
        case "next_activity_at" | "deleted_at":
            return exact_time(parse_instant(text))
        case "merged_into":
            return tr("another lead")
        case _:
            return text
