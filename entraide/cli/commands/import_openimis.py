"""``entraide import openimis SOURCE``: a mutual comes over from openIMIS, once and wholly."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator

from entraide.cli.output import Output
from entraide.core.errors import Refusal
from entraide.messages import sentence, translate

SOURCE_SETTING = "ENTRAIDE_OPENIMIS_URL"

_STEPS = {
    "read": "rows read",
    "areas": "areas",
    "diagnoses": "diagnoses",
    "services": "acts",
    "items": "drugs and items",
    "providers": "providers",
    "prices": "agreed prices",
    "products": "products",
    "households": "households",
    "persons": "persons",
    "memberships": "memberships",
    "contributions": "contributions received",
    "claims": "claims",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The source, and the mutual that it becomes."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        nargs="?",
        default="",
        help=translate(
            "folder of tbl….csv files, or postgresql://…; without it, the address in the "
            "environment variable ENTRAIDE_OPENIMIS_URL"
        ),
    )
    parser.add_argument(
        "--mutual", default="", metavar="CODE", help=translate("mutual; made if it is missing")
    )
    parser.add_argument(
        "--currency",
        default="",
        metavar="XOF",
        help=translate("currency of the amounts: openIMIS does not say it (XOF unless told)"),
    )
    parser.add_argument(
        "--country",
        default="",
        metavar="XX",
        help=translate("country whose chart of accounts a new mutual takes"),
    )


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Import, tell the progress on standard error, then what came and what did not."""
    from django.utils import timezone

    from entraide.exchange.openimis.importing import import_openimis
    from entraide.exchange.openimis.report import ImportReport

    def progress(step: str, count: int) -> None:
        out.note(out.text("  {what}: {count}", what=out.text(_STEPS[step]), count=count))

    def lines(report: ImportReport) -> Iterator[str]:
        yield out.text("Mutual {mutual}: imported from openIMIS.", mutual=report.mutual)
        for step in _STEPS:
            if report.imported[step] or report.present[step]:
                yield out.text(
                    "  {what}: {count} imported ({present} already there)",
                    what=out.text(_STEPS[step]),
                    count=report.imported[step],
                    present=report.present[step],
                )
        yield out.text(
            "  amount received: {total_minor}",
            total_minor=report.imported["contributions_minor"],
            currency=report.currency,
        )
        if report.skipped:
            yield out.text("Left out, or imported without something (--json says which rows):")
        noted = Counter((each.table, each.column, each.code) for each in report.skipped)
        for (table, column, code), count in noted.items():
            place = f"{table}.{column}" if column else table
            yield f"  {place} ({count}): {sentence(code, {}, out.language)}"

    # An address holds a password: in the environment no list of processes shows it.
    source = arguments.source or os.environ.get(SOURCE_SETTING, "")
    if not source:
        raise Refusal("OI_SOURCE_NOT_SAID", setting=SOURCE_SETTING)
    report = import_openimis(
        source,
        on=timezone.localdate(),
        mutual_code=arguments.mutual,
        currency=arguments.currency.upper(),
        country=arguments.country,
        progress=progress,
    )
    out.answer(report.to_json(), *lines(report))
    return 0
