"""Sentences of the demonstration network and of serving."""

SENTENCES: dict[str, str] = {
    "DATABASE_NOT_DEMONSTRATION": (
        "This database is not a demonstration: it holds {found}. Nothing was changed. For a "
        "demonstration beside it, name another folder in ENTRAIDE_DATA."
    ),
    "DEMO_HOUSEHOLDS": (
        "The demonstration has from {fewest} to {most} households: choose a number between them."
    ),
    "DEMO_UNTIL": (
        "The demonstration ends between {earliest} and {latest}: choose a day between them."
    ),
    "DEMO_OTHER_THERE": (
        "There is a demonstration already, whose {option} is {there}. Leave the option out to "
        "open it, or add --reset to make another in its place."
    ),
    "SERVE_PORT": "Port {port} cannot be used here: choose one from 1024 to 65535.",
    "SERVE_PORT_TAKEN": (
        "Port {port} is in use: Entraide or another program already listens there. Stop it, or "
        "choose another port with --port."
    ),
    "SERVE_ADDRESS": "The address {address} is not one of this machine: check --bind.",
    "SERVE_DEMONSTRATION": (
        "This is a demonstration: it is served to this machine only, not at {address}. Leave "
        "--bind out."
    ),
}
