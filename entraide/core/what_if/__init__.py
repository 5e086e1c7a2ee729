"""Past claims decided again under other rules: what each would pay, and what that adds up to.

Read :mod:`.past` for what is kept of a claim, :mod:`.fold` for how a household's claims follow
each other, :mod:`.effect` for what is counted.
"""
