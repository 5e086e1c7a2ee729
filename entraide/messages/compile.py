"""``python -m entraide.messages.compile``: the PO files of each area → one catalogue per language.

Two areas may translate the same English text, but only alike; empty and fuzzy translations are
refused too, so that no reader meets an unfinished sentence.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from entraide.messages import LOCALES


def faults_of(message: Message) -> list[str]:
    """What is unfinished in one translation."""
    texts = message.string if isinstance(message.string, list | tuple) else [message.string]
    faults = ["no translation"] if not all(texts) else []
    return [*faults, "fuzzy"] if message.fuzzy else faults


def merge(folder: Path, language: str) -> tuple[Catalog, list[str]]:
    """One catalogue out of a language's PO files, and what is wrong with them, place by place."""
    merged = Catalog(locale=language, domain="django", fuzzy=False)
    faults: list[str] = []
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as lines:
            catalogue = read_po(lines, locale=language, abort_invalid=True)
        for message in catalogue:
            if not message.id:
                continue
            where = f"{path.name}: {message.id!r}"
            faults += [f"{where}: {fault}" for fault in faults_of(message)]
            known = merged.get(message.id, message.context)
            if known is not None and known.string != message.string:
                faults.append(f"{where}: another area says {known.string!r}")
            merged.add(message.id, message.string, context=message.context)
    return merged, faults


def compile_language(folder: Path, language: str) -> list[str]:
    """Write the language's catalogue unless something is wrong with it; answers the faults."""
    merged, faults = merge(folder, language)
    if faults:
        return faults
    target = folder / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as out:
        write_mo(out, merged)
    unfinished.replace(target)  # a reader meets the old catalogue or the new one, never half
    return []


def main(locales: Path = LOCALES) -> int:
    """Compile every language; 1 when a translation is unfinished or contradicts another."""
    faults = [
        f"{folder.name}/{fault}"
        for folder in sorted(path for path in locales.iterdir() if path.is_dir())
        for fault in compile_language(folder, folder.name)
    ]
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
