"""Who is covered: partner groups, households, persons, and the covers that join them.

One module per kind of record; everybody imports from here.
"""

from entraide.apps.enrolment.models.groups import GroupMove, PartnerGroup
from entraide.apps.enrolment.models.households import (
    BirthPrecision,
    Household,
    Membership,
    Person,
)

__all__ = [
    "BirthPrecision",
    "GroupMove",
    "Household",
    "Membership",
    "PartnerGroup",
    "Person",
]
