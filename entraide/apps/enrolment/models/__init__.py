"""Who is covered: partner groups, households, persons, and the covers that join them.

One module per kind of record; everybody imports from here.
"""

from entraide.apps.enrolment.models.field import (
    FocalPoint,
    HouseholdScore,
    Obstacle,
    PortfolioAssignment,
    PortfolioTransfer,
    ScorecardVersion,
)
from entraide.apps.enrolment.models.groups import (
    BriefingItem,
    GroupChange,
    GroupContract,
    GroupHeadcount,
    GroupMove,
    GroupOfficer,
    OfficerBriefing,
    OfficerRole,
    PartnerGroup,
)
from entraide.apps.enrolment.models.households import (
    BirthPrecision,
    Household,
    Membership,
    Person,
)

__all__ = [
    "BirthPrecision",
    "BriefingItem",
    "FocalPoint",
    "GroupChange",
    "GroupContract",
    "GroupHeadcount",
    "GroupMove",
    "GroupOfficer",
    "Household",
    "HouseholdScore",
    "Membership",
    "Obstacle",
    "OfficerBriefing",
    "OfficerRole",
    "PartnerGroup",
    "Person",
    "PortfolioAssignment",
    "PortfolioTransfer",
    "ScorecardVersion",
]
