"""What columns become, and what becomes of rows, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.qt.look.text import isolated, plural, tr
from fleetdesk.qt.look.tokens import Tone
from fleetdesk.reports.import_findings import FindingKind
from fleetdesk.reports.import_report import ImportReport
from fleetdesk.reports.lead_import import ImportProgress
from fleetdesk.views.leads.words import field_label
from fleetdesk.views.words import number

__all__ = [
    "FINDING_TONES",
    "brought",
    "existing_options",
    "finding_word",
    "how_far",
    "overwritable",
    "target_options",
    "target_word",
    "undone",
    "whose",
]

_TARGETS: Mapping[Target, str] = {
    Target.FULL_NAME: "First and last name",
    Target.OWNER: "Owner",
    Target.STAGE: "Stage: a tag, the lead begins anew",
    Target.NEXT_ACTIVITY_AT: "Next step: when",
    Target.NOTE: "First note of the timeline",
    Target.REST: "Kept in the first note",
    Target.LEAD_ID: "The lead that the row is about",
    Target.VERDICT: "Nothing: it is from an earlier import",
    Target.NOTHING: "Leave it out",
}
_OFFERED = (
    Target.FULL_NAME,
    Target.FIRST_NAME,
    Target.LAST_NAME,
    Target.COMPANY,
    Target.EMAIL,
    Target.PHONE,
    Target.COUNTRY,
    Target.FLEET_SIZE,
    Target.CURRENT_SOFTWARE,
    Target.WEBSITE,
    Target.TRADE_LICENCE,
    Target.SOURCE,
    Target.OWNER,
    Target.STAGE,
    Target.SCORE,
    Target.TAGS,
    Target.NEXT_ACTIVITY,
    Target.NEXT_ACTIVITY_AT,
    Target.MESSAGE,
    Target.NOTE,
    Target.LEAD_ID,
    Target.REST,
    Target.NOTHING,
    Target.VERDICT,
)
"""In the order in which they are offered."""
_FIELDS: Mapping[Target, tuple[str, ...]] = {
    Target.FULL_NAME: ("first_name", "last_name"),
    Target.EMAIL: ("email", "second_email"),
    Target.PHONE: ("phone", "second_phone"),
    Target.OWNER: ("owner_id",),
}
_NO_FIELDS = frozenset(
    {Target.STAGE, Target.TAGS, Target.NOTE, Target.REST, Target.LEAD_ID, Target.VERDICT, Target.NOTHING}
)
_EXISTING: Mapping[OnExisting, str] = {
    OnExisting.LEAVE: "Leave them as they are",
    OnExisting.FILL: "Fill in what is empty",
    OnExisting.OVERWRITE: "Fill in what is empty, and overwrite…",
    OnExisting.CREATE: "Import the rows all the same, as duplicates",
}
_FINDINGS: Mapping[FindingKind, str] = {
    FindingKind.FAILED: "Failed",
    FindingKind.DUPLICATE: "There already",
    FindingKind.UPDATED: "Update",
    FindingKind.CHECK: "To be checked",
    FindingKind.STAGE: "Begins in New",
}
FINDING_TONES: Mapping[FindingKind, Tone] = {
    FindingKind.FAILED: Tone.DANGER,
    FindingKind.DUPLICATE: Tone.NEUTRAL,
    FindingKind.UPDATED: Tone.INFO,
    FindingKind.CHECK: Tone.WARNING,
    FindingKind.STAGE: Tone.INFO,
}


def target_word(target: Target) -> str:
    """What a column becomes."""
    return tr(_TARGETS[target]) if target in _TARGETS else field_label(target.value)


def target_options() -> list[tuple[str, str]]:
    """All that a column can become, with its key."""
    return [(target.value, target_word(target)) for target in _OFFERED]


def existing_options() -> list[tuple[str, str]]:
    """What can become of leads that are there already, with its key."""
    return [(choice.value, tr(text)) for choice, text in _EXISTING.items()]


def overwritable(targets: tuple[Target, ...]) -> tuple[str, ...]:
    """The fields that columns with these targets may overwrite, in their order."""
    fields = (_FIELDS.get(target, (target.value,)) for target in targets if target not in _NO_FIELDS)
    return tuple(dict.fromkeys(name for names in fields for name in names))


def finding_word(kind: FindingKind) -> str:
    """What a finding says of its row."""
    return tr(_FINDINGS[kind])


def brought(report: ImportReport) -> str:
    """What an import brought."""
    created = plural(report.created, tr("%n lead was imported"), tr("%n leads were imported"))
    if not report.updated:
        return f"{created}."
    return f"{created}, {plural(report.updated, tr('%n was updated'), tr('%n were updated'))}."


def whose(report: ImportReport) -> str:
    """Whose the new leads of a file are that does not say it; empty for one that does."""
    if not report.gives_all:
        return ""
    if not report.owner:
        return tr("The new leads will be nobody's.") if report.dry_run else tr("The new leads are nobody's.")
    said = tr("All new leads will be %1's.") if report.dry_run else tr("All new leads are %1's.")
    return said.replace("%1", isolated(report.owner))


def undone(leads: int, updated: int) -> str:
    """That an import is undone: what became of its leads, of which it `updated` some that were there before."""
    if not updated:
        return plural(leads, tr("%n imported lead was taken out again."), tr("%n imported leads were taken out again."))
    return plural(
        leads,
        tr("%n lead was taken out again, or has its former values back."),
        tr("%n leads were taken out again, or have their former values back."),
    )


def how_far(far: ImportProgress | int, rows: int | None) -> str:
    """Such as “12,000 of 20,000 rows”; `rows` is how many the file has, where that is known."""
    done = far if isinstance(far, int) else far.rows
    if rows is not None:
        return plural(rows, tr("%1 of %n row"), tr("%1 of %n rows")).replace("%1", number(done))
    return plural(done, tr("%n row"), tr("%n rows"))
