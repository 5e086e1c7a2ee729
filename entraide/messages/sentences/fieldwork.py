"""Sentences about field work: time spent, and the follow-up of families."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "ACTIVITY_UNKNOWN": "{value} is no activity of the list.",
    "WORKER_UNKNOWN": "{person} had no role here on that day.",
    "TIME_INVALID": "The time is between 1 and {most} minutes.",
    "DAY_OVERFULL": "{person} would have worked more than twenty-four hours on {day}.",
    "ACTS_INVALID": "The number of acts is between 1 and {most}.",
    "TIME_OF_SOMEBODY_ELSE": (
        "This time is {person}’s. They withdraw it themselves, or who recorded it, or who "
        "coordinates."
    ),
    "TIME_WITHDRAWN": "This line was withdrawn already, on {day}.",
    "FOLLOW_STAGE_UNKNOWN": "{value} is no stage of a contract.",
    "FOLLOW_CHANNEL_UNKNOWN": "{value} is no way to follow a family: a visit, a call or nothing.",
    "FOLLOW_DAYS_INVALID": "A visit or a call comes every 1 to {most} days.",
    "FOLLOW_CELL_TWICE": "This segment and this stage stand twice.",
    "FOLLOW_PLAN_EMPTY": "The plan asks for no visit and no call.",
    "FOLLOW_DEFAULT_MISSING": "Say for every stage how families without segment are followed.",
    "FOLLOW_PLAN_APPROVED": "This plan was approved on {day}.",
    "FOLLOW_RULE_DAYS": "The frequency of one family is one of those of the list.",
    "FOLLOW_RULE_ENDED": "This family’s own rule ended already, on {day}.",
    "CONTACT_WITHDRAWN": "This contact was withdrawn already, on {day}.",
}
