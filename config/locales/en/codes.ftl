# Sentences whose key begins with codes-.

codes-category-approved = went through
codes-category-partial = went through in part
codes-category-funds = money available
codes-category-limit = limit
codes-category-card-status = state of the card
codes-category-pin = PIN
codes-category-fraud-pickup = card stopped or risk control
codes-category-format-config = message or settings
codes-category-merchant-config = registration of merchant or terminal
codes-category-system-timeout = acquirer's side: system or time-out
codes-category-duplicate = duplicate
codes-category-expired = expiry
codes-category-not-permitted = not permitted
codes-category-security-mac-key = keys or verification
codes-category-unknown = unknown

codes-retry-none = nothing to repeat
codes-retry-yes = once more, at once
codes-retry-later = try again later
codes-retry-after-fix = when the cause is settled
codes-retry-different-card = another card or QR
codes-retry-enter-pin = again with PIN
codes-retry-insert-chip = again, card inserted
codes-retry-never = not with this card again
codes-retry-unknown = find out the result first

codes-answered-issuer = The card's bank answered
codes-answered-acquirer-side = The acquirer's side answered
codes-answered-terminal = Decided inside the terminal
codes-answered-unknown = Unclear who answered

codes-call-none = nobody
codes-call-issuer = the card's bank (number on the card; the customer calls)
codes-call-acquirer = the acquirer
codes-call-service = the terminal's service provider
codes-call-isp = the network provider

codes-unknown-code = The table has no code { $code }
codes-unknown-profile = There is no table named { $profile }
codes-unknown-detail = Code { $code } is not in the table { $profile }. It cannot be told whether the sale went through; the acquirer's word decides.
codes-unknown-say = A moment please, we are checking how this one ended.
codes-unknown-step-1 = Read the words and the reference number on the till or the slip.
codes-unknown-step-2 = 0 3 3 shows whether this sale is still open; do not charge again at once.
codes-unknown-step-3 = Tell the acquirer code, time and reference number.
codes-unknown-not-1 = With a reference number the acquirer's side has answered: not the shop's network.
