#!/usr/bin/env bash
# No way from the console to a shell: as a login shell, as sshd's forced command, on a virtual terminal.
set -uo pipefail
. "$(dirname "$0")/../vm.sh"
must_run && restore

# What runs as PERSON besides the console and what sshd and logind need for him.
others() { inside "ps -u $1 -o comm= | grep -vxE 'pos-console|sshd|systemd|\(sd-pam\)|dbus-daemon'"; }
# Types what people try, then whatever runs as him is looked at, then he goes.
tries() { # PERSON
    local person=$1 found=''
    : >"$vm/tries"
    { for _ in {1..120}; do ! grep -qaE 'HOME|首页' "$vm/tries" || break; sleep .5; done
      for typed in '!sh\r' '\x1a' ':!sh\r' '|sh\r' '\x1c' 'v' 'e' '\x1b[15~' '?' '!/bin/sh\r' '\x04' '\x1d' '\x03' '\x03'; do
          printf "$typed"; sleep .7
      done; sleep 3; } |
        timeout 120 ssh -tt -e none "${keys[@]}" -o ControlPath=none "$person@127.0.0.1" >"$vm/tries" 2>&1 &
    local job=$!
    while kill -0 $job 2>/dev/null; do
        found+=$(others "$person")
        sleep 1
    done
    [[ -z $found ]] || { echo "ran: $found"; return 1; }
    # Something of the console must have been seen, else nothing was tried.
    grep -qaE 'HOME|首页' "$vm/tries" || { echo "the console did not open"; head -c 600 "$vm/tries"; return 1; }
}
file=/tmp/lab-was-here
runs_it() { # PERSON COMMAND: true when the command did its work
    inside "rm -f $file"
    timeout 20 ssh "${keys[@]}" -o ControlPath=none "$1@127.0.0.1" "$2" >/dev/null 2>&1 </dev/null
    inside "test -e $file"
}
none() { ! "$@"; }
for person in menu forced; do
    right "$person: no key leads to a shell" tries $person
    for command in "touch $file" "sh -c 'touch $file'" "; touch $file" "\$(touch $file)" "-c 'touch $file'" "check; touch $file"; do
        right "$person: ssh $command" none runs_it $person "$command"
    done
    right "$person: no sftp" none timeout 20 sftp -b /dev/null "${keys[@]:0:${#keys[@]}-2}" -P "$port" "$person@127.0.0.1"
done
right "on tty2 the console runs" inside 'systemctl start pos-console-kiosk@tty2 && . /usr/lib/lab/world.sh &&
    wait_for 30 console pgrep -u pos-kiosk -x pos-console'
right "it is the only one there" none others pos-kiosk
right "it has no network of its own" inside '[ "$(nsenter -n -t $(pgrep -u pos-kiosk -x pos-console) ip -br link | grep -vc ^lo)" = 0 ]'
right "the login there gave way" inside '! systemctl is-active -q getty@tty2'
for key in ctrl-z ctrl-c ctrl-backslash ctrl-d esc; do monitor "sendkey $key" >/dev/null; sleep 1; done
right "after every key there is still only the console" inside 'sleep 3; [ "$(ps -u pos-kiosk -o comm= | sort -u)" = pos-console ]'
figures kiosk
