# Dates as day numbers, so that they can be compared and subtracted.

# days_of DATE: the number of a day written as YYYY-MM-DD.
days_of() {
  year=${1%%-*}
  month=${1#*-}
  month=${month%-*}
  day=${1##*-}
  # The year begins in March here, so that a leap day is its last.
  if [ "$month" -le 2 ]; then
    year=$(($year - 1))
    month=$(($month + 12))
  fi
  echo $((365 * $year + $year / 4 - $year / 100 + $year / 400 + (153 * ($month - 3) + 2) / 5 + $day))
}

# days_between FIRST SECOND: how many days the second comes after the first.
days_between() {
  echo $(($(days_of "$2") - $(days_of "$1")))
}
