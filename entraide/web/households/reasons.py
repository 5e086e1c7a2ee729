"""Why rights are closed, said once for all whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entraide.web.households.wording import RightsShown


@dataclass(frozen=True, slots=True)
class Shared:
    """What concerns the same several persons; ``names`` is empty when it is all of them."""

    told: str
    names: str


def shared_reasons(
    people: Sequence[tuple[str, RightsShown]],
) -> tuple[list[Shared], list[RightsShown]]:
    """What several persons are told alike, once; and the rights of each with the rest.

    ``people``: each with the name by which they are called, in the order of the page.
    """
    whom: dict[str, list[str]] = {}
    for name, rights in people:
        for told in rights.reasons:
            whom.setdefault(told, []).append(name)
    shared = {told: names for told, names in whom.items() if len(names) > 1}
    by_names: dict[str, list[str]] = {}
    for told, names in shared.items():
        key = "" if len(names) == len(people) else ", ".join(names)
        by_names.setdefault(key, []).append(told)
    said = [Shared(" ".join(sentences), names) for names, sentences in by_names.items()]
    kept = [
        replace(rights, reasons=tuple(each for each in rights.reasons if each not in shared))
        for _name, rights in people
    ]
    return said, kept
