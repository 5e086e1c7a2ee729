"""The rules in force are those that two persons agreed on."""

from __future__ import annotations

from collections.abc import Iterator

from entraide.apps.schemes.models import Mutual, ProductVersion
from entraide.core.errors import Finding, Refusal
from entraide.rulebook import parse_product


def check_product_versions(mutual: Mutual) -> Iterator[Finding]:
    """``PRODUCT_VERSION_ALTERED``: an approved document no longer has the checksum of its day."""
    versions = ProductVersion.objects.filter(mutual=mutual, approved_at__isnull=False)
    for version in versions.select_related("product").order_by("pk"):
        try:
            found = parse_product(version.document, is_kept=True).checksum
        except Refusal as refusal:  # altered so far that it is no product any more
            found = refusal.code
        if found != version.checksum:
            document = f"{version.product.code}/{version.number}"
            data = {"kind": "product_version", "document": document}
            data |= {"found": found, "expected": version.checksum}
            yield Finding("PRODUCT_VERSION_ALTERED", place=document, data=data)
