"""``entraide``: find the command, run it, turn whatever happens into a sentence and an exit code.

Exit 0: done. 1: refused, or a fault of ours (``UNEXPECTED``; its trace only with
``ENTRAIDE_DEBUG=1``). 2: wrong usage. 130: interrupted. Only the module of the command asked for
is loaded, so that a calculation starts without Django.
"""

from __future__ import annotations

import argparse
import gettext
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from entraide import __version__
from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import LOCALES, language_of_reader, translate


@dataclass(frozen=True, slots=True)
class Command:
    """A word of the command line, the module that does it, one line of help in English."""

    name: str
    module: str
    help: str


COMMANDS: tuple[Command, ...] = (
    Command(
        "bench",
        "entraide.cli.commands.bench",
        "measure the speed, beside the raw limit of this machine",
    ),
    Command("calc", "entraide.cli.commands.calc", "one pure calculation: JSON in, JSON out"),
    Command(
        "cards",
        "entraide.cli.commands.cards",
        "prove a member’s card without network, or take the public keys that prove it",
    ),
    Command(
        "demo",
        "entraide.cli.commands.demo",
        "the demonstration network: six fictitious mutuals, their figures, the office",
    ),
    Command(
        "export",
        "entraide.cli.commands.export",
        "what the registers hold, in open formats",
    ),
    Command(
        "import",
        "entraide.cli.commands.import_",
        "bring in what was written elsewhere",
    ),
    Command(
        "print-form",
        "entraide.cli.commands.print_form",
        "a blank form to fill by hand, in the order of its entry screen",
    ),
    Command("report", "entraide.cli.commands.report", "the report of a mutual over some months"),
    Command(
        "serve",
        "entraide.cli.commands.serve",
        "the office and its background work, until Ctrl-C",
    ),
    Command(
        "token",
        "entraide.cli.commands.token",
        "give or withdraw a token of the API, for one person in one mutual",
    ),
    Command(
        "verify",
        "entraide.cli.commands.verify",
        "prove that the books hold and that every register agrees with them",
    ),
)


class WrongUsage(Exception):
    """The arguments make no command; holds the parser's sentence and its usage line."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """A parser whose faults are raised, so that they too can be answered in JSON."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(message, self.format_usage())


def _speak(language: str) -> None:
    """Make argparse's own words come from our catalogue: it asks gettext's default domain."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("django", str(LOCALES))
    gettext.textdomain("django")


def _parser(language: str) -> tuple[_Parser, dict[str, _Parser]]:
    """The parser, and each command's own, still without its arguments."""
    top = _Parser(
        prog="entraide",
        description=translate("The platform of a community health mutual", language),
    )
    top.add_argument(
        "--version",
        action="version",
        version=f"entraide {__version__}",
        help=translate("show program's version number and exit", language),
    )
    json_help = translate("answer with one JSON document", language)
    top.add_argument("--json", action="store_true", help=json_help)
    commands = top.add_subparsers(
        dest="command", metavar=translate("COMMAND", language), required=True
    )
    own: dict[str, _Parser] = {}
    for command in COMMANDS:
        text = translate(command.help, language)
        own[command.name] = commands.add_parser(command.name, help=text, description=text)
        own[command.name].add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=json_help
        )
    return top, own


def _module_of(words: Sequence[str], own: dict[str, _Parser]) -> Any | None:
    """Load the module of the command that is asked for, and give its parser its arguments."""
    asked = next((word for word in words if not word.startswith("-")), None)
    for command in COMMANDS:
        if command.name == asked:
            module = importlib.import_module(command.module)
            module.add_arguments(own[command.name])
            return module
    return None


def full_parsers(language: str) -> dict[str, _Parser]:
    """The parser of every command with all its arguments, by name: for the reference page."""
    _, own = _parser(language)
    for command in COMMANDS:
        importlib.import_module(command.module).add_arguments(own[command.name])
    return own


def _prepare_database() -> None:
    # By name: the configuration stands above the commands, and most of them do without it.
    importlib.import_module("entraide.config.start").prepare_database()


def _run(words: Sequence[str], out: Output) -> int:
    top, own = _parser(out.language)
    module = _module_of(words, own)
    out.as_json = out.as_json or bool(getattr(module, "speaks_json", False))
    try:
        arguments = top.parse_args(words)
    except WrongUsage as fault:
        print(fault.usage, file=sys.stderr, end="")
        out.refuse(Refusal("USAGE", reason=fault.message))
        return 2
    out.as_json = out.as_json or arguments.json
    assert module is not None, "a command that was parsed has a module"
    if getattr(module, "needs_database", False):
        _prepare_database()
    code: int | None = module.run(arguments, out)
    return code or 0


def _guarded(words: Sequence[str], out: Output) -> int:
    try:
        return _run(words, out)
    except Refusal as refusal:
        out.refuse(refusal)
        return 1
    except BrokenPipeError:
        raise
    except Exception as fault:
        if os.environ.get("ENTRAIDE_DEBUG") == "1":
            traceback.print_exc()
        reason = " ".join(str(fault).split())[:200]
        out.refuse(Refusal("UNEXPECTED", kind=type(fault).__name__, reason=reason))
        return 1


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; answers its exit code."""
    words = sys.argv[1:] if words is None else words
    language = language_of_reader()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a text that the terminal cannot show must not crash
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    _speak(language)
    out = Output(as_json="--json" in words, language=language)
    try:
        return _guarded(words, out)
    except BrokenPipeError:
        # The reader has seen enough. Keep the interpreter from flushing into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        out.note(out.text("Interrupted."))
        return 130


if __name__ == "__main__":
    sys.exit(main())
