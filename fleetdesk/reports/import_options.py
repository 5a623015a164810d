"""What a command line says of an import, as the choices that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fleetdesk.commands.import_words import Target
from fleetdesk.commands.lead_fields import EDITABLE
from fleetdesk.commands.lead_import import ColumnMapping, OnExisting, guess_mapping
from fleetdesk.errors import Invalid
from fleetdesk.reports.encodings import known_codec
from fleetdesk.reports.lead_import import ImportChoices, open_leads
from fleetdesk.reports.tables import Reading

__all__ = ["AS_IT_IS", "ImportOptions", "choices_from"]

_ME, _NOBODY = "me", "nobody"
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """As they are typed; what is empty is found or guessed. `columns` are “Title=target”, `overwrite` fields."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int | None = None
    columns: Sequence[str] = ()
    on_existing: str = OnExisting.LEAVE.value
    overwrite: Sequence[str] = ()
    owner: str = _ME
    """Whose new leads are where no column says it: “me” or “nobody”."""

    def owner_for(self, me: str) -> str | None:
        """The id of that person, where `me` is that of who imports."""
        return me if self.owner == _ME else None


AS_IT_IS = ImportOptions()


def choices_from(path: Path, options: ImportOptions) -> ImportChoices:
    """The choices for this file, but for whose its leads are.

    Raises Invalid, naming the option, and BadFile as `open_leads` does.
    """
    if options.encoding and not known_codec(options.encoding):
        raise Invalid("encoding", f"There is no encoding “{options.encoding}”.", do="Say for example utf-8 or cp1252.")
    delimiter = _DELIMITERS.get(options.delimiter, options.delimiter)
    if len(delimiter) > 1:
        raise Invalid("delimiter", "A delimiter is one character.", do=f"Or say {', '.join(_DELIMITERS)}.")
    reading = Reading(options.encoding or None, delimiter or None, options.sheet or None, options.header_row)
    sheet = open_leads(path, reading)
    if options.sheet and sheet.reading.sheet != options.sheet:
        raise Invalid("sheet", f"There is no sheet “{options.sheet}”.", do=f"There are: {', '.join(sheet.sheets)}.")
    unknown = sorted(set(options.overwrite) - EDITABLE)
    if unknown:
        raise Invalid("overwrite", f"A lead has no field “{unknown[0]}”.", do=f"There are: {_list(EDITABLE)}.")
    try:
        on_existing = OnExisting(options.on_existing)
    except ValueError:
        raise Invalid("on_existing", f"“{options.on_existing}” is no choice.", do=f"Say {_list(OnExisting)}.") from None
    if options.owner not in (_ME, _NOBODY):
        raise Invalid("owner", f"“{options.owner}” is no choice.", do=f"Say {_ME} or {_NOBODY}.")
    return ImportChoices(
        reading=reading,
        mapping=_mapped(sheet.titles, options.columns) if options.columns else None,
        on_existing=on_existing,
        overwritten=frozenset(options.overwrite),
    )


def _mapped(titles: tuple[str, ...], columns: Sequence[str]) -> ColumnMapping:
    targets = dict(zip(titles, guess_mapping(titles).targets, strict=True))
    for column in columns:
        title, _, target = column.rpartition("=")
        if title not in targets:
            raise Invalid("column", f"The file has no column “{title}”.", do=f"There are: {', '.join(titles)}.")
        if target not in tuple(Target):
            raise Invalid("column", f"A column cannot become “{target}”.", do=f"There are: {_list(Target)}.")
        targets[title] = Target(target)
    return ColumnMapping(titles, tuple(targets[title] for title in titles))


def _list(names: type[Target | OnExisting] | Sequence[str] | frozenset[str]) -> str:
    return ", ".join(sorted(map(str, names)))
