# Sentences whose key begins with playbook-. What a playbook says stands in config/playbooks.

playbook-unclear = Unclear
playbook-next = Next
playbook-open-screen = Open { $screen }
playbook-start = Step by step
playbook-start-of = Step by step: { $title }
playbook-head = { $title }: step { $n }
playbook-changed = This playbook was replaced by another one. Please start it again.
playbook-green-next = next
playbook-green-screen = open that screen
playbook-green-check = check again
playbook-green-on = go on
playbook-again = From the start
playbook-go = Go on: { $title }
playbook-go-code = About this code
playbook-call = Who acts: { $who }
playbook-retry = Do it again: { $rule }
playbook-say = You may tell the customer: { $text }
playbook-check-line = { $question } { $answer }
playbook-evidence = Evidence: { $text }
playbook-kept = The end is kept in 12 EVENTS.
playbook-not-kept = This end was not kept: no agent that stores it runs, or you may only look.
playbook-unknown-id = There is no playbook { $id }. There are: { $ids }
playbook-bad-answer = { $node } has no answer { $answer }

playbook-truth-yes = yes
playbook-truth-no = no
playbook-truth-unknown = cannot tell

playbook-call-none = the shop itself, nobody to call
playbook-call-issuer = the card's bank, by the customer (number on the card)
playbook-call-acquirer = the acquirer
playbook-call-service = the terminal service
playbook-call-isp = the network provider

playbook-retry-never = do not do this one again
playbook-retry-different-card = another card or another way
playbook-retry-after-fix = after it is put right
playbook-retry-later = later
playbook-retry-yes = you may

playbook-money-charged = Charged
playbook-money-not-charged = Not charged
playbook-money-may-be-charged = May be charged
playbook-money-reversed = Reversed

playbook-seen-no-sale = no such sale is on record here
playbook-seen-no-check = this was not checked yet ({ $check })
playbook-seen-finding = check { $check }: { $status ->
    [ok] fine
    [warning] warning
    [fail] failed
    [absent] not on this terminal
   *[other] cannot tell
}
playbook-seen-code = the code is { $code }
playbook-seen-code-none = this sale has no code
playbook-seen-answered = { $time } the acquirer's side answered, code { $code }, reference { $rrn }
playbook-seen-answered-in = { $time } the acquirer's side answered, code { $code }, in { $seconds } s
playbook-seen-code-only = { $time } there is code { $code }, but no reference number to prove it
playbook-seen-local = { $time } code { $code } was decided by the terminal itself, no host was asked
playbook-seen-request = { $time } code { $code } is the reason of a reversal, not a host's answer
playbook-seen-unanswered = { $time } sent, no answer came
playbook-seen-open = { $count ->
    [one] one transaction has no final result
   *[other] { $count } transactions have no final result
}
playbook-seen-none-open = nothing is unfinished
playbook-seen-journal-unread = the records are not complete, cannot tell
playbook-seen-reversal-waits = a reversal waits to be sent
playbook-seen-no-reversal = no reversal waits to be sent
playbook-seen-outcome-approved = { $time } this one went through
playbook-seen-outcome-declined = { $time } this one did not go through
playbook-seen-outcome-reversed = { $time } this one was reversed
playbook-seen-outcome-no-response = { $time } this one got no answer
playbook-seen-outcome-pending = { $time } this one has no result yet
playbook-seen-undoing = it is a void, refund, reversal or completion
playbook-seen-taking = it takes money
playbook-seen-wallet = it was paid by scanning
playbook-seen-card = it was paid by card
playbook-seen-way-unknown = the record does not say how the card was used
playbook-seen-other-way = the record names another way of reading
playbook-seen-stripe = the record says the stripe was read
playbook-seen-tap = the record says the card was tapped
playbook-seen-cards = { $count } different cards got code { $code } within { $hours } h
playbook-seen-times = code { $code } came { $count ->
    [one] once
   *[other] { $count } times
} within { $hours } h
playbook-seen-cards-unsure = code { $code } came { $count } times within { $hours } h, from how many cards is unclear
playbook-seen-one-bank = { $count } different cards with the same beginning: one bank
playbook-seen-banks-unsure = the beginnings of the numbers do not tell how many banks
playbook-seen-others = { $count ->
    [one] one other card went through
   *[other] { $count } other cards went through
} within half an hour of it
playbook-seen-no-others = { $count ->
    [one] one other card did not go through either
   *[other] { $count } other cards did not go through either
} within half an hour of it
playbook-seen-nothing-else = no other card was used within half an hour of it
playbook-seen-same-card = this card got the code { $count ->
    [one] once
   *[other] { $count } times
} within an hour
playbook-seen-card-unknown = the record holds nothing to tell cards apart
playbook-seen-amount-unusual = the amount is far above what went through lately
playbook-seen-amount-usual = the amount is within the shop's usual range
playbook-seen-few-amounts = too few sales to compare with
playbook-seen-above = every refused amount is above all that went through lately
playbook-seen-not-above = larger amounts went through
playbook-seen-no-sign-on = no sign-on within a day
playbook-seen-after-sign-on = it came again after the sign-on at { $time }
playbook-seen-not-after-sign-on = it did not come again after the sign-on at { $time }
playbook-seen-no-stan = the record has no trace number
playbook-seen-stan-again = trace number { $stan } was used by two different sales within a day
playbook-seen-stan-once = trace number { $stan } was used once within a day
playbook-seen-read-today = it worked today at { $time }
playbook-seen-read-last = it worked last on { $time }
playbook-seen-read-never = there is no success on record
playbook-seen-table-new = this terminal uses the newer code table
playbook-seen-table-old = this terminal uses the older code table
playbook-seen-table-other = this terminal does not use the UnionPay tables
