"""Lines of a log: one JSON object each, and no word of what people wrote."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from fleetdesk.process.log_lines import JsonLines


def line(message: str, *arguments: object, error: BaseException | None = None, **extra: object) -> dict[str, Any]:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("hub", logging.INFO, "x.py", 1, message, arguments, exc_info)
    for name, value in extra.items():
        setattr(record, name, value)
    text = JsonLines().format(record)
    assert "\n" not in text
    decoded: dict[str, Any] = json.loads(text)
    return decoded


def test_a_line_holds_what_was_given_with_it() -> None:
    assert line("request", status=200, path="/v1/pull").items() >= {"status": 200, "path": "/v1/pull"}.items()


def test_a_message_gets_its_arguments() -> None:
    assert line("took %d ms", 5)["event"] == "took 5 ms"


def test_an_error_is_told_by_its_class_and_place() -> None:
    told = line("failed", error=raised())
    assert (told["error"], told["at"][0].endswith(" raised")) == ("builtins.ValueError", True)


def test_an_errors_own_words_stay_out() -> None:
    assert "sara@example.com" not in json.dumps(line("failed", error=raised()))


def raised() -> BaseException:
    try:
        raise ValueError("Key (email)=(sara@example.com) already exists.")
    except ValueError:
        error = sys.exc_info()[1]
        assert error is not None
        return error
