"""Clerk's client reads a list as a whole or not at all, sends each request once, and keeps the key to itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import httpx
import pytest

from fleetdesk.errors import BadSettings, Busy, FleetDeskError, ProtocolError, Refused, Unavailable
from fleetdesk.models.access import ORGANISATION, Role
from fleetdesk.models.members import MemberChange, MemberField
from fleetdesk.providers.clerk import Clerk
from fleetdesk.providers.clerk_memberships import ClerkMemberships
from tests.clerk import KEY, ORGANISATION_ID, ClerkSandbox, Fault

SOMEBODY = "user_1"


@pytest.fixture
def sandbox() -> Iterator[ClerkSandbox]:
    with ClerkSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def clerk(sandbox: ClerkSandbox) -> Iterator[Clerk]:
    clerk = Clerk(KEY, ORGANISATION, address=sandbox.address)
    yield clerk
    clerk.close()


def of(transport: httpx.BaseTransport, *, key: str = KEY, organisation: str = ORGANISATION) -> Clerk:
    return Clerk(key, organisation, address="https://clerk.test/v1", transport=transport)


def change(field: MemberField = MemberField.ROLE, new: str = "platform_finance") -> MemberChange:
    base = "platform_support" if field is MemberField.ROLE else "active" if new == "suspended" else "suspended"
    return MemberChange(field, base, new, "admin", "c")


# ------------------------------------------------------------------------------------------------------------- lists


def test_all_pages_are_read(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    for number in range(1203):
        sandbox.add(f"user_{number}", Role.FINANCE)
    found = clerk.memberships()
    assert {membership.public_user_data.user_id for membership in found} == set(sandbox.people)
    assert len(sandbox.asked) == 1 + 3  # the organisation's id, and three pages


@pytest.mark.parametrize("count", [0, 500])
def test_a_list_that_fills_its_pages_ends(sandbox: ClerkSandbox, clerk: Clerk, count: int) -> None:
    for number in range(count):
        sandbox.add(f"user_{number}", Role.FINANCE)
    assert len(clerk.memberships()) == count


def test_who_joins_while_it_is_read_has_it_read_again(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    for number in range(501):
        sandbox.add(f"user_{number}", Role.FINANCE)
    sandbox.faults.append(Fault(about="/memberships", meanwhile=lambda: sandbox.add("user_late", Role.FINANCE)))
    assert len(clerk.memberships()) == 502


def test_who_leaves_while_it_is_read_hides_nobody(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    for number in range(501):
        sandbox.add(f"user_{number}", Role.FINANCE)
    sandbox.faults.append(Fault(about="/memberships", meanwhile=lambda: sandbox.change("user_0", role=None)))
    assert {found.public_user_data.user_id for found in clerk.memberships()} == sandbox.people.keys() - {"user_0"}


def test_a_list_that_never_agrees_with_its_count_is_given_up(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE)
    sandbox.count_of = lambda count: count + 1
    with pytest.raises(Unavailable):
        clerk.memberships()


def test_members_are_asked_for_by_name_in_portions(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    for number in range(150):
        sandbox.add(f"user_{number}", Role.FINANCE)
    sandbox.add("user_else", None)
    assert len(clerk.memberships_of([*sandbox.people, "user_unknown"])) == 150


def test_accounts_are_asked_for_by_name_in_portions(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    for number in range(150):
        sandbox.add(f"user_{number}", None)
    found = clerk.users_of([f"user_{number}" for number in range(-1, 149)])
    assert {user.id for user in found} == {f"user_{number}" for number in range(149)}
    assert sandbox.asked == ["GET /v1/users"] * 2


def test_accounts_that_were_not_asked_for_are_no_answer(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add("user_2", None)
    [other] = clerk.users_of(["user_2"])
    sandbox.faults.append(Fault(about="/users", body=f"[{other.model_dump_json()}]".encode()))
    with pytest.raises(ProtocolError, match="not about the accounts"):
        clerk.users_of([SOMEBODY])


def test_members_who_were_not_asked_for_are_no_answer(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE)
    sandbox.add("user_2", Role.FINANCE)
    body = json.dumps({"data": [sandbox_membership(sandbox, "user_2")], "total_count": 1}).encode()
    sandbox.faults.append(Fault(about="/memberships", body=body))
    with pytest.raises(ProtocolError, match="not about the members"):
        clerk.memberships_of([SOMEBODY])


def test_the_list_of_another_organisation_is_no_answer(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE)
    membership = sandbox_membership(sandbox, SOMEBODY)
    membership["organization"]["id"] = "org_else"
    sandbox.faults.append(
        Fault(about="/memberships", body=json.dumps({"data": [membership], "total_count": 1}).encode())
    )
    with pytest.raises(ProtocolError, match="not that of the organisation"):
        clerk.memberships()


def sandbox_membership(sandbox: ClerkSandbox, id: str) -> dict[str, dict[str, str]]:
    answer = httpx.get(
        f"{sandbox.address}/organizations/{ORGANISATION_ID}/memberships",
        params={"user_id": id},
        headers={"Authorization": f"Bearer {KEY}"},
        trust_env=False,
    )
    [membership] = answer.json()["data"]
    return dict(membership)


# ------------------------------------------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (402, Refused),
        (404, Refused),
        (409, Refused),
        (422, Refused),
        (401, BadSettings),
        (403, BadSettings),
        (408, Unavailable),
        (429, Busy),
        (500, Unavailable),
        (503, Unavailable),
        (204, ProtocolError),
        (301, ProtocolError),
    ],
)
def test_a_status_is_an_error_by_whose_fault_it_is(
    sandbox: ClerkSandbox, clerk: Clerk, status: int, error: type[FleetDeskError]
) -> None:
    sandbox.faults.append(Fault(status=status, headers={"Location": sandbox.address}, body=b""))
    with pytest.raises(error) as raised:
        clerk.user(SOMEBODY)
    assert type(raised.value) is error
    assert len(sandbox.asked) == 1


def test_a_change_that_is_forbidden_is_refused_and_no_fault_of_the_key(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.faults.append(Fault("POST", status=403))
    with pytest.raises(Refused):
        clerk.ban(SOMEBODY)


def test_a_refusal_has_clerks_code_and_its_words_on_one_line(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    error = {"code": "form_param\nvalue", "message": "is\r\n\x1b[31m no " + "role" * 100, "long_message": ""}
    sandbox.faults.append(Fault(status=422, body=json.dumps({"errors": [error]}).encode()))
    with pytest.raises(Refused) as refusal:
        clerk.user(SOMEBODY)
    assert refusal.value.code == "form_paramvalue"
    assert refusal.value.what.isprintable()
    assert len(refusal.value.what) < 250


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 1.0), ("1e9", 1.0), ("99999", 300.0), ("soon", 1.0), ("", 1.0), ("٣", 1.0)],
)
def test_too_many_requests_are_followed_by_a_wait_within_bounds(header: str, seconds: float) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(429, headers=[(b"Retry-After", header.encode())]))
    with pytest.raises(Busy) as busy:
        of(transport).user(SOMEBODY)
    assert busy.value.seconds == seconds


def test_after_the_wait_it_is_asked_again(sandbox: ClerkSandbox) -> None:
    hands = [0.0]
    clerk = Clerk(KEY, ORGANISATION, address=sandbox.address, monotonic=lambda: hands[0])
    sandbox.add(SOMEBODY, None)
    sandbox.faults.append(Fault(status=429, headers={"Retry-After": "20"}))
    with pytest.raises(Busy):
        clerk.user(SOMEBODY)
    hands[0] = 19.0
    with pytest.raises(Busy) as busy:
        clerk.user(SOMEBODY)
    assert (busy.value.seconds, len(sandbox.asked)) == (1.0, 1)
    hands[0] = 20.0
    assert clerk.user(SOMEBODY).id == SOMEBODY
    clerk.close()


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_nothing_is_sent_twice(sandbox: ClerkSandbox, clerk: Clerk, method: str) -> None:
    sandbox.add(SOMEBODY, Role.SUPPORT)
    clerk.organisation()
    clerk.memberships()
    sandbox.asked.clear()
    sandbox.faults.append(Fault(method, lost=True))
    asking: dict[str, Callable[[], object]] = {
        "GET": lambda: clerk.user(SOMEBODY),
        "POST": lambda: clerk.ban(SOMEBODY),
        "PATCH": lambda: clerk.change_role(SOMEBODY, "org:platform_finance"),
    }
    with pytest.raises(Unavailable):
        asking[method]()
    assert len(sandbox.asked) == 1


def test_an_answer_that_goes_on_and_on_is_cut() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 65_536

    with pytest.raises(ProtocolError, match="larger"):
        of(httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))).user(SOMEBODY)


def test_an_answer_that_drips_is_given_up() -> None:
    hands = iter(range(0, 10_000, 7))

    def dripping() -> Iterator[bytes]:
        while True:
            yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=dripping()))
    clerk = Clerk(
        KEY, ORGANISATION, address="https://clerk.test/v1", transport=transport, monotonic=lambda: float(next(hands))
    )
    with pytest.raises(Unavailable, match="too long"):
        clerk.user(SOMEBODY)


def test_what_cannot_be_unpacked_is_no_answer() -> None:
    broken = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    )
    with pytest.raises(ProtocolError):
        of(broken).user(SOMEBODY)


def test_an_answer_of_another_form_is_named_and_not_repeated(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, None)
    sandbox.faults.append(Fault(body=b'{"object": "user", "id": "user_1", "banned": "of course, sara@example.com"}'))
    with pytest.raises(ProtocolError) as error:
        clerk.user(SOMEBODY)
    assert "first_name" in str(error.value)
    assert "sara" not in str(error.value)


@pytest.mark.parametrize("id", ["../organizations/org_else", "user_1/ban?x=", "user 1#"])
def test_an_id_is_one_part_of_a_path_whatever_it_is(id: str) -> None:
    paths = []

    def note(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        return httpx.Response(404)

    with pytest.raises(Refused):
        of(httpx.MockTransport(note)).user(id)
    assert paths[0].startswith("/v1/users/")
    assert paths[0].count("/") == 3
    assert "?" not in paths[0]


# ------------------------------------------------------------------------------------------------------------ the key


def _failing(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"failed with {request.headers['Authorization']}", request=request)


@pytest.mark.parametrize(
    ("transport", "error"),
    [
        (httpx.MockTransport(lambda _: httpx.Response(401)), BadSettings),
        (httpx.MockTransport(lambda _: httpx.Response(200, content=b"{}")), ProtocolError),
        (httpx.MockTransport(_failing), Unavailable),
    ],
)
def test_the_key_stands_in_no_error_and_no_log(
    transport: httpx.BaseTransport, error: type[FleetDeskError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(error) as raised:
        of(transport).user(SOMEBODY)
    told = [str(raised.value), repr(raised.value), *(record.getMessage() for record in caplog.records)]
    assert not [line for line in told if KEY in line]


@pytest.mark.parametrize("key", ["", "pk_test_1", "sk_test_1\n", "sk test", "sk_é", " sk_test_1"])
def test_what_can_be_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(BadSettings) as error:
        Clerk(key, ORGANISATION, address="https://api.clerk.com/v1")
    assert not key.strip() or key not in str(error.value)


@pytest.mark.parametrize("address", ["http://api.clerk.com/v1", "ftp://127.0.0.1", "https://", "api.clerk.com", ""])
def test_the_key_is_sent_over_tls_or_not_off_the_machine(address: str) -> None:
    with pytest.raises(BadSettings):
        Clerk(KEY, ORGANISATION, address=address)


def test_a_redirection_takes_the_key_nowhere(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    with ClerkSandbox() as elsewhere:
        sandbox.faults.append(Fault(status=302, headers={"Location": f"{elsewhere.address}/users/x"}, body=b""))
        with pytest.raises(ProtocolError):
            clerk.user(SOMEBODY)
        assert elsewhere.asked == []


def test_the_version_of_the_interface_is_named() -> None:
    seen: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Clerk-API-Version"])
        return httpx.Response(404)

    with pytest.raises(Refused):
        of(httpx.MockTransport(note)).user(SOMEBODY)
    assert seen == ["2025-11-10"]


# -------------------------------------------------------------------------------------------------------- memberships


@pytest.mark.parametrize("organisation", [ORGANISATION, ORGANISATION_ID])
def test_the_staffs_organisation_is_found_by_its_id_or_its_slug(sandbox: ClerkSandbox, organisation: str) -> None:
    source = ClerkMemberships(Clerk(KEY, organisation, address=sandbox.address))
    source.demand_usable()
    source.close()


@pytest.mark.parametrize(
    ("key", "organisation", "slug", "named"),
    [
        ("sk_test_other", ORGANISATION, ORGANISATION, "FLEETDESK_CLERK_SECRET_KEY"),
        (KEY, "org_unknown", ORGANISATION, "FLEETDESK_ORGANISATION_ID"),
        (KEY, ORGANISATION_ID, "another", "FLEETDESK_ORGANISATION_ID"),
    ],
    ids=["another key", "no such organisation", "another organisation"],
)
def test_a_setting_that_does_not_fit_is_named(
    sandbox: ClerkSandbox, key: str, organisation: str, slug: str, named: str
) -> None:
    sandbox.slug = slug
    source = ClerkMemberships(Clerk(key, organisation, address=sandbox.address))
    with pytest.raises(BadSettings, match=named):
        source.demand_usable()
    source.close()


def test_what_is_so_already_is_not_asked_for(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE, banned=True)
    source = ClerkMemberships(clerk)
    source.carry_out(SOMEBODY, change(), "k")
    source.carry_out(SOMEBODY, change(MemberField.STATUS, "suspended"), "k")
    assert (sandbox.count("PATCH"), sandbox.count("POST")) == (0, 0)


def test_where_the_list_leaves_doubts_the_accounts_are_asked_for_together(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.silent_about_bans = True
    for number in range(150):
        sandbox.add(f"user_{number}", Role.FINANCE, banned=number == 0)
    found = ClerkMemberships(clerk).read()
    assert [member.subject for member in found if member.suspended] == ["user_0"]
    assert sandbox.asked[2:] == ["GET /v1/users"] * 2  # after the organisation's id, and the list


def test_somebody_whom_the_companys_directory_keeps_out_is_not_let_in(sandbox: ClerkSandbox, clerk: Clerk) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE, deprovisioned=True)
    with pytest.raises(Refused) as refusal:
        ClerkMemberships(clerk).carry_out(SOMEBODY, change(MemberField.STATUS, "active"), "k")
    assert refusal.value.code == "deprovisioned"


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(("kept_out", "suspended"), [("", False), ("banned", True), ("deprovisioned", True)])
def test_a_standing_is_done_where_the_list_has_it_so_whoever_keeps_them_out(
    sandbox: ClerkSandbox, clerk: Clerk, kept_out: str, *, suspended: bool, silent: bool
) -> None:
    sandbox.silent_about_bans = silent
    sandbox.add(SOMEBODY, Role.FINANCE, **({kept_out: True} if kept_out else {}))
    source = ClerkMemberships(clerk)
    done = {new: source.is_done(SOMEBODY, change(MemberField.STATUS, new)) for new in ("active", "suspended")}
    assert done == {"active": not suspended, "suspended": suspended}
    assert [member.suspended for member in source.read()] == [suspended]


@pytest.mark.parametrize(
    ("given", "kept"), [("  Sara \x00\n Ali ", "Sara Ali"), (None, ""), ("نیم\u200cفاصله", "نیم\u200cفاصله")]
)
def test_a_name_is_kept_without_what_no_database_holds(
    sandbox: ClerkSandbox, clerk: Clerk, given: str | None, kept: str
) -> None:
    sandbox.add(SOMEBODY, Role.FINANCE, first_name=given)
    [member] = ClerkMemberships(clerk).read()
    assert member.first_name == kept
