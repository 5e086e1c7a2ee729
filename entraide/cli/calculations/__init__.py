"""One module per calculation of ``entraide calc``: ``SCHEMA``, ``EXAMPLE``, ``run(document)``."""
