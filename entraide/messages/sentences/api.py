"""Sentences of the API, its tokens and the benchmarks."""

SENTENCES: dict[str, str] = {
    "TOKEN_MISSING": "This address asks for a token: send it in the header Authorization, after the word Bearer. The network administrator gives tokens.",
    "TOKEN_INVALID": "This token is not valid: it is mistyped, out of date or withdrawn. Ask the network administrator for a new one.",
    "TOKEN_PERSON_STRANGER": "{person} has no role in {mutual} on this day. Appoint this person first.",
    "TOKEN_DAYS_INVALID": "A token is valid for 1 to 3650 days: {days} was asked.",
    "TOKEN_LABEL_INVALID": "The label of a token is a word of 1 to {maximum} visible characters.",
    "TOKEN_UNKNOWN": "{person} has no token “{label}” in {mutual} that is still valid.",
    "PERSON_MAY_BE_HERE": "Born the same day under a name like it: {person}, card {number}, family {household}, likely to {percent} %. If it is another person, send this card number in distinct_from; otherwise do not send the family again.",
    "PERSON_UNKNOWN": "Nobody signs in as “{person}” here.",
    "ADDRESS_UNKNOWN": "There is nothing at the address {address}. The addresses stand in /api/v1/openapi.json.",
    "METHOD_NOT_ALLOWED": "This address does not take this method. It takes: {allowed}.",
    "REQUEST_LENGTH_UNREADABLE": "The length that the request states is no number of bytes.",
    "REQUEST_TOO_LARGE": "The request is larger than {megabytes} MB. Cut it into parts.",
    "REQUEST_TOO_MANY_PARAMETERS": "This address carries too many parameters. Send those that are documented.",
    "IDEMPOTENCY_KEYS_DIFFER": "The header Idempotency-Key and the key of the document differ. Give one, or twice the same.",
    "SERVER_BUSY": "The database is busy. Nothing was recorded: send the same request again in a moment, with the same key.",
    "SERVER_FAULT": "This is a fault of the program, not yours. Nothing was recorded: send the same request again with the same key, and tell the network administrator if it happens again.",
    "BENCH_SECONDS_INVALID": "A measure lasts from 0.1 to 600 seconds: {seconds} was asked.",
    "BENCH_HOUSEHOLDS_INVALID": "The scratch base holds 1 to 100000 households: {households} was asked.",
    "BENCH_FAILED": "The benchmark {name} did not finish: {reason}",
}
