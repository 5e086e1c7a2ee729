"""Sentences of the start: the environment, the data folder, the database."""

SENTENCES: dict[str, str] = {
    "ENVIRONMENT_INVALID": (
        "This environment variable does not have the expected form. Correct it, or remove it."
    ),
    "SECRET_KEY_UNREADABLE": (
        "The secret key cannot be read in {file}: the file is missing, empty, or not yours. "
        "Nothing starts with another key: put the file back, or name another one."
    ),
    "DATA_FOLDER_UNUSABLE": (
        "Nothing can be written in the data folder {folder}: is it a file, or another person's "
        "folder? Name another folder."
    ),
    "DATABASE_UNREACHABLE": (
        "The database does not open ({reason}). Check its address, that it is started, and that "
        "you may use it."
    ),
}
