"""One function an indicator. Its docstring is the definition that the reader opens."""
