#!/bin/sh
# Stands in for an archiver: makes an archive without members (its magic line) of every name ending in .a.
for argument; do
  case $argument in
    *.a) printf '!<arch>\n' > "$argument" ;;
  esac
done
