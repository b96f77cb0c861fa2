#!/bin/sh
# Runs the tests, or those whose file name contains the first argument.
set -u
cd -- "$(dirname -- "$0")/.." || exit 1

passed=0
failed=0

# check NAME WANTED GOT
check() {
  if [ "$2" = "$3" ]; then
    echo "ok      $1"
    passed=$((passed + 1))
  else
    echo "FAILED  $1"
    echo "        wanted: $2"
    echo "        got:    $3"
    failed=$((failed + 1))
  fi
}

for file in tests/*"${1-}"*_test.sh; do
  echo "# $file"
  . "./$file"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
