"""The decisions of a mutual, pure: standard library only, no database, no clock.

Read the modules in the order of the chain: money, periods, parameters, product, enrolment,
rating, adjudication, settlement, ledger, posting_rules, reconciliation.
"""
