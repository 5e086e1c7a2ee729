"""Sentences about saved plans."""

SENTENCES: dict[str, str] = {
    "PLAN_NAME_TAKEN": "There is already a plan called “{name}”. Choose another name.",
    "SCENARIO_NAME_TAKEN": "This plan already has a scenario called “{name}”. Choose another name.",
}
