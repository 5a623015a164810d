"""What can be asked of leads, and the values that there are to ask for."""

from __future__ import annotations

from functools import partial

import phonenumbers
from sqlalchemy import ColumnElement, Connection, func, select, true

from fleetdesk.models.leads import Lead, LeadActivity
from fleetdesk.models.stages import PIPELINE, Stage
from fleetdesk.queries.filters.completion import Offer, Vocabulary
from fleetdesk.queries.filters.fields import ONLY_DELETED, OVERDUE, WITH_DELETED, Field, FieldTable, Kind
from fleetdesk.queries.replica import row_key, unindexed
from fleetdesk.queries.staff import staff_directory

__all__ = ["LEAD_FIELDS", "lead_vocabulary"]

_LEADS = Lead.table().c
_MOVES = LeadActivity.table().c


def _came_to(stage: Stage, then: ColumnElement[bool]) -> ColumnElement[bool]:
    """The leads that came to a stage then, wherever they stand now."""
    there = LeadActivity.table().join(Lead.table(), _LEADS.id == _MOVES.lead_id)
    came = select(row_key(Lead)).select_from(there).where(_MOVES.to_status == stage.value, then).correlate(None)
    # A list's own index, walked on the way, holds each lead's key, but not its id.
    return unindexed(row_key(Lead)).in_(came)


LEAD_FIELDS = FieldTable(
    (
        Field(
            "status",
            "Stage",
            Kind.CHOICE,
            _LEADS.status,
            choices=tuple(stage.value for stage in Stage),
            groups={"open": tuple(stage.value for stage in PIPELINE[:-1]), "closed": (Stage.CONVERTED, Stage.LOST)},
            optional=False,
            also="stage",
        ),
        Field("owner", "Owner", Kind.PERSON, _LEADS.owner_id),
        Field("country", "Country", Kind.CHOICE, _LEADS.country, choices=tuple(sorted(phonenumbers.SUPPORTED_REGIONS))),
        Field("source", "Source", Kind.WORD, _LEADS.source),
        Field("tag", "Tag", Kind.TAGS, _LEADS.tags),
        Field("fleet", "Fleet size", Kind.NUMBER, _LEADS.fleet_size),
        Field("score", "Score", Kind.NUMBER, _LEADS.score),
        Field("next", "Next activity", Kind.INSTANT, _LEADS.next_activity_at, choices=(OVERDUE,)),
        Field(
            "rotting",
            "Days without activity",
            Kind.QUIET,
            func.coalesce(_LEADS.last_activity_at, _LEADS.created_at),
            optional=False,
        ),
        Field("last", "Last activity", Kind.INSTANT, _LEADS.last_activity_at),
        Field("created", "Created", Kind.INSTANT, _LEADS.created_at, optional=False),
        Field("updated", "Updated", Kind.INSTANT, _LEADS.updated_at, optional=False),
        Field("moved", "Stage since", Kind.INSTANT, _LEADS.stage_changed_at, optional=False),
        Field(
            "qualified",
            "Qualified on",
            Kind.INSTANT,
            _MOVES.happened_at,
            optional=False,
            behind=partial(_came_to, Stage.QUALIFIED),
        ),
        Field("import", "Import", Kind.WORD, _LEADS.import_id),
        Field(
            "deleted", "Deleted", Kind.DELETION, _LEADS.deleted_at, choices=(ONLY_DELETED, WITH_DELETED), optional=False
        ),
    )
)
"""In the order in which they are offered."""


def lead_vocabulary(connection: Connection) -> Vocabulary:
    """The owners, sources, countries and tags that can be asked for now, for completion."""
    tag = func.json_each(Lead.tags).table_valued("value")
    tags = connection.scalars(select(tag.c.value).select_from(Lead.table().join(tag, true())).distinct())
    return {
        "owner": [Offer(person.email, person.name) for person in staff_directory(connection) if person.active],
        "source": [
            Offer(source) for source in sorted(filter(None, connection.scalars(select(Lead.source).distinct())))
        ],
        "country": [Offer(code) for code in sorted(filter(None, connection.scalars(select(Lead.country).distinct())))],
        "tag": [Offer(str(text)) for text in sorted(tags)],
    }
