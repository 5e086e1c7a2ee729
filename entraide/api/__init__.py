"""The field and partner API: one door, version 1, JSON in and out, a bearer token per person.

Read :mod:`.service` for the addresses, :mod:`.schemas` for the documents, :mod:`.refusals` for
what is answered when nothing was done. It calls services and selectors only.
"""
