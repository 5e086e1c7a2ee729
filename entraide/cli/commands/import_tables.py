"""``entraide import KIND FILE``: a table of members, contributions, loans … in CSV or XLSX."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entraide.cli.output import Output
from entraide.core.errors import Refusal, RefusedRows
from entraide.core.ids import uuid7
from entraide.messages import sentence, translate

if TYPE_CHECKING:
    from entraide.apps.schemes.models import Mutual
    from entraide.files.table_profile import TableProfile

_MOST_SHOWN = 200  # remarks on a terminal; --json has them all
_QUIET_SECONDS = 1.0

COUNTED = {
    "households": "families",
    "persons": "persons",
    "persons_added": "persons added to families here",
    "earlier_numbers": "numbers of old cards noted",
    "advances": "families that had paid ahead",
    "differing": "families of which the file says otherwise",
    "memberships": "contracts",
    "renewals": "contracts renewed",
    "refinanced": "loans refinanced before term",
    "payments": "contributions received",
    "payments_minor": "amount received",
    "credits_minor": "unexpired contributions credited",
    "cancelled_minor": "unpaid contributions cancelled for months not begun",
    "visits": "visits taken over",
    "past_claims": "claims settled before, kept as history",
    "past_claims_minor": "amount paid for them",
    "photos": "photos kept",
    "photos_left_out": "files left out, each named below",
    "payouts_paid": "payments made",
    "payouts_returned": "payments come back",
    "covers": "other covers noted",
    "providers": "providers entered",
    "prices": "prices, to be approved by another person",
    "ended": "contracts ended",
    "unmatched": "clients without a family known here",
    "known": "already here or left out",
}
"""What an import counts, as it is told."""
_STEPS = {"rows": "rows read", **COUNTED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, how it is read, and what it does not say."""
    parser.add_argument(
        "file", metavar=translate("FILE"), help=translate("the table, in CSV or XLSX")
    )
    text = translate("how the table is headed; recognised without it")
    parser.add_argument("--profile", default="", metavar=translate("PROFILE"), help=text)
    text = translate("code of the mutual; not needed when there is only one")
    parser.add_argument("--mutual", default="", metavar=translate("MUTUAL"), help=text)
    text = translate("code of the product; not needed when there is only one")
    parser.add_argument("--product", default="", metavar="CODE", help=text)
    text = translate("code of the group, employer or lender whose list it is")
    parser.add_argument("--group", default="", metavar="CODE", help=text)
    text = translate("day of the act for rows that say none (2025-01-31); today unless told")
    parser.add_argument("--enrolled-on", default="", metavar="DATE", help=text)
    text = translate("name or code of the price list, for rows that name none")
    parser.add_argument("--tariff-list", default="", metavar="CODE", help=text)
    text = translate("enrol also those who resemble somebody already here")
    parser.add_argument("--with-alike", action="store_true", help=text)
    text = translate("say what the file would change, and write nothing")
    parser.add_argument("--dry-run", action="store_true", help=text)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Import, or only say what would be imported; a refused file changes nothing."""
    from django.utils import timezone
    from django_scopes import scope

    from entraide.apps.access.services import system_user
    from entraide.exchange.registers.opening import recognised
    from entraide.exchange.registers.plan import to_json
    from entraide.exchange.registers.running import carry_out, plan_file, prepare_import

    content, mutual = content_of(arguments.file), mutual_of(arguments.mutual)
    on, actor = timezone.localdate(), system_user()
    options = {
        "product": arguments.product,
        "group": arguments.group,
        "enrolled_on": arguments.enrolled_on,
        "with_alike": arguments.with_alike,
        "tariff_list": arguments.tariff_list,
    }
    with scope(mutual=mutual):
        asked = {"kind": arguments.kind, "profile": arguments.profile}
        common = {"mutual": mutual, "actor": actor, "on": on}
        if arguments.dry_run:
            _, plan = plan_file(
                **common, **asked, content=content, options=options, progress=progress_told(out)
            )
            if plan.faults:
                raise RefusedRows(tuple(plan.faults))
            profile, counts = plan.asked.table.profile, dict(plan.counts)
            remarks = [to_json(finding) for finding in plan.remarks]
        else:
            profile = recognised(content, **asked)
            draft = prepare_import(
                **common, idempotency_key=f"cli-{uuid7()}", file_name=Path(arguments.file).name,
                content=content, profile=profile.profile, options=options,
            )  # fmt: skip
            done = carry_out(draft, actor=actor, on=on, idempotency_key=f"cli-{uuid7()}",
                             progress=progress_told(out))  # fmt: skip
            counts, remarks = done.counts, done.remarks
    document = {
        "mutual": mutual.code,
        "profile": profile.profile,
        "profile_version": profile.version,
        "is_dry_run": arguments.dry_run,
        "counts": {name: count for name, count in counts.items() if count},
        "remarks": remarks,
    }
    out.answer(document, *lines_told(document, profile, mutual, out))
    return 0


def progress_told(out: Output) -> Any:
    """Tells each step on standard error, from the first second on."""
    started = time.monotonic()

    def told(step: str, done: int, total: int) -> None:
        if time.monotonic() - started > _QUIET_SECONDS:
            out.note(out.text("  {what}: {count}", what=out.text(_STEPS[step]), count=done))

    return told


def content_of(name: str) -> bytes:
    """The bytes of a file named on the command line."""
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise Refusal("FILE_NOT_FOUND", file=name) from None
    except (OSError, ValueError):  # a folder, no right to read it, a name with a null byte
        raise Refusal("FILE_UNREADABLE", file=name) from None


def mutual_of(code: str) -> Mutual:
    """The mutual named, or the only one."""
    from entraide.apps.schemes.models import Mutual
    from entraide.apps.schemes.selectors import mutual_by_code

    if code:
        return mutual_by_code(code)
    found = list(Mutual.objects.order_by("code")[:20])
    if len(found) != 1:
        known = ", ".join(mutual.code for mutual in found) or "—"
        raise Refusal("MUTUAL_NOT_SAID", place="--mutual", known=known)
    return found[0]


def lines_told(
    document: dict[str, Any], profile: TableProfile, mutual: Mutual, out: Output
) -> Iterator[str]:
    """What was done, or would be, and every remark, for a terminal."""
    name = profile.title.fr if out.language == "fr" else profile.title.en
    counts, remarks = document["counts"], document["remarks"]
    rows = counts.get("rows", 0)
    yield out.text("{mutual}: read as “{name}”, {rows} {rows:row|rows}.", mutual=mutual.name,
                   name=name, rows=rows)  # fmt: skip
    for counted, english in COUNTED.items():
        if not counts.get(counted):
            continue
        what = out.text(english)
        if counted.endswith("_minor"):
            yield out.text(
                "  {what}: {total_minor}", what=what, total_minor=counts[counted],
                currency=mutual.currency,
            )  # fmt: skip
        else:
            yield out.text("  {what}: {count}", what=what, count=counts[counted])
    for remark in remarks[:_MOST_SHOWN]:
        shown = {"currency": mutual.currency, **remark["data"]}
        yield f"  · {sentence(remark['code'], shown, out.language, remark['place'])}"
    if len(remarks) > _MOST_SHOWN:
        yield out.text("  … and {count} more (--json has them all)",
                       count=len(remarks) - _MOST_SHOWN)  # fmt: skip
    if document["is_dry_run"]:
        yield out.text("Nothing was written.")
