"""How fast the product is, each figure beside the raw limit of the machine in the same run.

A scratch data folder, the real server as processes, closed-loop clients for a bounded time. Speed
is measured, never asserted. Read :mod:`.figures` for what a row says, :mod:`.measures` for what is
measured.
"""
