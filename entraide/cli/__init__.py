"""The command line: one door, a frame that starts fast and one module per command."""
