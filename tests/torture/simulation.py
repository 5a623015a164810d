"""A simulated day: the plan carried out on real laptops and hubs, then quiet, then the oracle's judgement."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults import Delay, DropAnswer, FaultProxy, Refuse
from tests.torture.holding import holds_nothing, judge_held
from tests.torture.hosted import HostedSide
from tests.torture.laptops import Answer, Dead, Laptop, LaptopConfig
from tests.torture.oracle import Act, Failure, Findings, judge
from tests.torture.plan import Kind, Op, Options, Tally, make_plan
from tests.torture.planted import hub_modules

__all__ = ["Outcome", "run"]

_WORK = frozenset(
    {
        Kind.CREATE,
        Kind.EDIT,
        Kind.CONTEST,
        Kind.LOG,
        Kind.MOVE,
        Kind.TAG,
        Kind.DELETE,
        Kind.RESTORE,
        Kind.DISCARD,
        Kind.DECIDE,
        Kind.UNDO,
        Kind.REDO,
        Kind.MERGE,
        Kind.SEPARATE,
        Kind.BULK,
        Kind.VIEW,
    }
)
_WIRE: Mapping[Kind, Callable[[FaultProxy, Op], None]] = {
    Kind.CUT: lambda proxy, _: proxy.cut(),
    Kind.DROP_ANSWER: lambda proxy, _: _drop_answer(proxy),
    Kind.DROP_REQUEST: lambda proxy, op: proxy.drop_requests(1 + op.pick % 2),
    Kind.TRUNCATE: lambda proxy, op: proxy.truncate_answers(1, after=op.pick % 600),
    Kind.DOUBLE: lambda proxy, _: proxy.double_requests(1),
    Kind.DELAY: lambda proxy, op: proxy.delay(1, seconds=op.choice),
}
_BREATH = 0.012
_HOURS = 3600
_SALES = "platform_commercial"
_WITH_LEADS = (_SALES, _SALES, "platform_super_admin")
_WITHOUT_LEADS = ("platform_support", "platform_finance", "platform_product_manager")
_ROLES = ("platform_super_admin", _SALES, *_WITHOUT_LEADS)


@dataclass
class Outcome:
    """How the day ended."""

    findings: Findings
    happened: Tally
    seconds: float
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether every promise was kept."""
        return not self.findings.failures


def run(options: Options, folder: Path, *, planted: str = "", say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Carry out the day under `folder`; `planted` names a bug to build in. Everything started is ended."""
    day = _Day(options, folder, planted, say)
    started = time.monotonic()
    try:
        day.begin()
        for op in make_plan(options):
            day.carry_out(op)
        findings = day.end()
    finally:
        day.close()
    return Outcome(findings, day.tally, time.monotonic() - started, day.answers)


def _drop_answer(proxy: FaultProxy) -> None:
    """Lose the answer to a push, and hold off the pulls that would tell of it: what was sent must be sent again."""
    proxy.play(DropAnswer(), path="/v1/push")
    proxy.play(Refuse(), Refuse(), Refuse(), path="/v1/pull")


class _Day:
    def __init__(self, options: Options, folder: Path, planted: str, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._hosted = HostedSide(folder, laptops=options.replicas, hub_modules=hub_modules(planted))
        self._folder = folder
        self._planted = planted
        self._proxies: list[FaultProxy] = []
        self._laptops: list[Laptop] = []
        self._acts: list[Act] = []
        self._moments = Findings()
        self.tally = Tally()
        self.answers: dict[str, int] = {}

    def begin(self) -> None:
        self._hosted.start()
        hubs = self._hosted.hub_addresses
        for number in range(self._options.replicas):
            proxy = FaultProxy(hubs[number % len(hubs)])
            proxy.start()
            self._proxies.append(proxy)
            folder = self._folder / f"laptop-{number}"
            folder.mkdir(parents=True)
            config = LaptopConfig(
                folder=str(folder),
                hub_url=proxy.url,
                token=self._hosted.token(number),
                device=self._hosted.device(number).hex(),
                person_id=self._hosted.staff[number].person_id,
                planted=self._planted,
            )
            self._laptops.append(Laptop(number, config, self._folder / f"laptop-{number}.log"))
        for laptop in self._laptops:
            laptop.start()
        self._wait_for("the first load", lambda: all(self._state(laptop) == "live" for laptop in self._laptops))

    def carry_out(self, op: Op) -> None:
        self.tally.add(op.kind)
        if op.number and op.number % 500 == 0:
            self._say(f"{op.number} of {self._options.ops} …")
        if op.kind in _WORK:
            self._work(op)
        else:
            self._world(op)
        time.sleep(op.choice * _BREATH)

    def end(self) -> Findings:
        """Bring everything back, wait until nothing moves any more, and judge. One person stays without leads."""
        findings = self._end()
        findings.failures[:0] = self._moments.failures
        findings.looked_at += self._moments.looked_at
        return findings

    def _end(self) -> Findings:
        self._hosted.release()
        self._hosted.set_roles(dict.fromkeys(self._without_leads()[1:], _SALES))
        for proxy in self._proxies:
            proxy.heal()
        for laptop in self._laptops:
            laptop.ask({"do": "disk", "full": False})
            laptop.ask({"do": "network"})
        try:
            self._wait_for("refusal of who is no member", self._turned_away)
            self._wait_for("the rows of who is no member to be gone", self._nothing_held_outside)
            self._readmit()
            self._wait_for("quiet", self._quiet)
        except TimeoutError as error:
            findings = self._judge()
            findings.failures.insert(0, Failure("all becomes quiet", str(error)))
            return findings
        self._look()
        # Quiet is judged by what the laptops say; a pull may still be on its way.
        deadline = time.monotonic() + self._options.patience / 4
        findings = self._judge()
        while findings.failures and time.monotonic() < deadline:
            time.sleep(0.5)
            findings = self._judge()
        return findings

    def close(self) -> None:
        for laptop in self._laptops:
            with suppress(Dead):
                laptop.stop()
            laptop.kill()
        for proxy in self._proxies:
            proxy.stop()
        self._hosted.stop()

    # --- people's work ---

    def _work(self, op: Op) -> None:
        laptop = self._laptops[op.laptop]
        request: dict[str, object] = {"do": str(op.kind), "token": op.token, "pick": op.pick, "choice": op.choice}
        try:
            answer = laptop.ask(request)
        except Dead as error:
            raise AssertionError(f"laptop {op.laptop} ended by itself: {error}") from error
        self._note(op, answer)

    def _note(self, op: Op, answer: Answer | None) -> None:
        if answer is None:
            self._acts.append(Act(op.token, op.laptop, None, op.kind))
            return
        outcome = str(answer.get("verdict") or answer.get("refused") or ("skipped" if "skipped" in answer else "done"))
        self.answers[outcome] = self.answers.get(outcome, 0) + 1
        if answer.get("refused") == "DiskFull":
            # Nothing was kept, and the person was told so: like an act that was never done.
            self._acts.append(Act(op.token, op.laptop, False, op.kind))
        for token, accepted in answer.get("rows", {}).items():
            self._acts.append(Act(token, op.laptop, accepted, op.kind))
        if "accepted" in answer and answer["marked"]:
            what = {name: answer.get(name) for name in ("row", "field", "base")}
            self._acts.append(Act(op.token, op.laptop, answer["accepted"], op.kind, **what))

    # --- the world ---

    def _world(self, op: Op) -> None:
        if op.kind in _WIRE:
            _WIRE[op.kind](self._proxies[op.laptop], op)
            return
        laptop = self._laptops[op.laptop]
        match op.kind:
            case Kind.HEAL:
                self._proxies[op.laptop].heal()
                laptop.ask({"do": "network"})
            case Kind.KILL_LAPTOP:
                laptop.kill()
                laptop.start()
            case Kind.KILL_MID_WRITE:
                self._kill_mid_write(op)
            case Kind.DISK_FULL:
                self._disk_full(op)
            case Kind.CLOCK:
                laptop.clock_offset = (op.choice - 0.5) * 12 * _HOURS
                laptop.ask({"do": "clock", "offset": laptop.clock_offset})
            case _:
                self._hosted_world(op)

    def _hosted_world(self, op: Op) -> None:
        match op.kind:
            case Kind.KILL_HUB:
                self._hosted.kill_hub(op.pick)
            case Kind.KILL_DATABASE:
                self._say("killing the database …")
                self._hosted.kill_database()
            case Kind.SQL_EDIT:
                self._hosted.sql_edit(f"s{op.number}", op.pick % 3 if op.choice < 0.5 else op.pick)
            case Kind.SQL_INSERT:
                self._hosted.sql_insert(f"s{op.number}", op.pick)
            case Kind.SQL_DELETE:
                self._hosted.sql_delete(op.pick)
            case Kind.HOLD_OPEN:
                self._hosted.hold_open(f"s{op.number}", op.pick)
            case Kind.RELEASE:
                self._hosted.release()
            case Kind.DUMP:
                self._say("dumping the database …")
                self._hosted.dump()
            case Kind.RESTORE_DUMP:
                self._say("restoring the dump …")
                self._hosted.restore()
            case _:
                self._rights(op)

    # --- who may what ---

    def _rights(self, op: Op) -> None:
        match op.kind:
            case Kind.DEMOTE:
                self._hosted.set_roles({op.laptop: _WITHOUT_LEADS[op.pick % 3]})
            case Kind.PROMOTE:
                self._hosted.set_roles(dict.fromkeys(self._without_leads(), _WITH_LEADS[op.pick % 3]))
            case Kind.TWO_ROLES:
                other = (op.laptop + 1) % len(self._laptops)
                self._hosted.set_roles({op.laptop: _ROLES[op.pick % 5], other: _ROLES[op.pick // 5 % 5]})
            case Kind.LOSE_OFFLINE:
                self._lose_offline(op)
            case Kind.LOAD_ANEW:
                self._load_anew(op)
            case Kind.SUSPEND:
                self._hosted.suspend(op.laptop)
            case Kind.DISMISS:
                self._hosted.dismiss(op.laptop)
            case Kind.READMIT:
                self._readmit()
            case Kind.LOOK:
                self._look()
            case _:
                raise AssertionError(f"nothing carries out {op.kind}")

    def _without_leads(self) -> list[int]:
        return [number for number, roles in enumerate(self._hosted.roles) if roles[-1].role in _WITHOUT_LEADS]

    def _lose_offline(self, op: Op) -> None:
        """An edit waits offline while its author's role goes."""
        self._proxies[op.laptop].cut()
        self._work(replace(op, kind=Kind.EDIT))
        self._hosted.set_roles({op.laptop: _WITHOUT_LEADS[op.pick % 3]})
        self._proxies[op.laptop].heal()
        self._laptops[op.laptop].ask({"do": "network"})

    def _load_anew(self, op: Op) -> None:
        """All rows are loaded once more, and while they come, the role changes."""
        laptop, proxy = self._laptops[op.laptop], self._proxies[op.laptop]
        laptop.kill()
        laptop.forget_rows()
        proxy.play(*[Delay(0.1 * op.choice)] * 8, path="/v1/load/")
        laptop.start()
        time.sleep(0.6 * op.choice)
        self._hosted.set_roles({op.laptop: _ROLES[op.pick % 5]})

    def _readmit(self) -> None:
        for number in range(len(self._laptops)):
            self._hosted.readmit(number)
        for laptop in self._laptops:
            laptop.ask({"do": "network"})

    def _outside(self) -> list[Laptop]:
        return [laptop for laptop in self._laptops if not self._hosted.is_member(laptop.number)]

    def _turned_away(self) -> bool:
        return all(self._state(laptop) == "shut_out" for laptop in self._outside())

    def _nothing_held_outside(self) -> bool:
        """Whether those who were turned away hold no row, and no before-image of one, of whatever scope."""
        holding = [laptop.held() for laptop in self._outside()]
        clean = all(held is not None and holds_nothing(held) for held in holding)
        self._moments.looked_at["laptops of who is no member"] += len(holding) if clean else 0
        return clean

    def _look(self) -> None:
        """Whether each laptop holds, at this moment, no row that it must have given back."""
        epoch = self._hosted.epoch()
        for laptop in self._laptops:
            held = laptop.held()
            if held is not None:
                judge_held(self._moments, laptop.number, held, epoch, self._hosted.roles[laptop.number])

    def _kill_mid_write(self, op: Op) -> None:
        laptop = self._laptops[op.laptop]
        request: dict[str, object] = {"do": "log", "token": op.token, "pick": op.pick, "choice": op.choice}
        answer = laptop.ask_and_kill(request, after=op.choice * 0.01)
        laptop.start()
        self._note(op, answer)

    def _disk_full(self, op: Op) -> None:
        """A few acts while no file can grow, then room again."""
        laptop = self._laptops[op.laptop]
        laptop.ask({"do": "disk", "full": True})
        self._work(Op(op.number, Kind.LOG, op.laptop, op.token, op.pick, op.choice))
        laptop.ask({"do": "disk", "full": False})
        laptop.ask({"do": "network"})

    # --- the end ---

    def _state(self, laptop: Laptop) -> str:
        return str(laptop.ask({"do": "status"})["state"])

    def _quiet(self) -> bool:
        statuses = [laptop.ask({"do": "status"}) for laptop in self._laptops]
        return all(status["state"] == "live" and status["waiting"] == 0 for status in statuses)

    def _wait_for(self, what: str, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._options.patience
        while not condition():
            if time.monotonic() > deadline:
                statuses = [laptop.ask({"do": "status"}) for laptop in self._laptops]
                raise TimeoutError(f"no {what} after {self._options.patience:.0f} s: {statuses}")
            time.sleep(0.1)

    def _judge(self) -> Findings:
        files = [laptop.files(self._hosted.role(laptop.number)) for laptop in self._laptops]
        return judge(self._acts, files, self._hosted.rows(), self._hosted.values_seen(), dt.datetime.now(dt.UTC))
