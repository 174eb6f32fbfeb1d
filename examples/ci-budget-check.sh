#!/bin/sh
# Fails a CI job unless a scenario stays within its budgets.
#
#   ci-budget-check.sh SCENARIO AMOUNT [OPTION...]
#
# AMOUNT is what a month may cost; it is held beside the other budgets that the scenario states.
# Options go to `kms-cost estimate`: --budgets FILE for more budgets, --strict, --as-of DAY, ...
#
# Exit status: 0 within every budget, 1 over one, 2 wrong call or input, 3 undecided: a needed price
# is not published, the price list is older than a budget allows, or a budget is in another currency
# (what is not known never passes), 4 the check itself could not run.
# The estimate goes to standard output, the verdict to standard error.
set -u

if [ "$#" -lt 2 ]; then
    echo "usage: $0 SCENARIO AMOUNT [OPTION...]" >&2
    exit 2
fi
scenario=$1
amount=$2
shift 2

status=0
kms-cost estimate "$scenario" --budget "$amount" "$@" || status=$?

case $status in
    0) echo "budget check: passed, $scenario stays within $amount a month and every other budget" >&2 ;;
    1) echo "budget check: failed, $scenario is over a budget (see above)" >&2 ;;
    2) echo "budget check: no verdict, the call or $scenario is wrong (see above)" >&2 ;;
    3) echo "budget check: no verdict, a figure of $scenario is not known (see above)" >&2 ;;
    127) echo "budget check: no verdict, kms-cost is not installed" >&2; status=4 ;;
    *) echo "budget check: no verdict, kms-cost failed with status $status" >&2; status=4 ;;
esac
exit "$status"
