"""Sentences about saved plans."""

SENTENCES: dict[str, str] = {
    "PLAN_NAME_TAKEN": "There is already a plan called “{name}”. Choose another name.",
    "SCENARIO_NAME_TAKEN": "This plan already has a scenario called “{name}”. Choose another name.",
    "ASSUMPTION_WITHOUT_LINES": "Write down at least one category, with its frequency and its cost.",
    "ASSUMPTION_FREQUENCY": "{category}: cases a person and year lie above 0, at most {most}.",
    "ASSUMPTION_COST": "{category}: the mean cost of a case is missing.",
    "ASSUMPTION_TWICE": "{category} stands twice.",
    "ASSUMPTION_DECIDED": "This assumption of {product} was decided already.",
    "CARE_NOTE_EMPTY": "Write why the care changed.",
    "CARE_TOO_FEW": "{category}: fewer than {smallest} cases, or a number that would tell one. "
    "Nobody is to be recognised.",
}
