"""On which page of the office the demonstration's people did their acts."""

from __future__ import annotations

# By the name of the command.
SCREENS: dict[str, str] = {
    "enrol_household": "web:household-new",
    "add_dependant": "web:household-add",
    "record_contribution_payment": "web:payment-new",
    "submit_claim": "web:claim-new",
    "receive_invoice": "web:invoice-new",
    "record_expense": "web:operation-new",
    "record_grant": "web:operation-new",
    "record_bank_charge": "web:operation-new",
    "transfer_between_accounts": "web:operation-new",
}
