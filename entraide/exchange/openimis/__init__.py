"""Taking over a mutual from openIMIS: its tables are read, its facts become ours.

``importing.import_openimis`` is the whole of it; the other modules are its steps, in this order:
``tables`` (what is read), ``reading`` (CSV files or PostgreSQL → typed rows), ``registers`` (areas,
care, providers, prices), ``products``, ``members``, ``covers`` (policies and premiums), ``claims``.

Field names between quotation marks are openIMIS's own. Its code was read, none of it is here.
"""
