"""The connections that a person can open: kept as they are, or refused with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleetdesk.errors import BadFile, BadSettings, DiskFull
from fleetdesk.sync.signin.connections import Connection, ConnectionKind, Connections

TEAM = Connection(
    name="team", hub_url="https://hub.example.com", issuer="https://clerk.example.com", client_id="desktop"
)


@pytest.fixture
def connections(tmp_path: Path) -> Connections:
    return Connections(tmp_path / "data")


def written(tmp_path: Path, content: object) -> Connections:
    """Connections over a file with this content."""
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / "connections.json").write_text(text)
    return Connections(tmp_path)


def entry(**values: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever a person may write
    return TEAM.model_dump(mode="json", exclude_defaults=True) | values


def test_a_connection_is_given_back_as_it_was_kept(connections: Connections) -> None:
    kept = TEAM.model_copy(update={"ca_file": Path("/etc/company.pem")})
    connections.keep(kept)
    assert connections.get("team") == kept


def test_there_is_none_at_first(connections: Connections) -> None:
    assert connections.all() == {}


def test_one_takes_the_place_of_the_one_of_its_name(connections: Connections) -> None:
    connections.keep(TEAM)
    connections.keep(TEAM.model_copy(update={"client_id": "another"}))
    assert [each.client_id for each in connections.all().values()] == ["another"]


def test_the_only_one_needs_no_name(connections: Connections) -> None:
    connections.keep(TEAM)
    assert connections.get("") == TEAM


def test_of_several_one_has_to_be_named(connections: Connections) -> None:
    connections.keep(TEAM)
    connections.keep(Connection(name="demo", kind=ConnectionKind.DEMO))
    with pytest.raises(BadSettings, match="Which connection"):
        connections.get("")


def test_one_that_is_not_there_is_told_with_those_that_are(connections: Connections) -> None:
    connections.keep(TEAM)
    with pytest.raises(BadSettings, match=r"no connection other\. There are team\."):
        connections.get("other")


@pytest.mark.parametrize("name", ["", "Team", "a/b", "..", "a" * 41, "team\n", "-a"])
def test_a_name_is_one_that_a_folder_may_have(connections: Connections, name: str) -> None:
    with pytest.raises(BadSettings, match="no name"):
        connections.keep(TEAM.model_copy(update={"name": name}))


@pytest.mark.parametrize(
    ("field", "told"), [("hub_url", "hub's address"), ("issuer", "sign-in service"), ("client_id", "client id")]
)
def test_what_a_hub_needs_has_to_be_there(connections: Connections, field: str, told: str) -> None:
    with pytest.raises(BadSettings, match=told):
        connections.keep(TEAM.model_copy(update={field: ""}))


@pytest.mark.parametrize("field", ["hub_url", "issuer"])
def test_plain_http_to_another_machine_is_refused(connections: Connections, field: str) -> None:
    with pytest.raises(BadSettings, match="https:// only"):
        connections.keep(TEAM.model_copy(update={field: "http://hub.example.com"}))


DIRECT = TEAM.model_copy(update={"name": "own", "kind": ConnectionKind.DIRECT, "hub_url": ""})


def test_a_direct_one_has_a_sign_in_and_no_hub(connections: Connections) -> None:
    kept = DIRECT.model_copy(update={"organisation_id": "org_1", "ca_file": Path("/etc/company.pem")})
    connections.keep(kept)
    assert connections.get("own") == kept


@pytest.mark.parametrize("part", [{"issuer": ""}, {"client_id": ""}, {"hub_url": "https://hub.example.com"}])
def test_a_direct_one_that_lacks_a_part_or_has_a_hub_is_refused(connections: Connections, part: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match=r"sign-in service|client id|no hub's address"):
        connections.keep(DIRECT.model_copy(update=part))


def test_a_hub_knows_its_organisation_by_itself(connections: Connections) -> None:
    with pytest.raises(BadSettings, match="no organisation id"):
        connections.keep(TEAM.model_copy(update={"organisation_id": "org_1"}))


def test_one_that_is_removed_is_gone_and_the_others_stay(connections: Connections) -> None:
    connections.keep(TEAM)
    connections.keep(DIRECT)
    connections.remove("team")
    assert list(connections.all()) == ["own"]


def test_what_is_not_there_cannot_be_removed(connections: Connections) -> None:
    connections.keep(TEAM)
    with pytest.raises(BadSettings, match="no connection other"):
        connections.remove("other")


def test_the_demo_has_no_address(connections: Connections) -> None:
    with pytest.raises(BadSettings, match="has no hub's address"):
        connections.keep(TEAM.model_copy(update={"kind": ConnectionKind.DEMO}))


@pytest.mark.parametrize("secret", ["person", "token", "role", "passphrase", "database", "database_url"])
def test_the_file_names_no_person_and_holds_no_secret(tmp_path: Path, secret: str) -> None:
    broken = written(tmp_path, {"connections": [entry(**{secret: "x"})]})
    with pytest.raises(BadFile, match=secret):
        broken.all()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ([], "no list"),
        ({}, "no list"),
        ({"connections": {}}, "no list"),
        ({"connections": [], "person": "x"}, "no list"),
        ({"connections": [1]}, "an entry"),
        ({"connections": [{}]}, "name"),
        ({"connections": [entry(kind="cloud")]}, "kind"),
        ({"connections": [entry(issuer="http://clerk.example.com")]}, "https:// only"),
        ({"connections": [entry(), entry()]}, "two connections are called team"),
    ],
)
def test_a_broken_file_is_told_with_what_is_wrong(tmp_path: Path, content: object, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        written(tmp_path, content).all()


def test_a_broken_file_is_left_as_it_is(tmp_path: Path) -> None:
    broken = written(tmp_path, "{")
    with pytest.raises(BadFile):
        broken.keep(TEAM)
    assert (tmp_path / "connections.json").read_text() == "{"


def test_where_it_cannot_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((DiskFull, BadFile)):
        Connections(tmp_path / "file").keep(TEAM)
