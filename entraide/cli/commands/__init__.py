"""One module per command, loaded only when it is asked for.

Each has ``add_arguments(parser)`` and ``run(arguments, out) -> int | None`` (exit code, None for
0). ``needs_database = True`` makes the frame create or migrate the database before ``run``;
``speaks_json = True`` makes its answers and refusals JSON even without ``--json``.
"""
