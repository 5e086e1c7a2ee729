"""The page of the command line: ``python -m entraide.cli.reference`` writes it, in French.

A test holds that the page in ``docs`` is the one that the parsers give.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from entraide.cli.commands.calc import CALCULATIONS
from entraide.cli.main import COMMANDS, full_parsers
from entraide.messages import translate

PATH = Path(__file__).resolve().parents[2] / "docs" / "reference" / "command-line.md"

_SAID_ABOVE = {"help", "json"}
_HEAD = """# La ligne de commande

Page produite par `python -m entraide.cli.reference` : ne pas la modifier à la main.

Toute commande répond `0` quand elle a fait ce qu’on lui demande, `1` quand elle refuse, `2` quand
elle est mal écrite, `130` quand on l’interrompt. Avec `--json`, elle écrit un seul document JSON ;
avec `--help`, elle dit ce qu’elle attend. Elle parle français ; `ENTRAIDE_LANGUAGE=en` la fait
parler anglais.
"""


def reference_page() -> str:
    """Every command with its arguments and options, then every calculation."""
    parsers = full_parsers("fr")
    parts = [_HEAD]
    for command in COMMANDS:
        parts += _described(parsers[command.name], translate(command.help, "fr"), 2)
    rows = [f"| `{one.name}` | {translate(one.title, 'fr')} |" for one in CALCULATIONS]
    parts.append("## Les calculs de `entraide calc`\n")
    parts.append("\n".join(["| Nom | Ce qu’il calcule |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _described(parser: argparse.ArgumentParser, title: str, level: int) -> Iterator[str]:
    yield f"{'#' * level} `{parser.prog}`\n"
    yield f"{title[:1].upper()}{title[1:]}.\n"
    actions = [each for each in parser._actions if each.dest not in _SAID_ABOVE]
    inner = [each for each in actions if isinstance(each, argparse._SubParsersAction)]
    rows = [
        f"| `{_named(each)}` | {_help(each, parser)} |" for each in actions if each not in inner
    ]
    if rows:
        yield "\n".join(["| Argument | Sens |", "|---|---|", *rows]) + "\n"
    for each in inner:
        for choice in each._choices_actions:
            yield from _described(each.choices[choice.dest], choice.help or "", level + 1)


def _named(action: argparse.Action) -> str:
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices is not None and action.metavar is None:
        metavar = ", ".join(str(each) for each in action.choices)
    if not action.option_strings:
        return metavar
    takes_value = action.nargs != 0
    return ", ".join(action.option_strings) + (f" {metavar}" if takes_value else "")


def _help(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    words = (action.help or "") % {**vars(action), "prog": parser.prog}
    return words.replace("|", "\\|")


if __name__ == "__main__":
    PATH.write_text(reference_page(), encoding="utf-8")
