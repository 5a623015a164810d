"""Versions of FleetDesk that are not there yet, for tests of how one follows another."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from fleetdesk.hub.release import THIS, Release
from fleetdesk.hub.rights import RIGHTS, Right
from fleetdesk.models.access import Permission, Scope

_HERE = Path(__file__).parent
_MORE = Right(Permission.LEADS_EDIT, frozenset({"DELETE"}), frozenset({Scope.LEADS}))
_LEADS = dataclasses.replace(RIGHTS["sys_demo_lead"], writing=(*RIGHTS["sys_demo_lead"].writing, _MORE))

OTHER_RIGHTS = {**RIGHTS, "sys_demo_lead": _LEADS}
NEXT = Release(
    "99.0", (*THIS.folders, str(_HERE / "next_release")), {**OTHER_RIGHTS, "sys_toy": RIGHTS["sys_demo_lead"]}
)
"""Adds a column and a table, and changes a policy."""
BREAKING = Release("99.1", (*NEXT.folders, str(_HERE / "breaking_release")), NEXT.rights)
"""Takes the column away again, and admits no hub from before."""
