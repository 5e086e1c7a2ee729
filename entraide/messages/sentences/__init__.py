"""One module per area, each with ``SENTENCES``: code → English sentence with {placeholders}.

French lives in ``locale/fr/<area>.po``, keyed by the English sentence.
"""
