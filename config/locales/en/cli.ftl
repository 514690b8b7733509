# Sentences whose key begins with cli-.
cli-not-yet = This version does not have { $command } yet.
cli-source-unreadable = The journal { $path } cannot be read: { $error }
cli-check-clean = nothing is wrong
cli-check-because = (because of { $id })
cli-explain-code = Code
cli-explain-say = The customer may be told: { $text }
cli-verdict = { $line } { $job }
cli-explain-last = Last on this terminal: { $time }{ $stan ->
    [none] { "" }
   *[other] , STAN { $stan }
}{ $rrn ->
    [none] , no reference number
   *[other] , reference { $rrn }
}
cli-audit-whole = The audit trail is whole: { $rows ->
    [one] 1 row
   *[other] { $rows } rows
}.
cli-audit-changed = Row { $seq } has been changed.
cli-audit-missing = Row { $seq } is missing.
cli-audit-truncated = The trail ends at row { $last }, it should reach row { $expected }.
cli-audit-head = Row { $seq } does not fit the head that is kept apart.
cli-audit-head-missing = The head that is kept apart is gone or unreadable.
cli-unknown-profile = There is no code table { $profile }.
cli-bad-since = The time { $text } is not understood: write 2026-11-21, 2026-11-21T09:30:00+08:00 or 24h.
cli-agent-folder = The agent cannot use the state folder { $path }: { $error }
cli-unreadable = { $path } cannot be read: { $error }
cli-unknown-packing = There is no packing { $name }; known are: { $known }
cli-decode-frame-length = note: the frame length is not the message's length
cli-decode-tpdu = note: the TPDU does not begin with 60 or 68
cli-decode-pan-not-decimal = note: the account number holds other than digits
cli-decode-test-mode = note: the terminal is in test mode
cli-decode-sign-on-again = note: the host asks the terminal to sign on again
cli-decode-download-wanted = note: the host wants parameters downloaded
cli-decode-fault = line { $line }: stopped at { $field ->
    [length] the bytes
    [header] the header
    [mti] the message type
    [bitmap] the bitmap
   *[other] field { $field }
}, byte { $offset }: { $kind }
cli-decode-fits = this reads without a fault as { $name }: try --packing { $name }
cli-decode-fits-partly = its first bytes are those of { $name }, which reads more of it: try --packing { $name }
cli-packing-fault = { $file }, line { $line }: this packing is left out: { $detail }
cli-fault-short = the message ends here
cli-fault-length = the length cannot be
cli-fault-pad = the padding is not 0
cli-fault-encoding = this is no text
cli-fault-undefined = this packing does not have the field
cli-fault-trailing = more bytes follow
cli-fault-not-hex = not hexadecimal
cli-fault-packing = no known packing fits; name one with --packing
cli-unknown-screen = There is no screen { $word }: give its id or name, such as 22 or PATH.
cli-no-terminal = Standard output is no terminal: scripts use show, check, journal and the other subcommands.
cli-do-yes = This is what would be done; say --yes to do it.
cli-do-ask = Do it? Type y and Enter; anything else does not.
cli-do-lost = The agent is gone or cannot be reached; the run goes on in it, see audit.
cli-do-confirm = { $seconds } s left; keep: pos-console guard keep, undo: pos-console guard undo
cli-bad-set = Not understood: --set { $words }
cli-phone-read = Call support; tell terminal { $terminal } and these digits: { $digits }
