"""What one version of FleetDesk makes of the hosted database: its revisions, and which older hubs may run beside them.

A revision says in `admits` the oldest revision whose hubs may go on serving before the database that it leaves. One
that says nothing admits those of its own alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection

from fleetdesk.hub.rights import RIGHTS, Rights

__all__ = ["THIS", "Release", "hosted_revision", "is_newer"]


@dataclass(frozen=True)
class Release:
    """A version of FleetDesk as the database gets to know it.

    `folders` are where its revisions lie, as Alembic's `version_locations` names them.
    """

    version: str
    folders: tuple[str, ...]
    rights: Mapping[str, Rights]

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """Its revisions, the oldest first."""
        return tuple(ScriptDirectory.from_config(self.config()).walk_revisions())[::-1]

    @property
    def newest(self) -> str:
        """The revision that it migrates to."""
        return self.scripts[-1].revision

    def admitted_by(self, revision: str) -> str:
        """The oldest revision whose hubs may run before a database of that revision."""
        until = self.scripts[: self._places[revision] + 1]
        return max((_admitted(script) for script in until), key=self._places.__getitem__)

    def knows(self, revision: str) -> bool:
        """Whether the revision is one of its own: any other was made by a newer version."""
        return revision in self._places

    def admits_hubs_of(self, revision: str) -> bool:
        """Whether hubs of that revision may run before a database of its newest."""
        return self._places[revision] >= self._places[self.admitted_by(self.newest)]

    def next_after(self, revision: str) -> str | None:
        """The revision that follows; None after the newest."""
        place = self._places[revision] + 1
        return self.scripts[place].revision if place < len(self.scripts) else None

    def config(self) -> Config:
        """Alembic's configuration for its revisions."""
        config = Config()
        config.set_main_option("script_location", "fleetdesk.hub:migrations")
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", "\n".join(self.folders))
        return config

    @cached_property
    def _places(self) -> dict[str, int]:
        return {script.revision: place for place, script in enumerate(self.scripts)}


THIS = Release(version("fleetdesk"), ("fleetdesk.hub:migrations/versions",), RIGHTS)


def hosted_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def is_newer(version: str, other: str) -> bool:
    """Whether a version is of a later release than the other one."""
    return _numbers(version) > _numbers(other)


def _admitted(script: Script) -> str:
    admitted: str = getattr(script.module, "admits", script.revision)
    return admitted


def _numbers(version: str) -> tuple[int, ...]:
    """“0.10.2” or “0.10.2rc1” as (0, 10, 2)."""
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(number) for number in release[0].split(".")) if release else ()
