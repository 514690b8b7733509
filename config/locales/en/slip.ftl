# What stands on a slip from 51: 32 cells wide.
slip-test = PRINTER TEST
slip-acceptance = ACCEPTANCE OF A TERMINAL
slip-no-receipt = (not a receipt)
slip-tid = TID { $value }
slip-mid = MID { $value }
slip-serial = Serial { $value }
slip-test-look = If the signs above are clear, nothing is missing left or right and the bar is even, it prints well.
slip-accepted = Accepted { $time } { $who }
slip-mark-fine = fine
slip-mark-fault = WRONG
slip-mark-skipped = not seen
slip-mark-absent = none
slip-mark-proved = checked
slip-sign = Signed:
