# The verdict on one transaction: who, whose job, what worked, what not to try. One sentence per rule of config/verdicts.toml.
verdict-is-approved-defect = Done; the receiving bank decides when it arrives.
verdict-is-approved-part = Only part of the amount was approved; take the rest another way.
verdict-is-approved-offline = Approved offline by card and terminal; sent when the line is back.
verdict-is-approved = The sale went through.
verdict-is-reversal-refused = The reversal was refused: { $meaning }. Do not send it by hand; ask with the reference number.
verdict-is-undo-undone = This void or refund was itself reversed: the first sale stands again. Do it anew if the money is to go back.
verdict-is-voided = This sale was voided at the till; what was charged goes back.
verdict-is-reversed = This one was reversed.
verdict-is-reversal-waits-line = The reversal has not got through, the line is down; it is sent when the line is back.
verdict-is-reversal-waits = The reversal waits and is sent again by itself.
verdict-is-undo-late = The approval came after it was given up: the void or refund went through; do not send it again.
verdict-is-undo-late-refused = The answer came after it was given up: the void or refund did not go through, the first sale stands.
verdict-is-late-approved = The approval came after it was given up: the customer is charged. If nothing was handed over, void it; do not charge again.
verdict-is-late-declined = The answer came after it was given up; there was no sale.
verdict-is-undo-wallet-open = The refund of the QR payment has no result yet: query it first, do not refund a second time.
verdict-is-wallet-open = The QR payment has no result yet: query it first, do not let the customer pay again.
verdict-is-mute-power = The power was not right then, and no host answered. Look at the supply first.
verdict-is-mute-link = The terminal was off the net then; the host did not get it or could not answer.
verdict-is-mute-address = The shop's own network was broken then (address or router); no host answered.
verdict-is-mute-clock = The terminal's clock was wrong then, so the host's certificate was not accepted. Sync the time first.
verdict-is-mute-internet = The shop's network worked, the way out did not; no host answered. Ask the network provider.
verdict-is-mute-certificate = The host was reached but no secure connection could be made. Ask the acquirer.
verdict-is-mute-host = The line worked, the acquirer's host did not respond. Ask the acquirer; meanwhile take money another way.
verdict-is-mute-only-this = The line worked and other sales were answered; only this one was not. Ask the acquirer with its trace number.
verdict-is-mute-all-ok = Line and host worked then, yet no answer came. Ask the acquirer with its trace number.
verdict-is-mute-beyond-line = The line worked then; the host was not tested, and it did not answer.
verdict-is-mute-others-good = Other sales around it were answered, so it is mostly this one alone. Query it by its trace number.
verdict-is-mute-now-line = Nothing was tested then; the line is broken now, which is most likely it.
verdict-is-mute-now-host = Nothing was tested then; the acquirer's host does not respond now, which is most likely it.
verdict-is-mute-series = Several sales got no answer and the line was not tested then. Test the line first.
verdict-is-mute = No host answered and nothing was tested then: which part it was cannot be told. Test the line first.
verdict-is-local-no-line = The terminal could not go online and refused by itself; nothing reached a bank. Test the line.
verdict-is-cancelled = Cancelled at the terminal; nothing reached a bank.
verdict-is-local-clock = Refused by the card's chip or the terminal itself while the terminal's clock was wrong, and the card's dates are compared with it. Sync the time first, then once more.
verdict-is-local-params = Refused by the card's chip or the terminal itself, and this terminal's card parameters are missing or not the expected ones (55). Download the parameters first.
verdict-is-local-many = Several cards were refused inside the terminal, which is not like the cards. Look at parameters and versions (55); ask the service provider.
verdict-is-balance-local = Card or terminal refused the balance inquiry by themselves: { $meaning }. Nothing reached a bank; it has nothing to do with taking money.
verdict-is-local = Refused by the card's chip or the terminal itself: { $meaning }. Nothing reached a bank; another card.
verdict-is-made-up-line = The line was down then and there is no reference number: the terminal wrote this code itself; no bank answered.
verdict-is-made-up-host = The acquirer's host did not respond then and there is no reference number: the terminal most likely wrote the code itself.
verdict-is-settle-refused = The settlement was refused: { $meaning }. Compare the list; ask the acquirer.
verdict-is-signon-refused = The sign-on was refused: { $meaning }. Parameters or keys are the acquirer's job.
verdict-is-undo-nothing = The host found nothing to undo. Do not send it again; ask the acquirer with the first sale's reference number.
verdict-is-undo-open = The host answered, but the outcome of this void or refund is open. Query it first, do not send it again.
verdict-is-undo-open-by-code = By its code the outcome of this void or refund is open; without a reference number it cannot be told whether a host answered. Query it first, do not send it again.
verdict-is-undo-elsewhere = This terminal may not do this one: { $meaning }. A void belongs to the terminal of the first sale; what is not open to this terminal, the acquirer can open.
verdict-is-undo-funds = The void or refund was refused: { $meaning }. It is paid from the shop's side: mostly its balance or its limit for refunds, not the customer's card. Ask the acquirer.
verdict-is-undo-refused = The void or refund was refused: { $meaning }. The first sale stands.
verdict-is-balance-refused = The balance inquiry was refused: { $meaning }. Nothing was charged.
verdict-is-open-wallet = The QR payment is still being processed: query the result, do not let the customer pay again.
verdict-is-open = The host answered, but the outcome is open: { $meaning }. Query first, do not charge again.
verdict-is-open-by-code = By its code the outcome is open: { $meaning }. Without a reference number it cannot be told whether a host answered. Query first, do not charge again.
verdict-is-cutover = It is changing its day; try again in some minutes.
verdict-is-down-one-bank = Only one bank's cards get this, others work: it is that bank's system. A card of another bank.
verdict-is-down = An answer came; a system beyond has trouble: { $meaning }. The shop's network works; try later.
verdict-is-down-unproven = The code speaks of a system beyond, but there is no reference number: whether a host answered cannot be told. Test the line.
verdict-is-pad-key = Cards of several banks all fail on the PIN: more likely the terminal's keys. Sign on, then ask the service provider.
verdict-is-key = The terminal's keys do not match. Sign on and try once more; else ask the acquirer.
verdict-is-signon = The host wants a sign-on first. Sign on, then try again.
verdict-is-clock = The host does not accept the terminal's date and time. Sync the time, then try again.
verdict-is-code-table = This terminal's code table is of another edition than expected (55): { $code } may mean something else. Go by the reference number and ask the acquirer.
verdict-is-old-params = The host does not accept this message ({ $meaning }), and the application's versions are not the expected ones (55). Download parameters or update first.
verdict-is-terminal-number = Not accepted there ({ $meaning }), and the terminal number in this terminal's parameters is wrong (55). The technician corrects it; then sign on.
verdict-is-merchant-number = Not accepted there ({ $meaning }), and the merchant number in this terminal's parameters is wrong (55). The technician corrects it; then sign on.
verdict-is-params-lost = Not accepted there ({ $meaning }), and this terminal's parameter file is missing, unreadable or incomplete (55). Download the parameters first.
verdict-is-card-params = Not accepted ({ $meaning }), and this terminal's card parameters are missing or not the expected ones (55). Download the parameters, then try again.
verdict-is-terminal-right = Not accepted there: { $meaning }. The parameters of this terminal are as they should be (55); the acquirer has to register or open it.
verdict-is-terminal-unknown = This terminal is not known there: { $meaning }. Check the TID; ask the acquirer.
verdict-is-merchant-unknown = This merchant is not accepted: { $meaning }. It is not the card; ask the acquirer.
verdict-is-brand = This kind of card is not open to this shop. Another card; the acquirer can open it.
verdict-is-chip-broken = The stripe was used because the chip could not be read; that is refused by rule. Clean the reader, or another card.
verdict-is-chip-tap = Not by tap this time. Insert the card and enter the PIN.
verdict-is-chip = The stripe of this card may not be used; insert the chip.
verdict-is-fallback-series = Several cards were refused after their chip could not be read: clean the reader first.
verdict-is-fallback = The stripe was used after the chip failed, which banks often refuse. Another card or QR.
verdict-is-typed = Number or date may be mistyped: { $meaning }. Check and try again, better with the chip.
verdict-is-reread = The card was not read completely; insert it once more.
verdict-is-amount = The amount is not accepted; check it and try again.
verdict-is-duplicate-many = Several different sales are called duplicates: most likely the trace number began again after an exchange or reinstall. Sign on; if it stays so, ask the acquirer.
verdict-is-duplicate = The host says it has this one already. First find the result of the first one in LIVE.
verdict-is-no-action = The host did nothing. Try one other card; ask the acquirer with the reference number.
verdict-is-format = The host does not accept this message: { $meaning }. Note the reference number; ask the acquirer.
verdict-is-completion-refused = The completion was refused: { $meaning }. Compare amount, date and the first slip; do not take it from another card. The amount stays held; ask the acquirer.
verdict-is-pickup-many = Several cards get this answer, which is not like the cards. Hand them back; ask the acquirer.
verdict-is-funds-many = { $cards } different cards all got not enough money, which is unusual: check decimals and currency, tell the acquirer.
verdict-is-limit-many = { $cards } different cards were over a limit: it looks like the merchant's. Ask the acquirer with two reference numbers.
verdict-is-limit-params = Over a limit, and the limits in this terminal's parameters are not as they should be (55). Another card or QR; let the acquirer compare the limits; do not split the sale.
verdict-is-refused-one-bank = All refused cards are of one bank: most likely its system or risk rules. Other banks' cards; tell the acquirer.
verdict-is-refused-many = { $cards } different cards were refused: ask the acquirer whether merchant or route is restricted.
verdict-is-pickup = This card cannot be used. Hand it back; no dispute, do not keep it.
verdict-is-funds-again = Not enough available money; { $sure ->
        [no] most likely this card
       *[yes] this card
    } was tried { $times } times and it stays so. Another card, QR or a smaller amount.
verdict-is-funds = Not enough available money. Another card, QR or a smaller amount.
verdict-is-limit = Over a limit. Another card, QR, or again after the customer raised it; do not split the sale.
verdict-is-count = This card has used up its number of sales. Another card or QR.
verdict-is-pin-locked = The PIN tries are used up. Another card; the customer asks the card's bank.
verdict-is-pin = About the PIN: { $meaning }. The customer may enter it once more; not again and again.
verdict-is-expired = The card is past its date. Another card or QR.
verdict-is-inactive = The card is not activated, has its first PIN, or slept long. The customer asks its bank; another card for now.
verdict-is-refer = The card's bank wants to hear from the cardholder and gives no reason. Number on the card; another card for now.
verdict-is-number = The bank side does not know this card number. Another card.
verdict-is-barred = This card may not do this kind of sale: { $meaning }. Another card or QR.
verdict-is-risk = The bank side did not let this one pass. Another card or QR; the customer can ask the card's bank.
verdict-is-wallet-code = The payment code was not accepted, mostly because it has run out or is a picture. Let the customer open it anew and scan once more, or another way to pay.
verdict-is-wallet = The QR payment was refused: { $meaning }. Another way to pay.
verdict-is-card = The bank side did not approve this card: { $meaning }. Another card; the customer can ask its bank.
verdict-is-security = A security check failed: { $meaning }. Sign on and try once more; else the acquirer.
verdict-is-unknown-code = A host answered, but { $code } is in no table. Ask the acquirer with the reference number.
verdict-is-unknown-code-unproven = { $code } is in no table and there is no reference number: whether a host answered cannot be told.
verdict-is-refused = Refused: { $meaning }.
verdict-is-unclear = The outcome of this one cannot be told; query it first.
verdict-who-issuer = The card's bank answered
verdict-who-acquirer = The acquirer's side answered
verdict-who-payer = The payer's side (wallet or bank) answered
verdict-who-payer-by-code = By its code the payer's side (wallet or bank) answered, with no reference number as proof
verdict-who-issuer-by-code = By its code the card's bank answered, with no reference number as proof
verdict-who-acquirer-by-code = By its code the acquirer's side answered, with no reference number as proof
verdict-line = { $who }: { $what }
verdict-job-customer = Whose job: the customer (another card, QR, or the number on the card).
verdict-job-customer-balance = Whose job: the customer (the number on the card); nothing to do in the shop.
verdict-job-merchant = Whose job: the shop.
verdict-job-acquirer = Whose job: the acquirer; read them the reference or trace number.
verdict-job-service = Whose job: the terminal's service provider.
verdict-job-isp = Whose job: the network provider.
verdict-job-issuer = Whose job: the card's bank itself; nothing to do in the shop.
verdict-job-unknown = Whose job: only a line test can tell.
verdict-part-reader = reader
verdict-part-terminal = terminal
verdict-part-line = line
verdict-part-host = host
verdict-worked = Worked for this one: { $parts }.
verdict-no-use = No use: { $words }.
verdict-use-restart = restart
verdict-use-network = another network
verdict-use-reader = mending the reader
verdict-use-update = an update
verdict-use-same-card = the same card again
verdict-use-split = splitting the sale
verdict-use-resend = sending it again by hand
verdict-use-code = going by the code
verdict-refund-reversal = What was charged goes back by the reversal; nobody has to ask until it is sent.
verdict-refund-issuer = What was charged is booked back by the card's bank.
verdict-refund-acquirer = If it was charged: the acquirer finds and returns it by the trace number; pay back no cash.
verdict-refund-wallet = If it was charged: after the query the acquirer returns it through the wallet, the way it came.
verdict-refund-wallet-back = What was charged goes back to the wallet, the way it came.
verdict-refund-undo = Until the result is known, pay back no cash; the acquirer can find it by the trace number.
verdict-refund-merchant = The shop gives it back on the terminal (void or refund).
verdict-around = Then: { $words }.
verdict-around-since = { $area } { $word } (since { $from })
verdict-around-wrong = { $area } then: { $sentence } (since { $from })
verdict-around-old = { $area } { $word } at { $at }
verdict-around-last = Not tested within a minute; last known: { $words }.
verdict-around-unseen = Not tested within a minute: { $areas }.
verdict-crowd-only = Within 24 hours only this sale got code { $code }.
verdict-crowd-one = Within 60 minutes and 24 hours only this card got code { $code }.
verdict-crowd = Code { $code }: { $sure_hour ->
        [no] { "at least " }
       *[other] { "" }
    }{ $hour ->
        [one] 1 card
       *[other] { $hour } cards
    } in 60 minutes, { $sure_day ->
        [no] { "at least " }
       *[other] { "" }
    }{ $day } in 24 hours{ $banks ->
        [0] { "" }
        [1] , one bank
       *[other] , { $banks } banks
    }.{ $since ->
        [sure] { "" }
        [never] { " " }Told apart only by first six and last four digits.
       *[other] { " " }By the whole number only since { $since }; before that by first six and last four digits.
    }
verdict-same-card = { $sure ->
        [no] Most likely the same card got
       *[other] The same card got
    } this code { $times } times in 24 hours.
verdict-others = Other sales within half an hour: { $approved } approved, { $declined } declined, { $unanswered } without an answer.
verdict-clock = The host's clock is { $seconds } s { $way ->
        [ahead] ahead of
        [behind] behind
       *[other] from
    } ours.
verdict-fallback = The stripe was used because the chip could not be read.
verdict-issuer = Issuer named in the answer: { $issuer }.
verdict-text = The terminal showed: { $text }
verdict-late = The answer came at { $time }, after it was given up.
verdict-undone = { $kind ->
        [void] Voided
       *[other] Reversed
    } at { $time }.
