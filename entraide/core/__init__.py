"""The decisions of a mutual, pure: standard library only, no database, no clock.

Read the modules in the order of the chain: errors, money, periods, parameters, product, rating,
enrolment, exposure, adjudication, settlement, ledger, posting_rules, booklets, reconciliation.
"""
