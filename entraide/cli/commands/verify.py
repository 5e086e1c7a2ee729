"""``entraide verify``: the books hold and every register agrees with them, or what breaks first."""

from __future__ import annotations

import argparse
from typing import Any

from entraide.cli.output import Output
from entraide.core.errors import Finding, Refusal
from entraide.messages import sentence, translate

needs_database = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mutual to verify; all of them without it."""
    text = translate("code of the mutual; all of them without it")
    parser.add_argument("mutual", nargs="?", default="", metavar=translate("MUTUAL"), help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Verify and say what was proven; 1 when a record is broken, named in the first line."""
    from entraide.apps.reporting.verification import verify_network

    verified, of_database = verify_network(arguments.mutual)
    if arguments.mutual and not verified:
        raise Refusal("MUTUAL_UNKNOWN", mutual=arguments.mutual)
    broken = [(each.mutual.code, finding) for each in verified for finding in each.findings]
    broken += [("", finding) for finding in of_database]
    findings = [_described(code, finding, out.language) for code, finding in broken]
    document: dict[str, Any] = {
        "is_proven": not findings,
        "mutuals": [
            {
                "code": each.mutual.code,
                "entries": each.entry_count,
                "is_proven": not each.findings,
            }
            for each in verified
        ],
        "findings": findings,
    }
    if findings:
        document["error"] = findings[0]
    lines = [f"{found['mutual']}  {found['message']}".strip() for found in findings] or [
        out.text(
            "{count} {count:mutual|mutuals}, {entries} {entries:entry|entries}: the books hold, "
            "and every register agrees with them.",
            count=len(verified),
            entries=sum(each.entry_count for each in verified),
        )
    ]
    out.answer(document, *lines)
    return 1 if findings else 0


def _described(code: str, finding: Finding, language: str) -> dict[str, Any]:
    return {
        "mutual": code,
        "code": finding.code,
        "message": sentence(finding.code, finding.data, language),
        "details": dict(finding.data),
    }
