. ./lib/days.sh

check "a day later is one day" 1 "$(days_between 2026-03-12 2026-03-13 2>&1)"
check "a year has 365 days" 365 "$(days_between 2025-05-20 2026-05-20 2>&1)"
check "a leap day counts" 2 "$(days_between 2024-02-28 2024-03-01 2>&1)"
check "an earlier day is negative" -6 "$(days_between 2026-03-20 2026-03-14 2>&1)"
check "August has 31 days" 31 "$(days_between 2026-08-01 2026-09-01 2>&1)"
