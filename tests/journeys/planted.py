"""Words that are planted in a desktop, none of which may be found on the disk; and the search for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PASSPHRASE", "PIN", "PLANTED", "Searched", "Used", "forms", "open_files", "search"]

PASSPHRASE = "quittenmarmelade auf zwiebelbrot"
PIN = "powidlgolatsche"
TOKEN = "tok_pfefferminzprinzessin"

PLANTED = {
    "first name": "Zwetschgenhilde",
    "last name": "Käferböhm",
    "email": "z.kaeferboehm@moosgrundtaxi.example",
    "phone": "+971509182736",
    "company": "Moosgrund Chauffeure & Söhne",
    "message": "Wir brauchen siebenundvierzig Kleinbusse bis Lichtmess",
    "tag": "hollerbuschmesse",
    "note": "Angerufen: klang nach Rhabarberschorle",
    "created": "Eierschwammerl Limousinen",
    "query": "kranewittbeere",
    "view": "Meine Grießnockerlansicht",
    "draft": "Entwurf: Topfenstrudel nachfassen",
    "form": "Halbfertigkeitshuber",
    "imported": "Einfuhrgermknödel",
    "document": "Gewerbeschein Mohnzelten.pdf",
    "bytes": "der inhalt heisst schwarzbeertascherl",
    "finder": "gugelhupfsuche",
    "person": "Kaspressknödelina Wirtin",
    "person's email": "wirtin@kaspress.example",
    "step": "Rückruf wegen Marillenfleck",
    "half imported": "Zwischenfuhrkletzenbrot",
    "folder": "Faschingskrapfenordner",
    "export": "vanillekipferlausfuhr.xlsx",
    "error": "KeyError: Buchteldatschi Reisen",
    "thread": "Strauberlzwetschke in einem Faden",
    "warning": "Polsterzipf ist veraltet",
    "library": "parameters: Schneenockerl",
    "task": "Mohnnudelaufgabe misslang",
    "passphrase": PASSPHRASE,
    "pin": PIN,
    "token": TOKEN,
}


class Used(Mapping[str, str]):
    """The planted words, and which of them were asked for."""

    def __init__(self) -> None:
        self.left = set(PLANTED)

    def __getitem__(self, name: str) -> str:
        self.left.discard(name)
        return PLANTED[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLANTED)

    def __len__(self) -> int:
        return len(PLANTED)


@dataclass(frozen=True, slots=True)
class Searched:
    """What was looked through: each file's bytes by its path; and what was found where."""

    files: dict[str, int]
    found: tuple[str, ...]

    def outside(self, folder: str) -> tuple[str, ...]:
        """What was found elsewhere than below a folder of that name."""
        return tuple(each for each in self.found if f"/{folder}/" not in each)

    def listed(self, when: str) -> list[str]:
        """Lines for whoever wants to see what was searched."""
        each = [f"  {size:>12,} {path}" for path, size in self.files.items()]
        return [f"{when}: {len(self.files)} files, {self.bytes:,} bytes", *each]

    @property
    def bytes(self) -> int:
        """Bytes in all."""
        return sum(self.files.values())


def forms(word: str) -> set[bytes]:
    """A word as it may stand in a file: as it is and folded, in three encodings; of a number, its digits."""
    texts = {word, word.lower(), word.upper(), word.casefold(), word.replace("&", "&amp;"), word.replace(" ", "%20")}
    texts |= {part for text in tuple(texts) for part in text.split() if len(part) > 9}
    digits = "".join(sign for sign in word if sign.isdecimal())
    if len(digits) > 9:  # fewer are found anywhere
        texts |= {digits, digits[3:], digits[::-1]}
    escaped = {text.encode("ascii", "backslashreplace") for text in texts}
    return escaped | {text.encode(encoding) for text in texts for encoding in ("utf-8", "utf-16-le", "utf-16-be")}


def search(folders: Sequence[Path], pid: int | None, *, chosen: Path, words: Mapping[str, str]) -> Searched:
    """Look for words, by their names, in every file below the folders, and in those that a process holds open.

    Not in what the person `chose`.
    """
    files, found = dict[str, int](), list[str]()
    wanted = {name: forms(word) for name, word in words.items()}
    for path, content in _contents(folders, pid, chosen):
        files[path] = len(content)
        found += [f"{name} in {path}" for name, looks in wanted.items() if any(look in content for look in looks)]
        named = os.fsencode(path)
        found += [f"{name} names {path}" for name, looks in wanted.items() if any(look in named for look in looks)]
    return Searched(files, tuple(found))


def _contents(folders: Sequence[Path], pid: int | None, chosen: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_relative_to(chosen):
                yield str(path), path.read_bytes()
    if pid is not None:
        for name, handle in open_files(pid):
            yield name, handle.read_bytes()


def open_files(pid: int) -> Iterator[tuple[str, Path]]:
    """Files that a process holds open or maps, and that have no name any more, or one in the machine's memory."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        mapped = line.split(maxsplit=5)[-1]
        if mapped.startswith("/dev/shm/") and Path(mapped).is_file():
            yield mapped, Path(mapped)
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
            if handle.is_file() and ("(deleted)" in target or target.startswith(("/dev/shm", "/memfd"))):
                yield target, handle
        except OSError:
            continue
