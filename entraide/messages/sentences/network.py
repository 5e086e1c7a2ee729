"""Sentences about the tree of the network, appointments, flags and fees."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "FEDERATION_LOOP": "{federation} cannot stand under itself. Choose another union above it.",
    "TRAINING_HAS_BOOKS": (
        "{mutual} has numbered documents already: it cannot change between training and real "
        "books. Open another mutual for the training."
    ),
    "UNION_EMPTY": "No mutual stands under {federation} yet.",
    "APPOINTED_EVERYWHERE": (
        "{person} holds this role already in every mutual under {federation} on that day."
    ),
    "DUTY_OF_ANOTHER": "Another person answers for this point: whoever holds the duty signs it.",
    "MONTH_NOT_OVER": "This month is not over: its points are signed from {day}.",
    "POINT_SIGNED": "{person} signed this point on {day}.",
    "POINT_NOT_SIGNED": "This point is not signed.",
    "DUTY_UNKNOWN": "The duty “{duty}” does not exist.",
    "FLAG_UNKNOWN": "The feature “{flag}” does not exist.",
    "FLAG_STAGE_UNKNOWN": "“{stage}” is none of closed, on trial, open.",
    "FLAG_MEASURE_MISSING": (
        "A trial ends: write what it showed, so that the other mutuals may read it."
    ),
    "FEATURE_NOT_OPEN": "This is not open yet in {mutual}. The network administrator opens it.",
    "FEE_NEGATIVE": "A fee is zero or more.",
    "FEE_TWICE": "This act already has a fee from {day} on. Choose another day.",
    "GUIDE_DEFINITION_MISSING": "Say what is coded so: one sentence is enough.",
    "LIST_SAME": "Nothing is changed. Correct something, or leave the page.",
    "LIST_AGES_SWAPPED": "The oldest age is below the youngest. Correct one of them.",
}
