"""The columns of records that are kept as written, where others may change."""

from __future__ import annotations

OF_APPOINTMENTS = ("id", "uid", "user_id", "mutual_id", "role", "branch_id", "effective_from")
OF_AGREEMENTS = (
    "id", "uid", "mutual_id", "provider_id", "tariff_list_id", "effective_from",
    "is_third_party_payment", "reference", "payment_delay_days", "notice_days", "discount_rate",
    "needs_guarantee_letter", "services", "clauses", "signed_for_provider", "signed_for_mutual",
    "signed_on", "entered_by_id", "entered_on", "approved_by_id", "approved_on",
)  # fmt: skip
OF_SESSIONS = (
    "id", "uid", "recorded_at", "mutual_id", "doctor_id", "mode", "held_on", "starts_at", "place",
    "slots_count", "slot_minutes", "planned_by_id",
)  # fmt: skip
OF_FREE_CARE = (
    "id", "uid", "mutual_id", "name", "source", "categories", "items", "sectors", "sex",
    "min_age_years", "max_age_years", "effective_from", "entered_by_id", "entered_on",
    "approved_by_id", "approved_on")  # fmt: skip
OF_INCOMPATIBLE = (
    "id", "uid", "mutual_id", "name", "source", "kept", "refused", "effective_from",
    "entered_by_id", "entered_on", "approved_by_id", "approved_on")  # fmt: skip
OF_DECISIONS = (
    "id uid recorded_at mutual_id meeting_id provider_id what responsible due_on decided_by_id"
)
OF_CAMPAIGNS = (
    "id", "uid", "recorded_at", "mutual_id", "document_number", "period_from", "period_until",
    "provider_id", "fault_share", "probability", "random_count", "weighted_count", "seed",
    "population_count", "population_minor", "opened_on", "opened_by_id",
)  # fmt: skip
OF_RECOVERIES = (
    "id uid recorded_at mutual_id document_number claim_id debtor amount_minor reason_code asked_on"
    " asked_by_id"
)
OF_PAYMENT_ACCOUNTS = (
    "id uid recorded_at mutual_id channel institution bic number holder_name effective_from"
    " noted_by_id"
)
OF_BOOKINGS = "id uid recorded_at mutual_id session_id rank person_id booked_by_id"

# All of a signatory but the day on which it is withdrawn.
OF_PARTIES = (
    "id uid recorded_at mutual_id agreement_id name role represented_by area_id signed_on "
    "entered_by_id entered_on"
)
OF_EXEMPTIONS = (
    "id", "uid", "mutual_id", "household_id", "category", "effective_from", "reason", "source",
    "payer_name", "entered_by_id", "entered_on", "approved_by_id", "approved_on",
)  # fmt: skip
OF_GROUP_CONTRACTS = (
    "id", "uid", "mutual_id", "group_id", "reference", "product_id", "mode", "minimum_share",
    "waives_waiting", "joining_count", "signed_on", "starts_on", "entered_by_id",
    "activated_on", "activated_by_id",
)  # fmt: skip
# All of a repayment to the State once it is paid, but that it came back.
OF_REPAYMENTS = (
    "id", "uid", "recorded_at", "mutual_id", "invoice_id", "document_number", "amount_minor",
    "reason", "prepared_on", "prepared_by_id", "approved_on", "approved_by_id", "paid_on",
    "paid_by_id", "treasury_account_id", "reference", "entry_id",
)  # fmt: skip
