#!/usr/bin/env bash
# The doors of a running VM terminal: down, ssh, shot, fault.
set -euo pipefail
. "$(dirname "$0")/vm.sh"
case $1 in
down)
    runs || { say "the VM does not run"; exit 0; }
    cut_power
    say "down"
    ;;
ssh)
    must_run
    who=${POS_LAB_USER:-root}
    if (($# > 1)); then as "$who" "${@:2}"; else exec ssh -t "${keys[@]}" "$who@127.0.0.1"; fi
    ;;
shot)
    must_run
    file=$(realpath -m "${2:-terminal.png}")
    monitor "screendump $file -f png"
    for _ in {1..50}; do [[ ! -s $file ]] || break; sleep .1; done
    [[ -s $file ]] || die "no picture"
    echo "$file"
    ;;
fault)
    must_run
    [[ -n ${2:-} ]] || { say "which fault? $(cd "$here/faults" && echo *.toml | sed 's/\.toml//g')"; exit 64; }
    case ${3:-} in '') verb=make ;; undo) verb=undo ;; *) say "fault NAME [undo]"; exit 64 ;; esac
    exec "$here/suites/faults-vm.py" $verb "$2"
    ;;
esac
