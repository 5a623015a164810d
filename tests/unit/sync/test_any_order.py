"""Whatever people, networks, disks and crashes do, in whatever order: nothing is lost, and both sides end equal."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fleetdesk.commands.core import Command
from fleetdesk.commands.lead_deletion import DeleteLead, RestoreLead
from fleetdesk.commands.leads import TagLead
from fleetdesk.commands.pending import PendingChange, PendingState
from fleetdesk.commands.platform import fleet_platform
from fleetdesk.errors import Refused
from fleetdesk.models.access import Role
from fleetdesk.models.base import Key
from fleetdesk.models.stages import Stage
from fleetdesk.protocol import Plain, TableChecksum, VerdictKind
from tests.unit.sync.laptop import Laptop, hosted_lead
from tests.unit.sync.tiny_hub import Dump, TinyHub

LEAD = "sys_demo_lead"
NAMES = st.sampled_from(["Acme", "Bolt", "Careem", "Dnata"])
PICKS = st.integers(0, 50)
MEMORY = Path("/dev/shm")
"""Where syncing costs nothing: what a disk loses is played by exchanging files, not by the disk."""


class AnyOrder(RuleBasedStateMachine):
    """One laptop, one hub, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="fleetdesk-any-order-", dir=MEMORY if MEMORY.is_dir() else None))
        self.hub = TinyHub(fleet_platform())
        self.leads = [hosted_lead(self.hub, company="Acme", search_key="acme")]
        self.laptop = Laptop(self.folder / "0", self.hub)
        self.laptop.connect()
        self.files = 0
        self.epochs = 1
        self.backup: Dump | None = None
        self.kept: set[str] = set()
        self.given_up: set[str] = set()
        self.replica: Path | None = None
        self.seen = self.hub.visible()

    def teardown(self) -> None:
        try:
            self.hub.role = Role.COMMERCIAL
            self.laptop.sync()
            self.laptop.sync()
            assert not self.laptop.in_state(PendingState.WAITING)
            assert not self.laptop.in_state(PendingState.SENT)
            assert self.laptop.rows() == self.hub.visible()
            self.nothing_accepted_is_lost()
        finally:
            self.laptop.store.close()
            shutil.rmtree(self.folder)

    # -- people elsewhere ------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def somebody_adds_a_lead(self, name: str) -> None:
        self.leads.append(hosted_lead(self.hub, company=name, search_key=name.lower()))

    @rule(pick=PICKS, name=NAMES)
    def somebody_edits_a_lead(self, pick: int, name: str) -> None:
        if hosted := [key.id for key in self.hub.visible() if key.table == LEAD]:
            self.hub.change(LEAD, hosted[pick % len(hosted)], company=name, search_key=name.lower())

    @rule(pick=PICKS)
    def somebody_moves_a_lead(self, pick: int) -> None:
        if hosted := [key.id for key in self.hub.visible() if key.table == LEAD]:
            self.hub.change(LEAD, hosted[pick % len(hosted)], status="contacted", activity_count=1)

    @rule(pick=PICKS)
    def a_row_goes_for_good(self, pick: int) -> None:
        if hosted := list(self.hub.visible()):
            key = hosted[pick % len(hosted)]
            self.hub.remove(key.table, key.id)

    # -- the person ------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def create(self, name: str) -> None:
        act = self.laptop.new_lead(company=name)
        self.leads.append(act.lead_id)
        self.perform(act)

    @rule(pick=PICKS, name=NAMES)
    def edit(self, pick: int, name: str) -> None:
        if lead := self.local_lead(pick):
            self.perform(self.laptop.edit(str(lead["id"]), company=(lead["company"], name)))

    @rule(pick=PICKS)
    def log(self, pick: int) -> None:
        if lead := self.local_lead(pick):
            self.perform(self.laptop.log(str(lead["id"])))

    @rule(pick=PICKS, tag=NAMES)
    def tag(self, pick: int, tag: str) -> None:
        if lead := self.local_lead(pick):
            self.perform(TagLead(**self.laptop.envelope(), lead_id=str(lead["id"]), add=(tag,)))

    @rule(pick=PICKS)
    def lose(self, pick: int) -> None:
        if (lead := self.local_lead(pick)) and lead["status"] != Stage.LOST:
            self.perform(self.laptop.move(str(lead["id"]), Stage(str(lead["status"])), Stage.LOST, "No budget"))

    @rule(pick=PICKS)
    def delete(self, pick: int) -> None:
        if lead := self.local_lead(pick):
            self.perform(DeleteLead(**self.laptop.envelope(), lead_id=str(lead["id"]), reason="Double"))

    @rule(pick=PICKS)
    def restore(self, pick: int) -> None:
        if lead := self.local_lead(pick):
            self.perform(RestoreLead(**self.laptop.envelope(), lead_id=str(lead["id"])))

    @rule(pick=PICKS)
    def discard(self, pick: int) -> None:
        if change := self.pending(pick, PendingState.WAITING, PendingState.INBOX, PendingState.HELD):
            before = {each.command.id for each in self.laptop.store.pending()}
            with contextlib.suppress(Refused):  # a command whose effect was withdrawn while it was on its way
                self.laptop.store.discard(change.command.id)
            self.given_up |= before - {each.command.id for each in self.laptop.store.pending()}

    @rule(pick=PICKS)
    def retry(self, pick: int) -> None:
        if change := self.pending(pick, PendingState.INBOX):
            with contextlib.suppress(Refused):  # withdrawn here while it was on its way: its verdict is waited for
                self.replacing(lambda: self.laptop.store.retry(change.command.id))

    @rule(pick=PICKS, insist=st.booleans())
    def resolve(self, pick: int, insist: bool) -> None:
        change = self.pending(pick, PendingState.INBOX)
        if change and change.verdict and change.verdict.kind is VerdictKind.CONFLICT:
            mine = change.verdict.conflicts if insist else ()
            self.replacing(lambda: self.laptop.store.resolve(change.command.id, mine))

    # -- the network -----------------------------------------------------------------------------------------------

    @rule(limit=st.integers(1, 5), lose_answer=st.booleans())
    def push(self, limit: int, lose_answer: bool) -> None:
        self.laptop.push(limit, lose_answer=lose_answer)

    @precondition(lambda self: not self.laptop.store.needs_load)
    @rule(chunk=st.integers(1, 3))
    def pull(self, chunk: int) -> None:
        self.laptop.pull(chunk=chunk)
        self.seen = self.hub.visible()

    @rule()
    def load_again(self) -> None:
        self.laptop.store.forget_cursor()
        self.laptop.load()
        self.seen = self.hub.visible()
        self.replica = None

    @rule(role=st.sampled_from([Role.COMMERCIAL, Role.FINANCE, Role.SUPER_ADMIN]))
    def the_role_changes(self, role: Role) -> None:
        self.hub.role = role

    @rule()
    def a_backup_is_made(self) -> None:
        self.backup = self.hub.dump()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def the_backup_is_restored(self) -> None:
        assert self.backup is not None
        self.epochs += 1
        self.hub.restore(self.backup, f"epoch-{self.epochs}")
        self.laptop.connect()
        self.replica = None
        self.seen = self.hub.visible()

    # -- the machine -----------------------------------------------------------------------------------------------

    @rule()
    def start_again(self) -> None:
        self.laptop.start_again()

    @rule()
    def the_machine_stops(self) -> None:
        self.laptop.crash(self.fresh_folder())

    @rule()
    def remember_the_replica(self) -> None:
        """What a disk may still hold of it after a power cut: its log is not synced with each commit."""
        self.replica = self.fresh_folder()
        shutil.copytree(self.laptop.folder, self.replica)
        self.replica_seen = self.seen

    @precondition(lambda self: self.replica is not None)
    @rule()
    def the_replica_falls_back(self) -> None:
        assert self.replica is not None
        self.laptop.store.close()
        for path in self.laptop.folder.glob("replica*"):
            path.unlink()
        for path in self.replica.glob("replica*"):
            shutil.copy(path, self.laptop.folder / path.name)
        self.seen = self.replica_seen
        self.laptop.reopen()

    @rule()
    def the_replica_is_lost(self) -> None:
        self.laptop.store.close()
        for path in self.laptop.folder.glob("replica*"):
            path.unlink()
        self.replica = None
        self.laptop.reopen()
        assert self.laptop.store.needs_load
        self.laptop.load()
        self.seen = self.hub.visible()

    # -- what always holds -----------------------------------------------------------------------------------------

    @invariant()
    def nothing_accepted_is_lost(self) -> None:
        pending = {change.command.id for change in self.laptop.store.pending()}
        for command_id in self.unaccounted_for() - pending:
            verdict = self.hub.verdict(command_id)
            assert verdict is not None
            assert verdict.settled

    @invariant()
    def what_the_hub_has_is_known_beneath_what_waits(self) -> None:
        shapes = [checksum(self.hub, table, self.seen) for table in self.hub.platform.schema.tables]
        assert self.laptop.store.hosted_checksums(shapes) == shapes

    @invariant()
    def search_finds_what_the_rows_say(self) -> None:
        rows = self.laptop.rows()
        at = self.hub.columns(LEAD).index("search_key")
        for name in ("acme", "bolt", "careem", "dnata"):
            expected = {key.id for key, row in rows.items() if key.table == LEAD and name in str(row[at]).split()}
            assert self.laptop.found(f'"{name[:3]}"*') == expected

    # -- helpers ---------------------------------------------------------------------------------------------------

    def perform(self, act: Command) -> None:
        self.laptop.store.perform(act)
        if act.id in {change.command.id for change in self.laptop.store.pending()}:
            self.kept.add(act.id)

    def replacing(self, decide: Callable[[], object]) -> None:
        before = {change.command.id for change in self.laptop.store.pending()}
        decide()
        after = {change.command.id for change in self.laptop.store.pending()}
        self.given_up |= before - after
        self.kept |= after - before

    def unaccounted_for(self) -> set[str]:
        return self.kept - self.given_up

    def local_lead(self, pick: int) -> dict[str, Plain] | None:
        return self.laptop.lead(self.leads[pick % len(self.leads)])

    def pending(self, pick: int, *states: PendingState) -> PendingChange | None:
        found = [change for change in self.laptop.store.pending() if change.state in states]
        return found[pick % len(found)] if found else None

    def fresh_folder(self) -> Path:
        self.files += 1
        return self.folder / str(self.files)


def wire_text(value: Plain) -> str:
    if value is None:
        return "\x1e"
    return str(value).lower() if isinstance(value, bool) else str(value)


def checksum(hub: TinyHub, table: str, rows: dict[Key, list[Plain]]) -> TableChecksum:
    """The sum that `protocol.TableChecksum` describes, worked out anew."""
    texts = ["\x1f".join(map(wire_text, row)) for key, row in rows.items() if key.table == table]
    digests = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
    return TableChecksum(table=table, columns=hub.columns(table), count=len(texts), sum=sum(digests) % 2**64)


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=40)
TestAnyOrder = AnyOrder.TestCase
