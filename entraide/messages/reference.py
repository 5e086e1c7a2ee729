"""The page of every code and its sentence: ``python -m entraide.messages.reference`` writes it.

A test holds that the page in ``docs`` is the one that the sentences give.
"""

from __future__ import annotations

import re
from pathlib import Path

from entraide.messages import areas, translate

PATH = Path(__file__).resolve().parents[2] / "docs" / "reference" / "codes.md"

_AGREEING_WORD = re.compile(r"\{\w+:([^{}|]*)\|([^{}|]*)\}")
_HEAD = """# Les codes et leurs phrases · The codes and their sentences

Page produite par `python -m entraide.messages.reference` : ne pas la modifier à la main.

Un refus, un constat ou un motif est un **code** suivi de ses données ; chaque porte (bureau, API,
ligne de commande) en fait une phrase dans la langue de qui la lit. `{nom}` est une donnée du code ;
deux formes séparées par une barre s’accordent avec un nombre. Un programme qui appelle l’API se
règle sur le code, jamais sur la phrase.

A refusal, a finding or a reason is a **code** with its data; each door makes a sentence of it, in
its reader's language. A program that calls the API relies on the code, never on the sentence.
"""


def _cell(sentence: str) -> str:
    plain = _AGREEING_WORD.sub(r"\1/\2", sentence)
    return plain.replace("|", "\\|").replace("\n", " ")


def reference_page() -> str:
    """Every code by area, with its French and its English sentence."""
    parts = [_HEAD]
    for area, sentences in areas().items():
        rows = [
            f"| `{code}` | {_cell(translate(english, 'fr'))} | {_cell(english)} |"
            for code, english in sorted(sentences.items())
        ]
        parts.append("\n".join([f"## {area}\n", "| Code | Français | English |", "|---|---|---|"]))
        parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    PATH.write_text(reference_page(), encoding="utf-8")
