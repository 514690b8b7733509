# 84 HANDBOOK: its frame. What the chapters say stands in config/handbook.
handbook-head = A digit opens a chapter, 9 shows more.
handbook-codes = Every code explained
handbook-page = { $title }  { $page }/{ $count }
handbook-see = Handbook: { $title }
handbook-green-next = next page
handbook-green-list = contents
handbook-gone = This chapter was replaced by another one. Please open it again from the handbook.
handbook-item = { $title }: item { $n } of { $count }
handbook-mark-fine = Fine
handbook-mark-fault = Something is wrong
handbook-mark-skipped = Not looked at, or not here
handbook-mark-absent = This terminal has none
handbook-mark-unseen = Not looked at
handbook-round-absent = This terminal has none: { $count }.
handbook-check-none = No check can answer this: look, then press a digit.
handbook-check-old = Green checks it; where that cannot be, look and press a digit.
handbook-check-well = { $count ->
        [one] Checked just now, and well.
       *[other] Checked just now: all { $count } are well.
    }
handbook-green-item = next item
handbook-accepted-kept = Kept as the baseline: what differs from now on stands on 0 5 5.
handbook-accepted-faults = Mend what is wrong and walk it again: only then it becomes the baseline.
handbook-accepted-role = Kept. Only a technician's acceptance becomes the baseline.
handbook-print = print the acceptance slip
handbook-once = new terminal
handbook-round-end = { $title }: { $fine } fine, { $faults } wrong, { $skipped } not looked at
handbook-round-fine = Nothing wrong was found.
handbook-round-faults = A digit opens what is wrong; what you cannot mend goes to the terminal service (0 8).
handbook-row-fault = Wrong: { $item }
handbook-row-skipped = Not looked at: { $item }
handbook-done = done { $time }
handbook-due = due
handbook-unknown = There is no chapter { $id }. There are: { $ids }
