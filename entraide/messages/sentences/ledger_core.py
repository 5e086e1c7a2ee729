"""Sentences about entries, posting rules and the chart of accounts."""

SENTENCES: dict[str, str] = {
    "POSTING_AMOUNT": "An amount in the books must be above zero and of a believable size; {amount_minor} was given for the account “{role}”.",
    "ENTRY_DOCUMENT_MISSING": "An entry needs the number of its receipt or voucher.",
    "ENTRY_EMPTY": "Document {document_number} holds no amount: there is nothing to post.",
    "ENTRY_UNBALANCED": "Document {document_number} does not balance in the fund “{fund}”: debits and credits differ by {difference_minor}.",
    "REVERSAL_SAME_NUMBER": "The reversal of document {document_number} needs a number of its own.",
    "REVERSAL_BEFORE_ENTRY": "Document {document_number} of {entry_on} cannot be reversed on an earlier day ({on}).",
    "NOT_A_TREASURY_ROLE": "“{role}” is not an account where money lies. Choose cash, bank, mobile money or microfinance.",
    "NOT_A_RECEIVABLE_ROLE": "“{role}” cannot owe a contribution. Choose the members or the other payers.",
    "NOT_A_PAYABLE_ROLE": "“{role}” cannot be owed a benefit. Choose the providers or the members.",
    "NOT_A_RUNNING_COST_ROLE": "“{role}” is not a running cost. Care is paid by a claim, never as an expense.",
    "SAME_TREASURY": "The money would leave an account for the same account. Choose another destination.",
    "SAME_FUND": "A transfer goes from one fund to another; “{fund}” was chosen twice.",
    "ACCOUNT_ROLE_MISSING": "The chart of accounts has no account for “{role}”. Add one.",
    "ACCOUNT_ROLE_TWICE": "The chart of accounts gives “{role}” two accounts. Keep one.",
    "ACCOUNT_NUMBER_TWICE": "The account number {number} serves twice. Give each role its own number.",
    "ACCOUNT_ROLE_UNKNOWN": "The account role “{role}” does not exist.",
    "ACCOUNT_KIND_UNKNOWN": "“{kind}” is not a kind of account. Write asset, liability, fund, income or expense.",
}
