"""What a command line says of an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_import import OnExisting
from fleetdesk.errors import Invalid
from fleetdesk.reports.import_options import ImportOptions, choices_from


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text("Name;Booth\nAli;B1\n")
    return path


def test_what_is_not_said_is_guessed(path: Path) -> None:
    choices = choices_from(path, ImportOptions())
    assert (choices.mapping, choices.on_existing) == (None, OnExisting.LEAVE)


def test_a_column_is_mapped_and_the_others_are_guessed(path: Path) -> None:
    mapping = choices_from(path, ImportOptions(columns=["Booth=source"])).mapping
    assert mapping is not None
    assert mapping.targets == (Target.FULL_NAME, Target.SOURCE)


def test_how_it_is_read_and_what_becomes_of_leads_that_are_there(path: Path) -> None:
    options = ImportOptions("cp1252", "semicolon", "", 1, (), "overwrite", ["phone"])
    choices = choices_from(path, options)
    assert (choices.reading.encoding, choices.reading.delimiter, choices.reading.header_row) == ("cp1252", ";", 1)
    assert (choices.on_existing, choices.overwritten) == (OnExisting.OVERWRITE, frozenset({"phone"}))


@pytest.mark.parametrize(("owner", "id_"), [("me", "layla"), ("nobody", None)])
def test_leads_without_an_owner_go_to_who_imports_them_or_to_nobody(owner: str, id_: str | None) -> None:
    assert ImportOptions(owner=owner).owner_for("layla") == id_
    assert ImportOptions().owner_for("layla") == "layla"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (ImportOptions(encoding="klingon"), "encoding"),
        (ImportOptions(encoding="base64"), "encoding"),
        (ImportOptions(delimiter="::"), "delimiter"),
        (ImportOptions(sheet="Leads"), "sheet"),
        (ImportOptions(columns=["Nobody=email"]), "column"),
        (ImportOptions(columns=["Name=zebra"]), "column"),
        (ImportOptions(on_existing="burn"), "on_existing"),
        (ImportOptions(overwrite=["status"]), "overwrite"),
        (ImportOptions(owner="zebra"), "owner"),
    ],
)
def test_what_there_is_not_is_refused_by_its_option(path: Path, options: ImportOptions, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        choices_from(path, options)
    assert refusal.value.field == field
