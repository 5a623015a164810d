"""The OpenAPI document, complete: the lines of the streams, and the Problem that every failure is answered by."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from fleetdesk.hub.problems import PROBLEM_TYPE
from fleetdesk.hub.streaming import LineStream
from fleetdesk.protocol import LoadEnd, Message, Problem, PullEnd, PullHead, RemovedChunk, RowsChunk

__all__ = ["BYTES", "EVENTS", "PULL_LINES", "ROW_LINES", "complete"]

_Json = dict[str, Any]
_REF = "#/components/schemas/"
_UNMENTIONED: tuple[type[Message], ...] = (PullHead, RemovedChunk, RowsChunk, PullEnd, LoadEnd, Problem)

PULL_LINES: dict[int | str, _Json] = {
    200: {
        "description": "JSON lines under zstd: a PullHead, RemovedChunks, RowsChunks, a PullEnd.",
        "content": {
            LineStream.media_type: {
                "schema": {"oneOf": [{"$ref": _REF + m.__name__} for m in (PullHead, RemovedChunk, RowsChunk, PullEnd)]}
            }
        },
    }
}
ROW_LINES: dict[int | str, _Json] = {
    200: {
        "description": "JSON lines under zstd: one array of values a row, in the order asked for, then a LoadEnd.",
        "content": {
            LineStream.media_type: {
                "schema": {"oneOf": [{"type": "array", "items": {}}, {"$ref": _REF + LoadEnd.__name__}]}
            }
        },
    }
}
BYTES: dict[int | str, _Json] = {
    200: {
        "description": "Bytes of a document.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
EVENTS: dict[int | str, _Json] = {
    200: {
        "description": "Server-sent events without data: `changed` says that there may be something to pull.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


def complete(app: FastAPI) -> None:
    """Have the application serve its document with what FastAPI cannot know."""

    def document() -> _Json:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # how FastAPI wants it extended


def _document(app: FastAPI) -> _Json:
    document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in _UNMENTIONED]
    _, definitions = models_json_schema(models, ref_template=_REF + "{model}")
    schemas = document["components"]["schemas"]
    schemas |= definitions["$defs"]
    # What FastAPI would answer by itself: here it is a Problem like all others.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = {
        "description": "A failure.",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": _REF + Problem.__name__}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = problem
    return document
