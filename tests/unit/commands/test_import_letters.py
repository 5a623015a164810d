"""Letters that were read in another encoding than they were written in."""

from __future__ import annotations

import pytest

from fleetdesk.commands.import_letters import looks_mangled, unmangled
from fleetdesk.commands.lead_import import Check
from fleetdesk.commands.leads import CreateLead
from tests.unit.commands.importing import planned


@pytest.mark.parametrize("meant", ["Chloé", "L’Été", "Müller à Nîmes", "شركة", "Œuvre"])
def test_utf_8_that_was_read_as_western_is_told_and_what_was_meant(meant: str) -> None:
    read = meant.encode().decode("cp1252", "replace")
    if "\ufffd" in read:
        read = meant.encode().decode("latin-1")
    assert looks_mangled(read)
    assert unmangled(read) == meant


@pytest.mark.parametrize("text", ["Chloé", "SÃO PAULO", "ÂGE", "Ølsen", "شركة", "Ålesund", "«Été»", "20 °C", "Zoë—Ali"])
def test_letters_as_people_write_them_are_not(text: str) -> None:
    assert not looks_mangled(text)


def test_the_check_names_row_and_column_of_such_letters_and_keeps_them() -> None:
    row = planned("Name|Company", "ChloÃ©|Taxis")
    assert isinstance(row.command, CreateLead)
    assert row.command.values["first_name"] == "ChloÃ©"
    assert row.command.tags == (Check.LETTERS,)
    [flag] = row.flags
    told = "“ChloÃ©” looks like “Chloé” in another encoding than the rest of the file; it is kept as it stands"
    assert (flag.column, flag.reason) == ("Name", told)


def test_a_column_that_is_left_out_is_not_looked_at() -> None:
    assert planned("Name|Why it was not imported", "Zoé|ChloÃ©").flags == ()
