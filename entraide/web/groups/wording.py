"""What kinds of groups are called at the desk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

GROUP_KINDS: tuple[tuple[str, str | Promise], ...] = (
    ("village", gettext_lazy("Village or commune")),
    ("enterprise", gettext_lazy("Company")),
    ("lender", gettext_lazy("Lender")),
    ("ngo", gettext_lazy("NGO or association")),
    ("cooperative", gettext_lazy("Cooperative")),
    ("school", gettext_lazy("School")),
)
