"""What the settings call things."""

from __future__ import annotations

from fleetdesk.models.diagnosis import Diagnosis, Finding
from fleetdesk.qt.look.text import tr
from fleetdesk.qt.look.tokens import Tone

__all__ = ["conclusion_sentence", "file_size", "finding_word", "table_word"]

_UNIT = 1000


def table_word(table: str) -> str:
    """What the rows of a table are to people; a table that they do not know by itself has its own name."""
    return {
        "sys_demo_lead": tr("Leads"),
        "sys_demo_lead_activity": tr("Activities of leads"),
        "sys_demo_lead_revision": tr("Earlier versions of leads"),
        "sys_demo_lead_import": tr("Imports"),
        "sys_demo_lead_apart": tr("Leads told apart"),
        "sys_saved_view": tr("Saved views"),
        "sys_intent": tr("Requests to other systems"),
        "sys_audit_event": tr("Audit events"),
        "sys_audit_payload": tr("Contents of audit events"),
        "sys_audit_seal": tr("Seals of the audit log"),
        "doc_documents": tr("Documents"),
        "adm_users": tr("People"),
        "adm_members": tr("Memberships"),
    }.get(table, table)


def file_size(count: int) -> str:
    """So many bytes as people say it: `1.2 GB`."""
    size, units = float(count), iter((tr("bytes"), "kB", "MB", "GB"))
    unit = next(units)
    for larger in units:
        if size < _UNIT:
            break
        size, unit = size / _UNIT, larger
    return f"{size:,.0f} {unit}" if size >= _UNIT / 10 or unit == tr("bytes") else f"{size:,.1f} {unit}"


def conclusion_sentence(report: Diagnosis) -> str:
    """What a report comes to."""
    return {
        0: tr("All is well."),
        1: tr("Something is wrong. Copy the report, and give it to your administrator."),
        2: tr("Nothing is wrong as far as could be seen, but not everything could be looked at."),
    }[report.exit_status]


def finding_word(finding: Finding) -> tuple[str, Tone]:
    """How a check ended, in a word and its colour."""
    return {
        Finding.WELL: (tr("Well"), Tone.SUCCESS),
        Finding.NOTE: (tr("Note"), Tone.INFO),
        Finding.WRONG: (tr("Wrong"), Tone.DANGER),
        Finding.UNKNOWN: (tr("Not known"), Tone.WARNING),
    }[finding]
