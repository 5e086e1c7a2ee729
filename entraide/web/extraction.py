"""``python -m entraide.web.extraction``: every English text of the screens without its French.

Reads Python modules and templates as gettext does, and compares with ``locale/fr/*.po``. Exit 1
when something is missing. The sentences of refusals have their own test.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation import template as django_template

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "entraide"
LOCALE = CHECKOUT / "locale" / "fr"
KEYWORDS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURALS_WITH_CONTEXT = {"npgettext", "npgettext_lazy"}


@dataclass(frozen=True, slots=True)
class Found:
    """One English text, where it stands and the context that tells two senses apart."""

    place: str
    text: str
    context: str | None = None


def in_python(source: str, name: str) -> Iterator[Found]:
    """The texts that a module asks to be translated."""
    every = KEYWORDS | PLURALS | WITH_CONTEXT | PLURALS_WITH_CONTEXT
    for line, function, arguments, _ in extract_python(
        io.BytesIO(source.encode()), sorted(every), (), {"encoding": "utf-8"}
    ):
        words = list(arguments) if isinstance(arguments, list | tuple) else [arguments]
        has_context = function in WITH_CONTEXT | PLURALS_WITH_CONTEXT
        context = words.pop(0) if has_context else None
        if words and isinstance(words[0], str) and words[0]:
            yield Found(f"{name}:{line}", words[0], context)


def in_template(source: str, name: str) -> Iterator[Found]:
    """The texts that a template asks to be translated."""
    as_python = django_template.templatize(source, origin=name)
    # What is not a text became X's and blanks: indentation there has no meaning to Python.
    lines = "\n".join(line.strip() for line in as_python.splitlines())
    yield from in_python(lines, name)


def every_text() -> Iterator[Found]:
    """All texts of the screens, in the order of the files."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from in_python(path.read_text(encoding="utf-8"), str(path.relative_to(CHECKOUT)))
    for path in sorted((PACKAGE / "web" / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt"}:
            source = path.read_text(encoding="utf-8")
            yield from in_template(source, str(path.relative_to(CHECKOUT)))


def translated() -> set[tuple[str, str | None]]:
    """What has French in any area: (English, context)."""
    known: set[tuple[str, str | None]] = set()
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as lines:
            catalogue = read_po(lines, locale="fr")
        for message in catalogue:
            text = message.id[0] if isinstance(message.id, list | tuple) else message.id
            texts = message.string if isinstance(message.string, list | tuple) else [message.string]
            if text and all(texts) and not message.fuzzy:
                known.add((str(text), message.context))
    return known


def without_french(found: Iterable[Found]) -> list[Found]:
    """Those that no area translates, each text once."""
    known = translated()
    missing: dict[tuple[str, str | None], Found] = {}
    for each in found:
        if (each.text, each.context) not in known:
            missing.setdefault((each.text, each.context), each)
    return list(missing.values())


def main() -> int:
    """List what is missing."""
    missing = without_french(every_text())
    for each in missing:
        context = f" [{each.context}]" if each.context else ""
        print(f"{each.place}{context}: {each.text}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
