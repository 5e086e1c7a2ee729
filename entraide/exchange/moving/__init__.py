"""A whole mutual from one installation to another: one file, all or nothing, nothing renumbered.

``tables`` says what goes along, ``writing`` makes the file, ``reading`` proves that it is whole,
``shared`` finds in the new network what both know, ``arrival`` puts everything in its place.
"""
