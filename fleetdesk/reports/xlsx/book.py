"""The parts of a workbook that are the same whatever its sheets hold, or depend only on how many those are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

__all__ = ["GUARDED", "GUARDED_TITLE", "HEAD", "MOMENT", "NAMESPACE", "TEXT", "TITLE", "book_parts"]

NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT, TITLE, MOMENT, GUARDED, GUARDED_TITLE = 1, 2, 3, 4, 5
"""Cell styles by their place below. `GUARDED` is text that was meant so, whatever it begins with (`quotePrefix`)."""

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN = 'fillId="0" borderId="0" xfId="0"'
_STYLES = f"""<styleSheet xmlns="{NAMESPACE}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>
</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>
</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="6"><xf numFmtId="0" fontId="0" {_PLAIN}/>
<xf numFmtId="49" fontId="0" {_PLAIN} applyNumberFormat="1"/>
<xf numFmtId="49" fontId="1" {_PLAIN} applyNumberFormat="1" applyFont="1"/>
<xf numFmtId="164" fontId="0" {_PLAIN} applyNumberFormat="1"/>
<xf numFmtId="49" fontId="0" {_PLAIN} applyNumberFormat="1" quotePrefix="1"/>
<xf numFmtId="49" fontId="1" {_PLAIN} applyNumberFormat="1" applyFont="1" quotePrefix="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def book_parts(name: str, sheets: int) -> Mapping[str, str]:
    """Every part but the sheets themselves, by its place in the archive; the sheets bear `name`, numbered from 2 on."""
    numbers = range(1, sheets + 1)
    return {
        part: HEAD + text
        for part, text in {
            "xl/styles.xml": _STYLES,
            "xl/workbook.xml": _workbook(name, numbers),
            "xl/_rels/workbook.xml.rels": _relations(
                *((f"s{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers),
                ("styles", "styles", "styles.xml"),
            ),
            "_rels/.rels": _relations(("book", "officeDocument", "xl/workbook.xml")),
            "[Content_Types].xml": _content_types(numbers),
        }.items()
    }


def _workbook(name: str, numbers: range) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(name if number == 1 else f"{name} {number}")} sheetId="{number}" r:id="s{number}"/>'
        for number in numbers
    )
    return f'<workbook xmlns="{NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _relations(*relations: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{id_}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for id_, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _content_types(numbers: range) -> str:
    parts = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/styles.xml": "styles",
        **{f"/xl/worksheets/sheet{number}.xml": "worksheet" for number in numbers},
    }
    inner = "".join(f'<Override PartName="{part}" ContentType="{_TYPES}.{kind}+xml"/>' for part, kind in parts.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inner}</Types>'
    )
