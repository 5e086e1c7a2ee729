"""Who is covered: partner groups, households, persons, and the covers that join them.

One module per kind of record; everybody imports from here.
"""

from entraide.apps.enrolment.models.field import (
    FocalPoint,
    FocalPointMessage,
    HouseholdScore,
    Obstacle,
    PortfolioAssignment,
    PortfolioTransfer,
    ScorecardVersion,
)
from entraide.apps.enrolment.models.forms import EnrolmentFormVersion
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
from entraide.apps.enrolment.models.history import (
    EarlierNumber,
    RegisterChange,
    Resemblance,
    ResemblanceState,
)
from entraide.apps.enrolment.models.households import (
    BirthPrecision,
    DocumentKind,
    Household,
    Membership,
    Person,
    PhoneOwner,
    SignedBy,
)
from entraide.apps.enrolment.models.other_covers import OtherCover
from entraide.apps.enrolment.models.photos import Photo, PhotoKind

__all__ = [
    "BirthPrecision",
    "BriefingItem",
    "DocumentKind",
    "EarlierNumber",
    "EnrolmentFormVersion",
    "FocalPoint",
    "FocalPointMessage",
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
    "OtherCover",
    "PartnerGroup",
    "Person",
    "PhoneOwner",
    "Photo",
    "PhotoKind",
    "PortfolioAssignment",
    "PortfolioTransfer",
    "RegisterChange",
    "Resemblance",
    "ResemblanceState",
    "ScorecardVersion",
    "SignedBy",
]
