"""The tables and columns of openIMIS that are read, and what each column holds.

The names are those of its PostgreSQL database. A column that is not here has no place with us; the
how-to page lists what is left behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of a column is read."""

    KEY = "key"  # an integer, always there
    REFERENCE = "reference"  # an integer; 0 and blank both say: none
    COUNT = "count"  # an integer, 0 or more
    TEXT = "text"
    AMOUNT = "amount"  # minor units of the currency given at import, 0 or more
    NUMBER = "number"  # a Decimal, 0 or more
    DATE = "date"  # a day, or the day of an instant
    PAST = "past"  # a day that may not lie after the import
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds; ``longest`` is the room that we have for a text (0: any length)."""

    kind: Kind
    is_required: bool = False
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its integer key, and the columns read besides.

    With ``has_history`` a row whose ``ValidityTo`` is not empty is an old version. Where
    ``LegacyID`` is read, an old version without one is the last of a record that was removed.
    """

    name: str
    key: str
    columns: Mapping[str, Column]
    has_history: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that must be there, the key first."""
        return (self.key, *self.columns, *(("ValidityTo",) if self.has_history else ()))


REFERENCE = Column(Kind.REFERENCE)
NEEDED = Column(Kind.REFERENCE, is_required=True)
COUNT = Column(Kind.COUNT)
AMOUNT = Column(Kind.AMOUNT)
PRICE = Column(Kind.AMOUNT, is_required=True)
NUMBER = Column(Kind.NUMBER)
QUANTITY = Column(Kind.NUMBER, is_required=True)
DATE = Column(Kind.DATE)
DAY = Column(Kind.DATE, is_required=True)
PAST_DAY = Column(Kind.PAST, is_required=True)
FLAG = Column(Kind.FLAG)
TEXT = Column(Kind.TEXT)
CODE = Column(Kind.TEXT, is_required=True, longest=40)
NAME = Column(Kind.TEXT, is_required=True, longest=160)
LABEL = Column(Kind.TEXT, is_required=True, longest=255)


def _each(names: str, column: Column) -> dict[str, Column]:
    return dict.fromkeys(names.split(), column)


_LIMITS = {
    **_each("LimitationType LimitationTypeR LimitationTypeE PriceOrigin", TEXT),
    **_each("LimitAdult LimitChild LimitAdultR LimitAdultE LimitChildR LimitChildE", NUMBER),
    **_each("WaitingPeriodAdult WaitingPeriodChild", COUNT),
    **_each("LimitNoAdult LimitNoChild", NUMBER),
    **_each("CeilingExclusionAdult CeilingExclusionChild", TEXT),
    "ProdID": NEEDED,
}

_CLAIMED = {
    **_each("ClaimID", NEEDED),
    **_each("PolicyID", REFERENCE),
    "QtyProvided": QUANTITY,
    "QtyApproved": NUMBER,
    "PriceAsked": PRICE,
    **_each("PriceApproved PriceValuated RemuneratedAmount", AMOUNT),
    **_each("DeductableAmount ExceedCeilingAmount", AMOUNT),
    "Limitation": TEXT,
    "LimitationValue": NUMBER,
    **_each("RejectionReason", TEXT),
}

LOCATIONS = Table(
    "tblLocations",
    "LocationId",
    {
        "LocationUUID": TEXT,
        "LocationCode": CODE,
        "LocationName": NAME,
        "LocationType": CODE,
        **_each("MalePopulation FemalePopulation OtherPopulation", COUNT),
        "ParentLocationId": REFERENCE,
    },
)
DIAGNOSES = Table(
    "tblICDCodes",
    "ICDID",
    {"ICDCode": Column(Kind.TEXT, is_required=True, longest=20), "ICDName": LABEL},
)
ITEMS = Table(
    "tblItems",
    "ItemID",
    {
        "ItemCode": CODE,
        "ItemName": LABEL,
        "ItemPrice": PRICE,
        "ItemCareType": TEXT,
        "ItemFrequency": COUNT,
        "ItemPatCat": COUNT,
    },
)
SERVICES = Table(
    "tblServices",
    "ServiceID",
    {
        "ServCode": CODE,
        "ServName": LABEL,
        "ServCategory": TEXT,
        "ServLevel": TEXT,
        "ServPrice": PRICE,
        "ServCareType": TEXT,
        "ServFrequency": COUNT,
        "ServPatCat": COUNT,
    },
)
FACILITIES = Table(
    "tblHF",
    "HfID",
    {
        "HFCode": CODE,
        "HFName": NAME,
        "HFLevel": TEXT,
        "LegalForm": TEXT,
        "Phone": Column(Kind.TEXT, longest=40),
        "LocationId": REFERENCE,
        **_each("PLItemID PLServiceID", REFERENCE),
        "ValidityFrom": DAY,
    },
)
ITEM_LISTS = Table(
    "tblPLItems", "PLItemID", {"PLItemUUID": TEXT, "PLItemName": NAME, "DatePL": DAY}
)
SERVICE_LISTS = Table(
    "tblPLServices", "PLServiceID", {"PLServiceUUID": TEXT, "PLServName": NAME, "DatePL": DAY}
)
ITEM_PRICES = Table(
    "tblPLItemsDetail",
    "PLItemDetailID",
    {"PLItemID": NEEDED, "ItemID": NEEDED, "PriceOverule": AMOUNT},
)
SERVICE_PRICES = Table(
    "tblPLServicesDetail",
    "PLServiceDetailID",
    {"PLServiceID": NEEDED, "ServiceID": NEEDED, "PriceOverule": AMOUNT},
)
PRODUCTS = Table(
    "tblProduct",
    "ProdID",
    {
        "ProdUUID": TEXT,
        "ProductCode": CODE,
        "ProductName": NAME,
        **_each("DateFrom DateTo", DAY),
        **_each("LumpSum PremiumAdult PremiumChild", AMOUNT),
        **_each("RegistrationLumpSum RegistrationFee", AMOUNT),
        **_each("GeneralAssemblyLumpSum GeneralAssemblyFee", AMOUNT),
        **_each(
            "Threshold MemberCount InsurancePeriod AdministrationPeriod MaxInstallments", COUNT
        ),
        **_each("GracePeriod WaitingPeriod GracePeriodRenewal", COUNT),
        **_each("StartCycle1 StartCycle2 StartCycle3 StartCycle4", TEXT),
        **_each("MaxInsuree MaxOPInsuree MaxIPInsuree", AMOUNT),
        **_each("MaxTreatment MaxOPTreatment MaxIPTreatment", AMOUNT),
        **_each("MaxPolicy MaxOPPolicy MaxIPPolicy", AMOUNT),
        **_each("DedInsuree DedOPInsuree DedIPInsuree", AMOUNT),
        **_each("DedTreatment DedOPTreatment DedIPTreatment", AMOUNT),
        **_each("DedPolicy DedOPPolicy DedIPPolicy", AMOUNT),
        **_each("MaxPolicyExtraMember MaxPolicyExtraMemberIP MaxPolicyExtraMemberOP", AMOUNT),
        **_each("MaxCeilingPolicy MaxCeilingPolicyIP MaxCeilingPolicyOP", AMOUNT),
        **_each("MaxNoConsultation MaxNoSurgery MaxNoDelivery MaxNoHospitalizaion", COUNT),
        **_each("MaxNoVisits MaxNoAntenatal", COUNT),
        **_each("MaxAmountConsultation MaxAmountSurgery MaxAmountDelivery", AMOUNT),
        **_each("MaxAmountHospitalization MaxAmountAntenatal", AMOUNT),
        **_each("RenewalDiscountPerc EnrolmentDiscountPerc", NUMBER),
        **_each("RenewalDiscountPeriod EnrolmentDiscountPeriod", COUNT),
        "CeilingInterpretation": TEXT,
        **_each("LocationId ConversionProdID", REFERENCE),
        **_each("Level1 Level2 Level3 Level4", TEXT),
    },
)
PRODUCT_ITEMS = Table("tblProductItems", "ProdItemID", {"ItemID": NEEDED, **_LIMITS})
PRODUCT_SERVICES = Table("tblProductServices", "ProdServiceID", {"ServiceID": NEEDED, **_LIMITS})
RELATIONS = Table("tblRelations", "RelationId", {"Relation": TEXT}, has_history=False)
OFFICERS = Table("tblOfficer", "OfficerID", {})
PHOTOS = Table("tblPhotos", "PhotoID", {"PhotoFileName": TEXT})
PAYERS = Table("tblPayer", "PayerID", {"PayerName": NAME})
FAMILIES = Table(
    "tblFamilies",
    "FamilyID",
    {
        "FamilyUUID": TEXT,
        "FamilyAddress": Column(Kind.TEXT, longest=200),
        "InsureeID": REFERENCE,
        "LocationId": REFERENCE,
        "ValidityFrom": PAST_DAY,
    },
)
INSUREES = Table(
    "tblInsuree",
    "InsureeID",
    {
        "InsureeUUID": TEXT,
        "LegacyID": REFERENCE,
        "CHFID": Column(Kind.TEXT, longest=40),
        "LastName": NAME,
        "OtherNames": Column(Kind.TEXT, longest=120),
        "DOB": PAST_DAY,
        "Gender": TEXT,
        "Phone": Column(Kind.TEXT, longest=40),
        "FamilyID": REFERENCE,
        "Relationship": REFERENCE,
        "CurrentVillage": REFERENCE,
        "PhotoID": REFERENCE,
        "ValidityFrom": PAST_DAY,
    },
)
POLICIES = Table(
    "tblPolicy",
    "PolicyID",
    {
        "PolicyUUID": TEXT,
        "PolicyStage": TEXT,
        "PolicyStatus": COUNT,
        "PolicyValue": AMOUNT,
        "EnrollDate": PAST_DAY,
        "StartDate": DAY,
        "EffectiveDate": DATE,
        "ExpiryDate": DAY,
        "FamilyID": REFERENCE,
        "OfficerID": REFERENCE,
        "ProdID": REFERENCE,
        "ValidityFrom": PAST_DAY,
    },
)
INSURED = Table(
    "tblInsureePolicy",
    "InsureePolicyID",
    {
        **_each("EnrollmentDate StartDate EffectiveDate ExpiryDate", DATE),
        **_each("InsureeID PolicyId", REFERENCE),
    },
)
PREMIUMS = Table(
    "tblPremium",
    "PremiumId",
    {
        "PremiumUUID": TEXT,
        "Amount": PRICE,
        "Receipt": Column(Kind.TEXT, longest=40),
        "PayDate": PAST_DAY,
        "PayType": TEXT,
        "isPhotoFee": FLAG,
        **_each("PayerID PolicyID", REFERENCE),
    },
)
CLAIMS = Table(
    "tblClaim",
    "ClaimID",
    {
        "ClaimUUID": TEXT,
        "ClaimCode": CODE,
        "DateFrom": PAST_DAY,
        "DateTo": DATE,
        "VisitType": TEXT,
        "DateClaimed": PAST_DAY,
        "DateProcessed": Column(Kind.PAST),
        "ClaimStatus": COUNT,
        **_each("Claimed Approved Valuated", AMOUNT),
        "Explanation": TEXT,
        "RejectionReason": TEXT,
        **_each("HFID InsureeID ICDID ICDID1 ICDID2 ICDID3 ICDID4", REFERENCE),
    },
)
CLAIM_ITEMS = Table("tblClaimItems", "ClaimItemID", {"ItemID": NEEDED, **_CLAIMED})
CLAIM_SERVICES = Table("tblClaimServices", "ClaimServiceID", {"ServiceID": NEEDED, **_CLAIMED})

TABLES: tuple[Table, ...] = (
    LOCATIONS,
    DIAGNOSES,
    ITEMS,
    SERVICES,
    ITEM_LISTS,
    SERVICE_LISTS,
    ITEM_PRICES,
    SERVICE_PRICES,
    FACILITIES,
    PRODUCTS,
    PRODUCT_ITEMS,
    PRODUCT_SERVICES,
    RELATIONS,
    OFFICERS,
    PHOTOS,
    PAYERS,
    FAMILIES,
    INSUREES,
    POLICIES,
    INSURED,
    PREMIUMS,
    CLAIMS,
    CLAIM_ITEMS,
    CLAIM_SERVICES,
)
