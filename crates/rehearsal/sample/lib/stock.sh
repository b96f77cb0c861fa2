# The stock: one item a line, with tabs between name, amount and best-before date.

tab=$(printf '\t')

# Every item, without comments and empty lines.
stock_items() {
  grep -v -e '^#' -e '^$' "$LARDER_FILE"
}

# stock_list: name and amount, by name.
stock_list() {
  stock_items | cut -f 1,2 | sort
}

# stock_due DAYS: days left, name and amount of what is to be eaten within so many days.
stock_due() {
  stock_items | while IFS=$tab read -r name amount best; do
    left=$(days_between "$LARDER_TODAY" "$best")
    if [ "$left" -le "$1" ]; then
      printf '%s\t%s\t%s\n' "$left" "$name" "$amount"
    fi
  done | sort -n
}
