#!/bin/sh
# Holds each scenario named against its budgets; the gravest exit status of `kms-cost` is this one's.
set -u

worst=0
for scenario in "$@"; do
    status=0
    kms-cost estimate "$scenario" || status=$?
    if [ "$status" -gt "$worst" ]; then
        worst=$status
    fi
done
exit "$worst"
