#!/usr/bin/env bash
# The suite ten times, each time in other surroundings and with another seed of hypothesis. It must be green in all.
#   PYTHON=.venv/bin/python tests/steady.sh              all ten runs of the whole suite
#   tests/steady.sh 4 7 -- tests/test_files.py           two of the runs, of some tests
set -u
python=${PYTHON:-.venv/bin/python}
runs=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do runs+=("$1"); shift; done
[ $# -gt 0 ] && shift
[ ${#runs[@]} -gt 0 ] || runs=(1 2 3 4 5 6 7 8 9 10)
[ $# -gt 0 ] || set -- --numprocesses 2 --dist loadfile --no-loadscope-reorder
place=$(mktemp -d); trap 'rm -rf "$place"' EXIT
export OMP_NUM_THREADS=1 TMPDIR=$place PYTHONDONTWRITEBYTECODE=1

suite() { "${before[@]}" "$python" -m pytest -q --no-cov -p no:cacheprovider --hypothesis-seed="$number" "$@"; }

in_background() { (trap '' INT; suite "$@") & wait $!; }          # as a shell without job control starts it

beside_a_busy_core() {
  while :; do :; done & local busy=$!
  suite "$@"; local status=$?
  kill "$busy"; return "$status"
}

as_a_plain_user() {                                               # who owns the files, and may not do what root may
  [ "$(id -u)" = 0 ] && before=(unshare --user --map-user=1000 --map-group=1000)
  suite "$@"
}

with_a_read_only_home() {
  mkdir -p "$place/home"; chmod 500 "$place/home"
  HOME=$place/home XDG_CACHE_HOME= as_a_plain_user "$@"; local status=$?
  chmod 700 "$place/home"; return "$status"
}

failed=0
for number in "${runs[@]}"; do
  before=()
  case $number in
    1) what="as it is";                        run=suite;                 settings=() ;;
    2) what="with CI=true";                    run=suite;                 settings=(CI=true) ;;
    3) what="in the background, no SIGINT";    run=in_background;         settings=() ;;
    4) what="beside a busy core";              run=beside_a_busy_core;    settings=() ;;
    5) what="as a plain user";                 run=as_a_plain_user;       settings=() ;;
    6) what="with a home that cannot be written"; run=with_a_read_only_home; settings=() ;;
    7) what="with PYTHONWARNINGS=error";       run=suite;                 settings=(PYTHONWARNINGS=error) ;;
    8) what="in another time zone and language"; run=suite;               settings=(TZ=Asia/Kathmandu LC_ALL=C PYTHONUTF8=0) ;;
    9) what="with other hashes, SIGHUP ignored"; run=in_background;       settings=(PYTHONHASHSEED=9) ;;
    *) what="with another seed";               run=suite;                 settings=() ;;
  esac
  started=$SECONDS
  ( [ ${#settings[@]} -gt 0 ] && export "${settings[@]}"; [ "$number" = 2 ] || unset CI
    [ "$number" = 9 ] && trap '' HUP
    $run "$@" ) > "$place/log" 2>&1
  status=$?
  echo "run $number, $what: $(tail -1 "$place/log") ($((SECONDS - started)) s)"
  [ "$status" = 0 ] || { failed=1; grep -E '^(FAILED|ERROR|E  )' "$place/log" | head -40; }
done
exit $failed
