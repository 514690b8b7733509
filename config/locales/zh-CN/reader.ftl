# 4 READER.
reader-from-journal = 按交易日志，各种读卡方式上次成功的时间:
reader-last-good = 成功 { $time }
reader-no-record = 无成功记录
reader-tests-later = 读卡器本身的测试本版本尚未提供。一张卡读不了，先换一张卡试；几张都读不了，再怀疑读卡器。
