"""Sentences about the time of field work."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "ACTIVITY_UNKNOWN": "{value} is no activity of the list.",
    "WORKER_UNKNOWN": "{person} had no role here on that day.",
    "TIME_INVALID": "The time is between 1 and {most} minutes.",
    "DAY_OVERFULL": "{person} would have worked more than twenty-four hours on {day}.",
    "ACTS_INVALID": "The number of acts is between 1 and {most}.",
    "TIME_WITHDRAWN": "This line was withdrawn already, on {day}.",
}
