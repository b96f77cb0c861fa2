larder() {
  LARDER_FILE=data/stock.tsv LARDER_TODAY=2026-03-20 sh ./larder "$@" 2>&1
}

check "the list is sorted by name" "cheddar eggs flour" "$(larder list | cut -f 1 | head -n 3 | xargs)"
check "what is due comes soonest first" "2 5" "$(larder due 7 | cut -f 1 | tail -n 2 | xargs)"
check "what keeps longer is not due" "" "$(larder due 7 | grep flour)"
check "an unknown command is refused" 64 "$(larder eat >/dev/null; echo $?)"
