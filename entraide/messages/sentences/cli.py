"""Sentences of the command line: usage, files, JSON."""

SENTENCES: dict[str, str] = {
    "USAGE": "This command is not understood: {reason}",
    "UNEXPECTED": (
        "This is a fault of the program, not yours ({kind}: {reason}). Nothing was half-done. "
        "Run it again with ENTRAIDE_DEBUG=1 and send what it shows."
    ),
    "FILE_NOT_FOUND": "The file {file} does not exist. Check its name and its folder.",
    "FILE_UNREADABLE": "The file {file} cannot be read: is it a folder, or another person's?",
    "JSON_TOO_LARGE": "The document is larger than {megabytes} MB. Cut it into parts.",
    "JSON_NOT_UTF8": (
        "The document is not UTF-8 text (byte {byte}). Save it again with that encoding."
    ),
    "JSON_EMPTY": "The document is empty: write it in JSON, or see an example with --example.",
    "JSON_UNREADABLE": (
        "The document is not JSON: see line {line}, column {column}. A comma or a quote is "
        "often missing just before."
    ),
    "JSON_TOO_DEEP": "The document has more than {levels} levels of brackets.",
    "JSON_NUMBER": "{number} is not a number that can be used here.",
    "JSON_KEY_TWICE": "The key {key} stands twice in one place: keep only one.",
    "CALCULATION_UNKNOWN": "There is no calculation called {name}. There are: {names}.",
}
