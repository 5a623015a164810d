"""A typed query made to ask for another filter, with what was typed and not understood left as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from fleetdesk.queries.filters.fields import FieldTable
from fleetdesk.queries.filters.grammar import Parsed, Wrong, parse, written
from fleetdesk.queries.filters.scanning import Demand, Piece, scan
from fleetdesk.queries.filters.values import EVERYTHING, Filter, Term

__all__ = ["rewritten"]


def rewritten(fields: FieldTable, text: str, asked: Filter) -> str:
    """The text that asks for `asked` instead: what it still asks for stays as it was typed, and where.

    A piece that was not understood is never taken out: the person mends it, or deletes it.
    """
    before = parse(fields, text).filter
    if before == asked:
        return text
    result = _Rewriting(fields, before, asked).text(text)
    if parse(fields, result).filter == asked:
        return result
    # Another order of the terms: nothing stays in its place.
    return " ".join(filter(None, (written(asked), _Rewriting(fields, before, EVERYTHING).text(text))))


class _Rewriting:
    def __init__(self, fields: FieldTable, before: Filter, asked: Filter) -> None:
        self._fields = fields
        self._asked = asked
        self._keeps_words = before.text == asked.text
        self._open = list(asked.terms)
        self._new = [term for term in asked.terms if term not in before.terms]

    def text(self, text: str) -> str:
        """Go along what was typed, then say the rest."""
        pieces = [piece for found in scan(text) for piece in self._piece(text[found.start : found.end], found)]
        words = "" if self._keeps_words else written(Filter().searching(self._asked.text))
        return " ".join(filter(None, (*pieces, *map(_term_text, self._open), words)))

    def _piece(self, typed: str, found: Piece | Demand) -> Iterator[str]:
        understood = parse(self._fields, typed)
        closed = typed + '"' * any(problem.wrong is Wrong.QUOTE for problem in understood.problems)
        if isinstance(found, Piece):
            if self._keeps_words or understood.filter == EVERYTHING:
                yield closed
            return
        if not understood.filter.terms:
            yield closed
            return
        [term] = understood.filter.terms
        if term in self._open:
            self._open.remove(term)
            yield closed
            return
        successor = next((new for new in self._new if new.field == term.field and new in self._open), None)
        if successor is not None and term not in self._asked.terms:
            self._open.remove(successor)
            yield _term_text(successor)
        yield _faulty_part(typed, found, understood)


def _term_text(term: Term) -> str:
    return written(Filter((term,)))


def _faulty_part(typed: str, demand: Demand, understood: Parsed) -> str:
    """A demand with those of its values alone that were not understood; nothing where all were."""
    faulty = {problem.start for problem in understood.problems if problem.wrong is not Wrong.QUOTE}
    start = demand.start
    values = [
        typed[value.start - start : value.end - start] for value in demand.values if value.start - start in faulty
    ]
    return typed[: demand.values[0].start - start] + ",".join(values) if values else ""
