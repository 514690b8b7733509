# 3 SALES and 31 CODES.
sales-last = Last { $time } { $kind } { $amount } { $outcome } code { $code }
sales-none = No transactions in the journal yet.
sales-green-last = last sale
sales-no-journal = No payment journal configured. A technician names its path under source in the configuration.
sales-journal-missing = Journal { $name } does not exist: { $path }
sales-journal-denied = No right to read journal { $name }: { $path }
sales-journal-directory = Journal { $name } is a folder: { $path }
sales-journal-error = Journal { $name } cannot be read ({ $error }): { $path }
sales-journal-unreadable = Journal { $name }: { $count ->
        [one] 1 line
       *[other] { $count } lines
    } not understood ({ $read } transactions read).
sales-journal-behind = Journal { $name } is still being read; older sales will appear.
sales-line-code = last code { $code }
sales-line-failed = { $count } today
sales-line-open = { $count } open
sales-codes-head = What does the till show?
sales-codes-way-1 = The sale just now
sales-codes-way-2 = Codes seen on this terminal
sales-codes-way-3 = A code with letters
sales-codes-way-4 = Only a text, no code
sales-codes-way-5 = Type the digits
sales-codes-last = The sale just now: { $time } { $amount }
sales-codes-none-failed = No failed sale with a code.
sales-codes-seen = { $count }x { $time }
sales-codes-none-seen = No code has occurred on this terminal yet.
sales-codes-texts = Choose the text the till shows:
sales-codes-behind = { $count ->
    [1] One code stands behind "{ $text }". Compare it with the sale's record.
   *[other] "{ $text }" may stand for one of { $count } codes. Look up the code in the sale's record.
}
sales-codes-type = Type the code from the till or the slip, then green.
sales-codes-entry = Code
sales-codes-twin = The till shows code { $code }? Press 8
sales-codes-twin-typing = The till shows code { $code }? Press red, then 0 3 1
sales-codes-twin-far = The till shows code { $code }? Press 0 3 1
sales-codes-here = here { $time }
sales-codes-silent = The sale of { $time } got no code: nobody answered
