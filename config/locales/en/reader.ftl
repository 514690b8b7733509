# 4 READER.
reader-from-journal = Last success of each way, from the payment journal:
reader-last-good = good { $time }
reader-no-record = no success on record
reader-test-chip = Use a card of your own; nothing is charged. Press green, then put the card in within 7 seconds: chip first, as the picture shows, all the way.
reader-test-tap = Use a card of your own; nothing is charged. Press green, then hold the card to the mark for 2 seconds, with no other card or phone near.
reader-test-next = Take the card out. Green tests another one.
reader-test-none = No reader here can be tested: { $why }
reader-none-42 = none of the connected readers takes chip cards
reader-none-43 = none of the connected readers is contactless
reader-green-test = Start test
reader-counts = Tests: { $good } good, { $bad } bad
reader-journal-fallback = In 14 days { $chip } chip payments, { $fallback } of them swiped after the chip failed
reader-card-is = Answer: { $protocols }, { $convention ->
    [inverse] inverse convention
   *[other] direct convention
}, { $historical_count } more bytes
reader-atr = ATR { $atr }
reader-which = Reader { $reader }
reader-tested-at = Tested at { $time }
reader-only-status = Only the answer state is looked at; no card number is read.
reader-journal = Last 14 days: { $ways }
reader-way-41 = { $count } swiped
reader-way-42 = { $count } inserted
reader-way-43 = { $count } tapped
reader-way-44 = { $count } scanned
reader-test-swipe = Use a card of your own; nothing is charged. Press green, then swipe once at an even speed within 7 seconds.
reader-test-scan = Press green, then scan a code within 7 seconds; any product code will do, nothing is charged.
reader-test-again = Green tests once more.
reader-only-quality = Only the quality is looked at; what was read is thrown away at once, neither shown nor kept.
reader-track = Track { $number } { $state }
reader-track-none = no data
reader-track-good = good
reader-track-unread = could not be read
reader-track-no-end = has no end mark
reader-track-bad-sign = holds a wrong sign
reader-track-bad-check = has a wrong check sign
reader-track-checked = Check signs: sent by the reader and judged
reader-track-unchecked = Check signs: not sent by this reader
reader-track-forward = Direction: forward
reader-track-backward = Direction: backward
