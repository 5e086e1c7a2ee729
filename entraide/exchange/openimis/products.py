"""From a product of openIMIS to a version of ours: a document of the same schema as any other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from entraide.apps.schemes.models import Product, ProductVersion
from entraide.apps.schemes.services import approve_product_version, enter_product_version
from entraide.core.errors import Finding, RefusedRows
from entraide.exchange.openimis.bounds import add_bounds
from entraide.exchange.openimis.packages import CareGroups
from entraide.exchange.openimis.promises import benefit_of, item_rules_of
from entraide.exchange.openimis.reading import Row, distinct_codes
from entraide.exchange.openimis.report import ImportReport
from entraide.exchange.openimis.tables import POLICIES, PRODUCTS
from entraide.exchange.openimis.takeover import SYSTEM, Takeover

_NOT_OF_A_CODE = re.compile(r"[^a-z0-9]+")
_CYCLE = re.compile(r"(\d{2})-(\d{2})")
_DAYS_OF_A_MONTH = 30  # openIMIS counts these delays in months, we in days
_YEAR_MONTHS = 12
_WHOLE = Decimal(100)
_GROWING = ("MaxPolicyExtraMember", "MaxPolicyExtraMemberOP", "MaxPolicyExtraMemberIP")

# Said in openIMIS, not in our schema: listed when it holds something.
_WITHOUT_PLACE = ("ConversionProdID", "LocationId", "Level1", "DateTo")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes parameters of one product, all from its first day."""

    row: Row
    begins_on: date
    currency: str

    def __call__(self, unit: str, value: Any) -> dict[str, Any]:
        source = f"openIMIS, {self.row['ProductCode']}"
        entry = {"from": self.begins_on.isoformat(), "value": value, "source": source}
        return {"unit": self.currency if unit == "money" else unit, "values": [entry]}


def take_products(takeover: Takeover, groups: CareGroups) -> dict[int, ProductVersion]:
    """Each product with one version, entered and approved by the system."""
    rows = takeover.reading[PRODUCTS]
    codes, shared = distinct_codes(rows, "ProductCode")
    takeover.leave_all(shared, "OI_CODE_SHARED")
    known = {
        version.source: version
        for version in ProductVersion.objects.select_related("product").filter(
            mutual=takeover.mutual, source__startswith="openIMIS "
        )
    }
    taken = set(Product.objects.filter(mutual=takeover.mutual).values_list("code", flat=True))
    versions: dict[int, ProductVersion] = {}
    made = 0
    for key, row in sorted(rows.items()):
        source = f"openIMIS {row['ProdUUID'] or key}"
        if source in known:
            versions[key] = known[source]
            continue
        code = _code(codes[key])
        if code in taken:
            place = f"{row.table}:{row.number}:ProductCode"
            raise RefusedRows((Finding("OI_PRODUCT_CODE_TAKEN", place=place, data={"code": code}),))
        begins_on = _begins_on(row, takeover.reading[POLICIES].values())
        writer = _Writer(row, begins_on, takeover.mutual.currency)
        document = product_document(row, code, groups, writer, takeover.report)
        version = enter_product_version(
            mutual=takeover.mutual,
            actor=takeover.actor,
            on=takeover.on,
            idempotency_key=f"{SYSTEM}-product-{row['ProdUUID'] or key}",
            document=document,
            effective_from=begins_on,
            source=source,
        )
        versions[key] = approve_product_version(
            mutual=takeover.mutual,
            actor=takeover.actor,
            on=takeover.on,
            idempotency_key=f"{SYSTEM}-product-approval-{row['ProdUUID'] or key}",
            version=version,
        )
        made += 1
    takeover.done("products", made, len(versions) - made)
    return versions


def _code(code: str) -> str:
    """The code as our schema writes codes: small letters, digits and dashes."""
    slug = _NOT_OF_A_CODE.sub("-", code.lower()).strip("-")[:37]
    return slug if slug[:1].isalpha() and len(slug) > 1 else f"p-{slug or 'x'}"


def _begins_on(row: Row, policies: Iterable[Row]) -> date:
    """The first day of the product, or of the first policy sold before it."""
    starts = [
        min(policy["EnrollDate"], policy["EffectiveDate"] or policy["StartDate"])
        for policy in policies
        if policy["ProdID"] == row.key
    ]
    first: date = min([row["DateFrom"], *starts])
    return first


def product_document(
    row: Row, code: str, groups: CareGroups, write: _Writer, report: ImportReport
) -> dict[str, Any]:
    """The rules of one product as ``product.yaml`` would say them.

    What openIMIS takes goes wholly to the mutual fund, fees to running costs: openIMIS knows no
    other split. What our schema cannot say is listed in the report.
    """
    for column in _WITHOUT_PLACE:
        if row[column]:
            report.leave(row, "OI_RULE_LEFT_OUT", column)
    document: dict[str, Any] = {
        "product": code,
        "title": {"fr": row["ProductName"], "en": row["ProductName"]},
        "currency": write.currency,
        "fund_share_rate": write("1", "1"),
        "contribution": _contribution(row, write, report),
        "membership": _membership(row, write, report),
        "benefits": _benefits(row, groups, write, report),
    }
    add_bounds(document, row, groups, write, report)
    items: dict[str, Any] = {}
    for category, promise in sorted(groups.promises[row.key].items()):
        items |= item_rules_of(category, promise, write)
    if items:
        document["items"] = items
    return document


def _contribution(row: Row, write: _Writer, report: ImportReport) -> dict[str, Any]:
    lump, adult, child = row["LumpSum"] or 0, row["PremiumAdult"] or 0, row["PremiumChild"] or 0
    threshold = row["Threshold"] or 0
    if lump and not threshold:
        if adult or child:
            report.leave(row, "OI_RULE_LEFT_OUT", "PremiumAdult")
        rule = {"kind": "per_household", "amount_minor": write("money", lump)}
    else:
        rule = {
            "kind": "by_age",
            "adult_minor": write("money", adult),
            "child_minor": write("money", child),
        }
        if lump:
            rule["lump_sum_minor"] = write("money", lump)
            rule["threshold_members"] = write("1", threshold)
        elif threshold and not any(row[column] for column in _GROWING):
            report.leave(row, "OI_RULE_LEFT_OUT", "Threshold")
    for name, lump_column, each_column in (
        ("joining_fee_minor", "RegistrationLumpSum", "RegistrationFee"),
        ("assembly_fee_minor", "GeneralAssemblyLumpSum", "GeneralAssemblyFee"),
    ):
        if row[lump_column]:
            rule[name] = write("money", row[lump_column])
        elif row[each_column]:
            rule[f"{name}_per_person"] = write("money", row[each_column])
    instalments = min(row["MaxInstallments"] or 1, _cover_months(row))
    if instalments > 1:
        rule["instalment_count"] = write("1", instalments)
    return rule | _discounts(row, write, report)


def _discounts(row: Row, write: _Writer, report: ImportReport) -> dict[str, Any]:
    """What is given to who is early; openIMIS takes it off fees as well."""
    said: dict[str, Any] = {}
    for percent, period, rate, months in (
        (
            "EnrolmentDiscountPerc", "EnrolmentDiscountPeriod",
            "early_enrolment_discount_rate", "early_enrolment_months",
        ),
        (
            "RenewalDiscountPerc", "RenewalDiscountPeriod",
            "renewal_discount_rate", "renewal_discount_months",
        ),
    ):  # fmt: skip
        if not row[percent]:
            continue
        needs_cycle = percent == "EnrolmentDiscountPerc"
        if row[percent] > _WHOLE or (needs_cycle and not _cycles(row, None)):
            report.leave(row, "OI_RULE_LEFT_OUT", percent)
            continue
        said[rate] = write("1", f"{(row[percent] / _WHOLE).normalize():f}")
        said[months] = write("month", row[period] or 0)
        said["discounts_cover_fees"] = write("1", True)
    return said


def _cover_months(row: Row) -> int:
    return row["InsurancePeriod"] or _YEAR_MONTHS


def _membership(row: Row, write: _Writer, report: ImportReport) -> dict[str, Any]:
    rule = {"cover_months": write("month", _cover_months(row))}
    if row["MemberCount"]:
        rule["max_members"] = write("1", row["MemberCount"])
    if row["AdministrationPeriod"]:
        rule["administration_months"] = write("month", row["AdministrationPeriod"])
    cycles = _cycles(row, report)
    if cycles:
        rule["cycle_starts"] = write("1", cycles)
    if row["GracePeriod"] and cycles:
        rule["enrolment_grace_months"] = write("month", row["GracePeriod"])
    elif row["GracePeriod"]:
        report.leave(row, "OI_RULE_LEFT_OUT", "GracePeriod")
    for name, column in (
        ("payment_grace_days", "WaitingPeriod"),  # openIMIS's name for the delay of payment
        ("renewal_grace_days", "GracePeriodRenewal"),
    ):
        if row[column]:
            rule[name] = write("day", row[column] * _DAYS_OF_A_MONTH)
            report.leave(row, "OI_MONTHS_AS_DAYS", column)
    return rule


def _cycles(row: Row, report: ImportReport | None) -> list[str]:
    """The cycles that are days of a year; the others are noted where there is a report."""
    cycles: list[str] = []
    for column in ("StartCycle1", "StartCycle2", "StartCycle3", "StartCycle4"):
        if not row[column]:
            continue
        found = _CYCLE.fullmatch(row[column])
        try:
            day = date(2023, int(found[2]), int(found[1])) if found else None
        except ValueError:
            day = None
        if day is None or row[column] in cycles:
            if report is not None:
                report.leave(row, "OI_RULE_LEFT_OUT", column)
        else:
            cycles.append(row[column])
    return cycles


def _benefits(row: Row, groups: CareGroups, write: _Writer, report: ImportReport) -> dict[str, Any]:
    promises = groups.promises[row.key]
    if not promises:
        report.leave(row, "OI_PRODUCT_WITHOUT_CARE")
        return {"other": {"is_covered": write("1", False)}}
    return {code: benefit_of(promise, write) for code, promise in sorted(promises.items())}
