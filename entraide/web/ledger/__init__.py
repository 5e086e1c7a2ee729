"""The mutual fund: what it holds and why, the books behind it, and the operations made directly."""
