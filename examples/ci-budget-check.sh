#!/bin/sh
# Fails a CI job unless a scenario stays within its budget.
#
#   ci-budget-check.sh SCENARIO AMOUNT
#
# Exit status: 0 within the budget, 1 over it, 2 wrong call or input, 3 a needed price is not
# published (an incomplete total never passes), 4 the check itself could not run.
# The estimate goes to standard output, the verdict to standard error.
set -u

if [ "$#" -ne 2 ]; then
    echo "usage: $0 SCENARIO AMOUNT" >&2
    exit 2
fi

status=0
kms-cost estimate "$1" --budget "$2" || status=$?

case $status in
    0) echo "budget check: passed, $1 stays within $2 a month" >&2 ;;
    1) echo "budget check: failed, $1 costs more than $2 a month" >&2 ;;
    2) echo "budget check: no verdict, the call or $1 is wrong (see above)" >&2 ;;
    3) echo "budget check: no verdict, the total of $1 is incomplete" >&2 ;;
    127) echo "budget check: no verdict, kms-cost is not installed" >&2; status=4 ;;
    *) echo "budget check: no verdict, kms-cost failed with status $status" >&2; status=4 ;;
esac
exit "$status"
