"""Sentences about medical control: sessions, register, campaigns, recoveries, anomalies."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "FEEDBACK_ANSWER": "Choose one of the answers proposed.",
    "FEEDBACK_TWICE": "The family was already asked about claim {claim}.",
    "MINUTES_EMPTY": "Write who was there and what was said.",
    "DECISION_EMPTY": "Write what is decided and who does it.",
    "DECISION_DUE": "It cannot be due before the sitting of {day}.",
    "DECISION_CLOSED": "What came of it was written on {day}.",
    "SESSION_DOCTOR": "{person} may not read medical data here: choose the médecin conseil.",
    "SESSION_PLACE": "Say whether one comes or calls, and where one comes to.",
    "SESSION_SLOTS": "A session has 1 to {slots} slots of 1 to {minutes} minutes.",
    "SESSION_CLOSED": "The session of {day} is over or cancelled.",
    "SESSION_COST": "What a session cost is zero or more.",
    "SESSION_HAS_ENTRIES": "Somebody was received in this session: it was held.",
    "SESSION_OF_ANOTHER_DAY": "That session is of {day}, or was cancelled.",
    "SLOT_UNKNOWN": "The session has slots 1 to {slots}.",
    "SLOT_TAKEN": "Slot {rank} is taken. Choose another one.",
    "SLOT_FREE_ALREADY": "Slot {rank} is free already.",
    "CALL_OUTCOME": "Say what became of the call.",
    "CALL_MINUTES": "A call takes 0 to {most} minutes.",
    "CLAIM_OF_ANOTHER": "Claim {claim} is not of {person}.",
    "REGISTER_WORD": "“{value}” is none of the answers proposed.",
    "REASON_CODE": "This reason is not in use on {day}. Choose one of the list.",
    "REGISTER_FOLLOW_UP": "The person is seen again after this day, not before.",
    "REGISTER_CORRECTED": "This line was corrected already. Correct the line that corrects it.",
    "REGISTER_PERSON": "Nobody, or more than one person, fits “{text}”. Type the card number.",
    "REGISTER_CLAIM": "No claim has the number “{text}”.",
    "CAMPAIGN_PERIOD": "The period ends after it begins, and is over.",
    "CAMPAIGN_SEED": "Say the seed from which the claims are drawn: a word, a date.",
    "CAMPAIGN_RATES": "The share of faults and the chance to find one lie between 0 and 100 %.",
    "CAMPAIGN_SIZE": "At least one claim is drawn; leave it empty for as many as the chance takes.",
    "CAMPAIGN_NO_CLAIM": "No approved claim has care in this period.",
    "CAMPAIGN_CLOSED": "Campaign {number} is signed or cancelled: nothing changes in it.",
    "CAMPAIGN_UNSEEN": (
        "{count} {count:claim has|claims have} not been looked at. Write a finding for each."
    ),
    "CAMPAIGN_NO_REPLY": (
        "The provider has not replied to {count} {count:finding|findings} with an amount. Write "
        "what they say, even that they say nothing."
    ),
    "CAMPAIGN_BEGUN": "A claim of {number} was looked at: the campaign goes to its end.",
    "FINDING_WRITTEN": "A finding on {claim} is written already.",
    "FINDING_CODE": "Choose what was found in the list.",
    "CHECKLIST_INCOMPLETE": "{count} {count:point is|points are} without an answer.",
    "FINDING_CONTRADICTS": (
        "{count} {count:point is|points are} answered “No”: choose what was found, not that all "
        "conforms."
    ),
    "FINDING_AMOUNT": "The amount to ask back is at most {most_minor}: of the {payable_minor} paid, {asked_minor} is asked back already.",
    "FINDING_AMOUNT_OF_PAID": "The amount to ask back is at most {most_minor}, which the claim pays.",
    "FINDING_AMOUNT_CONFORMS": "Nothing is asked back of a claim that conforms: choose what was found, or leave the amount empty.",
    "REPLY_WORDS": "Write what the provider says.",
    "REPLY_AMOUNT": "What is kept is at most {most_minor}, which was found.",
    "REPLY_WRITTEN": "The reply to this finding is written already.",
    "RECOVERY_TOO_MUCH": (
        "Of {claim} no more than {most_minor} can still be asked back: another campaign asked already."
    ),
    "RECOVERY_IN_BATCH": "A payment that is not made yet keeps {number} back: give it up once that payment is made or cancelled.",
    "RECOVERY_WAIVED": "{number} is not asked back any more.",
    "ANOMALY_VERDICT": "Say whether there is nothing, or a finding.",
    "ANOMALY_UNKNOWN": "Somebody has answered this already, or the claims have changed.",
}
