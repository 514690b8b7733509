# One transaction: evidence, verdict, words for the customer. Calm words: nobody is blamed.
sale-yuan = CNY { $amount }
sale-kind-sale = sale
sale-kind-void = void
sale-kind-refund = refund
sale-kind-preauth = pre-auth
sale-kind-completion = completion
sale-kind-balance = balance
sale-kind-reversal = reversal
sale-kind-settle = settlement
sale-kind-signon = sign-on
sale-kind-echo = echo test
sale-outcome-approved = approved
sale-outcome-declined = declined
sale-outcome-reversed = reversed
sale-outcome-no-response = no answer
sale-outcome-no-response-reversed = no answer, reversed
sale-outcome-pending = pending
sale-outcome-query-needed = query needed
sale-way-insert = insert
sale-way-tap = tap
sale-way-swipe = swipe
sale-way-fallback = swipe after chip failed
sale-way-manual = typed
sale-way-scan = scan
sale-way-unknown = way unknown
sale-none-failed = No failed sales.
sale-none-open = Nothing is open.
sale-open = { $count ->
        [one] 1 transaction
       *[other] { $count } transactions
    } without a final result:
sale-batch = Batch not settled: { $count ->
        [one] 1 sale
       *[other] { $count } sales
    }
sale-do-not-repeat = Find out the result first; do not charge again. Waiting reversals are sent by themselves once the network is back.
sale-zone = Times are in the payment application's zone, { $zone }.
sale-fetching = Fetching this transaction.
sale-gone = This transaction is no longer on record.
sale-green-customer = show customer
sale-green-evidence = evidence
sale-answered = { $time } answered, code { $code ->
        [none] none
       *[other] { $code }
    }, { $rrn ->
        [none] no reference number
       *[other] reference { $rrn }
    }{ $seconds ->
        [none] { "" }
       *[other] , { $seconds } s
    }
sale-unanswered = { $time } sent, no host answered
sale-unanswered-sent = { $time } sent, still waiting for the host
sale-unanswered-query = { $time } sent, no answer, result has to be queried
sale-reversal-asked = { $time } reversal sent{ $reason ->
        [none] { "" }
       *[other] , because of { $reason }
    }; no host answered yet
sale-what = { $kind } { $amount } { $way }{ $card ->
        [none] { "" }
       *[other] { " " }card { $card }
    }{ $stan ->
        [none] { "" }
       *[other] { " " }STAN { $stan }
    }
sale-charged-yes = charged
sale-charged-no = not charged
sale-charged-maybe = may be charged
sale-charged-query = query needed
sale-charged-reversed = reversed
sale-charged-reversing = reversal waits
sale-charged-back = money goes back
sale-charged-stands = first sale stands
sale-charged-none = no charge
sale-charged-undo-maybe = refund open
sale-charged-undo-query = refund to query
sale-charged-hold-yes = held
sale-charged-hold-maybe = may be held
sale-reason-98 = no answer in time
sale-reason-96 = a fault at the terminal
sale-reason-A0 = a wrong MAC in the answer
sale-reason-06 = another reason
sale-reason-68 = an answer that came late
sale-reversal-sent = reversal sent, no answer yet
sale-reversal-mute = reversal not answered
sale-reversal-why = { $what } ({ $reason })
sale-settled = Below, cleared up within 24 hours: { $count ->
        [one] 1 sale
       *[other] { $count } sales
    }
sale-money-yes = Charged.
sale-money-no = Nothing was charged.
sale-money-maybe = May be charged: find out the result first, do not charge again.
sale-money-query = The result has to be queried: until then it may be charged; do not charge again.
sale-money-reversed = Reversed: what was charged goes back by itself.
sale-money-reversing = The reversal waits and is sent once the network is back; until then do not charge again.
sale-money-back = The money goes back to the card or account it came from.
sale-money-stands = The void or refund did not go through; the first sale stands.
sale-money-none = This transaction moves no money.
sale-money-undo-maybe = Whether the money went back is not known: find out the result first, do not refund a second time.
sale-money-undo-query = The result of the refund has to be queried: until then do not refund a second time.
sale-money-hold-yes = The amount is held, not taken yet.
sale-money-hold-maybe = The amount may be held: find out the result first, do not do it again.
sale-money-hold-reversed = Reversed: what was held is released by itself.
sale-row-customer = Show the customer
sale-row-code = About this code
sale-row-path = PATH
sale-row-path-useless = PATH (will not change this answer)
sale-row-verdict = VERDICT
sale-row-unfinished = UNFINISHED
sale-code-unknown = not in the code table
sale-code-meaning = Code { $code }: { $meaning }
sale-code-say = Say to the customer: { $text }
sale-code-who = { $answered }; { $retry }.
sale-code-display = Terminals often show: { $text }
sale-code-other = About the tables: { $text }
sale-code-table = Code table { $profile }
sale-tell-declined = This payment did not go through. Please use another card or scan to pay.
sale-tell-scanned = This QR payment did not go through. Please choose another way to pay.
sale-tell-yes = Paid. Thank you.
sale-tell-no = This payment did not go through. Please use another card or scan to pay.
sale-tell-maybe = The result of this payment is not certain yet. We are finding out; please do not pay again for now.
sale-tell-query = We are asking for the result of this payment; please do not pay again for now.
sale-tell-reversed = This payment was not completed. What was charged goes back by itself.
sale-tell-reversing = This payment was not completed and is being returned. One moment please.
sale-tell-back = The money goes back to your card or account.
sale-tell-stands = This refund did not go through. We will do it for you again.
sale-tell-none = This request did not go through. Nothing was charged.
sale-tell-undo-maybe = The result of this refund is not certain yet. We are finding out.
sale-tell-undo-query = We are asking for the result of this refund. One moment please.
sale-tell-hold-reversed = This pre-authorisation was not completed. What was held is released by itself.
sale-customer-yes = Paid.
sale-customer-no = Nothing was charged.
sale-customer-maybe = If your bank sent a message about a charge, please keep it; the acquirer returns what was not sold.
sale-customer-query = If your bank sent a message about a charge, please keep it; the acquirer returns what was not sold.
sale-customer-reversed = Your bank decides when it arrives.
sale-customer-reversing = If your bank sent a message about a charge, please keep it; the money comes back.
sale-customer-back = Your bank decides when it arrives.
sale-customer-stands = The first payment still stands.
sale-customer-none = Nothing was charged.
sale-customer-undo-maybe = If the money has gone back, your statement shows it.
sale-customer-undo-query = If the money has gone back, your statement shows it.
sale-customer-hold-reversed = Your bank decides when it is released.
sale-customer-scan-maybe = If your phone says paid, please keep that record; what was not sold goes back to the wallet you paid with.
sale-customer-scan-query = If your phone says paid, please keep that record; what was not sold goes back to the wallet you paid with.
sale-customer-scan-reversed = It goes back to the wallet you paid with; the wallet's bill shows when it arrives.
sale-customer-scan-reversing = If your phone says paid, please keep that record; the money goes back to the wallet you paid with.
sale-customer-scan-back = It goes back to the wallet you paid with; the wallet's bill shows when it arrives.
sale-proof = Time { $time }{ $rrn ->
        [none] { "" }
       *[other] , reference { $rrn }
    }{ $stan ->
        [none] { "" }
       *[other] , STAN { $stan }
    }
