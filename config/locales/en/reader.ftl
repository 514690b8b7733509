# 4 READER.
reader-from-journal = Last success of each way, from the payment journal:
reader-last-good = good { $time }
reader-no-record = no success on record
reader-tests-later = Tests of the reader itself are not in this version. If one card fails, try another; if several fail, suspect the reader.
