"""How a key is made of a passphrase: argon2id (RFC 9106), and how that is written down beside what it opens."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

__all__ = ["KEY_BYTES", "Stretching"]

KEY_BYTES = 32
_MOST_MEMORY_KIB, _MOST_TIME, _MOST_LANES = 1 << 20, 100, 64
"""What somebody else's file may cost to open."""


@dataclass(frozen=True, slots=True)
class Stretching:
    """The salt, and what each guess shall cost. As it is made anew: RFC 9106, section 4, the second recommended choice.

    `memory_kib` in KiB, `time_cost` passes over it, `lanes` side by side.
    """

    salt: bytes
    time_cost: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    @classmethod
    def new(cls) -> Stretching:
        """With a salt of its own."""
        return cls(secrets.token_bytes(16))

    @classmethod
    def read(cls, plain: Mapping[str, object]) -> Stretching | None:
        """What `plain` wrote; None where it is not that, or would cost more than any of ours."""
        match plain:
            case {"salt": str(salt), "time_cost": int(time), "memory_kib": int(memory), "lanes": int(lanes)}:
                within = 0 < time <= _MOST_TIME and 0 < memory <= _MOST_MEMORY_KIB and 0 < lanes <= _MOST_LANES
                try:
                    return cls(b64decode(salt, validate=True), time, memory, lanes) if within else None
                except ValueError:
                    return None
        return None

    def plain(self) -> dict[str, object]:
        """For a file: none of it is a secret."""
        return {
            "salt": b64encode(self.salt).decode(),
            "time_cost": self.time_cost,
            "memory_kib": self.memory_kib,
            "lanes": self.lanes,
        }

    def key(self, passphrase: str) -> bytes:
        """The key. Raises ValueError for a salt or a cost that argon2 does not take."""
        try:
            return hash_secret_raw(
                passphrase.encode(),
                self.salt,
                time_cost=self.time_cost,
                memory_cost=self.memory_kib,
                parallelism=self.lanes,
                hash_len=KEY_BYTES,
                type=Type.ID,
            )
        except HashingError as error:
            raise ValueError("argon2 does not take this") from error
