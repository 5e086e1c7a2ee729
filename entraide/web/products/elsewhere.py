"""What a product file may hold and the pages of a draft do not write, each key with the reason.

``tests/web/products/test_reach.py`` holds this list and the forms together against the schema.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ELSEWHERE: dict[str, str | Promise] = {
    "product": _("The code of the product is made of its name, once (product)."),
    "currency": _("The money is the mutual’s (currency)."),
    "contribution.categories.*.title": _(
        "The name of a category of exempted households is written when it is added; only the "
        "product file carries another name in English (contribution.categories.….title)."
    ),
    "values": _(
        "A draft says each value from one day on, its own. Only the product file carries several "
        "days to come in one version (values): on screen each day is a version."
    ),
}
