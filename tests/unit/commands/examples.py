"""One command of every kind, for tests of what holds for all of them."""

from __future__ import annotations

from typing import Any

from fleetdesk.commands.core import Command, FieldEdit
from fleetdesk.commands.devices import RegisterDevice, RevokeDevice, TakeInEdits
from fleetdesk.commands.lead_deletion import LEFT_AS_CREATED, DeleteLead, RestoreLead, TakeBackLead
from fleetdesk.commands.lead_documents import AttachDocument, RemoveDocument, RestoreDocument
from fleetdesk.commands.lead_imports import MarkImport, RecordImport
from fleetdesk.commands.lead_merge import MergeLeads, Taken, UnmergeLeads
from fleetdesk.commands.lead_timeline import PinEntry, SettleTask
from fleetdesk.commands.lead_update import UpdateLead
from fleetdesk.commands.leads import CreateLead, EditLead, LogActivity, MoveLead, StartOnboarding, TagLead, ValidateLead
from fleetdesk.commands.leads_apart import KeepApart, TellApart
from fleetdesk.commands.member_mirror import DismissMember, FollowMember, ForgetAccount, JoinMember
from fleetdesk.commands.members import ChangeRole, ReinstateMember, SettleChange, SuspendMember, WithdrawChange
from fleetdesk.commands.saved_views import DeleteView, EditView, RestoreView, SaveView, ShareView
from fleetdesk.models.access import Role
from fleetdesk.models.leads import ActivityKind
from fleetdesk.models.members import MemberField, NotDone
from fleetdesk.models.stages import CHECKLIST, Stage
from tests.unit.commands.bench import NOON

ENVELOPE: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "lead_id": "lead"}
APART: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "apart_id": "apart"}
IMPORT: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "import_id": "import"}
FIGURES = dict.fromkeys(("rows", "created", "updated", "duplicates", "failed"), 1)
VIEW: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "view_id": "view"}
MEMBER: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "member_id": "m"}
DEVICE: dict[str, Any] = {"id": "c", "issued_at": NOON, "batch": "b", "device_id": "d"}
VIEW_EXAMPLES: list[Command] = [
    SaveView(**VIEW, screen="leads", values={"name": "Zoé", "query": "tag:vip"}, shared=True),
    EditView(**VIEW, edits={"name": FieldEdit(base="Zoé", new="Taxi")}),
    ShareView(**VIEW, shared=True),
    DeleteView(**VIEW, of_another=True),
    RestoreView(**VIEW),
]
EXAMPLES: list[Command] = [
    CreateLead(**ENVELOPE, values={"last_name": "Zoé", "fleet_size": 3}, tags=("vip",), note="Hi", note_id="n"),
    EditLead(**ENVELOPE, edits={"company": FieldEdit(base=None, new="Taxi"), "score": FieldEdit(base=1, new=2)}),
    TagLead(**ENVELOPE, add=("a",), remove=("b",)),
    LogActivity(**ENVELOPE, activity_id="e", kind=ActivityKind.CALL, body="Spoke", happened_at=NOON),
    MoveLead(**ENVELOPE, base=Stage.NEW, activity_id="e", to=Stage.LOST, reason="x"),
    StartOnboarding(**ENVELOPE, base=Stage.QUALIFIED, activity_id="e", intent_id="i"),
    ValidateLead(**ENVELOPE, base=Stage.ONBOARDING, activity_id="e", checklist=dict.fromkeys(CHECKLIST, True)),
    DeleteLead(**ENVELOPE, reason="twice"),
    *VIEW_EXAMPLES,
    RestoreLead(**ENVELOPE, deleted_by="mona"),
    MergeLeads(**ENVELOPE, losers=("other",), taken={"company": Taken(base="Taxi", new="Zoé", source="other")}),
    UnmergeLeads(**ENVELOPE, losers=("other",)),
    TellApart(**APART, lead_ids=("lead", "other")),
    KeepApart(**APART, apart=False),
    RecordImport(**IMPORT, file_name="fair.csv", figures=FIGURES),
    MarkImport(**IMPORT, taken_back=True),
    UpdateLead(**ENVELOPE, edits={"company": FieldEdit(base=None, new="Zoé")}, add=("fair",), import_id="import"),
    TakeBackLead(**ENVELOPE, left=dict.fromkeys(LEFT_AS_CREATED)),
    AttachDocument(
        **ENVELOPE, document_id="d", file_name="Zoé.pdf", sha256="0" * 64, size=7, media_type="application/pdf"
    ),
    RemoveDocument(**ENVELOPE, document_id="d"),
    RestoreDocument(**ENVELOPE, document_id="d"),
    PinEntry(**ENVELOPE, entry_id="e", pinned=True),
    SettleTask(**ENVELOPE, task_id="e", steps=1, done=False),
    ChangeRole(**MEMBER, base=Role.SUPPORT, role=Role.FINANCE),
    SuspendMember(**MEMBER),
    ReinstateMember(**MEMBER),
    WithdrawChange(**MEMBER, asked="c", field=MemberField.STATUS, base="active", new="suspended"),
    SettleChange(**MEMBER, asked="c", refused=NotDone.LAST_SUPER_ADMIN),
    JoinMember(
        **MEMBER,
        user_id="u",
        subject="user_1",
        email="zoe@example.com",
        first_name="Zoé",
        last_name="",
        image_url=None,
        role=Role.SUPPORT,
        status="active",
    ),
    FollowMember(
        **MEMBER,
        user_id="u",
        person={"first_name": FieldEdit("Zoe", "Zoé")},
        membership={"role": FieldEdit("platform_support", "platform_finance")},
        asked="member.change:c",
    ),
    DismissMember(**MEMBER, user_id="u", account_gone=True),
    ForgetAccount(**MEMBER, user_id="u"),
    RevokeDevice(**DEVICE, reason="Left in a taxi"),
    RegisterDevice(**DEVICE, person_id="u", laptop="hers", system="Linux", app_version="1"),
    TakeInEdits(**DEVICE),
]
OF_THE_HUB = frozenset(
    kind.name
    for kind in (SettleChange, JoinMember, FollowMember, DismissMember, ForgetAccount, RegisterDevice, TakeInEdits)
)
"""Commands that no person may give."""
