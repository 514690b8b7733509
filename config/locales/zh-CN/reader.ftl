# 4 READER.
reader-from-journal = 按交易日志，各种读卡方式上次成功的时间:
reader-last-good = 成功 { $time }
reader-no-record = 无成功记录
reader-test-chip = 请用店员自己的卡，不会扣款。按绿键，再在7秒内插卡: 芯片端先插入，朝向按机身图示，插到底。
reader-test-tap = 请用店员自己的卡，不会扣款。按绿键，再在7秒内把卡贴住感应区2秒，旁边不要有别的卡和手机。
reader-test-next = 请取出卡。再测一张按绿键。
reader-test-none = 没有可测的读卡器：{ $why }
reader-none-42 = 已连接的读卡器都不是插卡用的
reader-none-43 = 已连接的读卡器都不是挥卡用的
reader-green-test = 开始测试
reader-counts = 测试 好{ $good } 坏{ $bad }
reader-journal-fallback = 近14天 插卡{ $chip }笔，其中芯片读不出改刷卡{ $fallback }笔
reader-card-is = 应答: { $protocols }，{ $convention ->
    [inverse] 反向约定
   *[other] 正向约定
}，附加{ $historical_count }字节
reader-atr = ATR { $atr }
reader-which = 读卡器 { $reader }
reader-tested-at = 测试时间 { $time }
reader-only-status = 只看卡的应答状态，不读卡号。
reader-journal = 近14天成功进入交易: { $ways }
reader-way-41 = 刷卡{ $count }
reader-way-42 = 插卡{ $count }
reader-way-43 = 挥卡{ $count }
reader-way-44 = 扫码{ $count }
reader-test-swipe = 请用店员自己的卡，不会扣款。按绿键，再在7秒内匀速刷一次。
reader-test-scan = 按绿键，再在7秒内扫一个码，商品条码也可以，不会扣款。
reader-test-again = 再测一次按绿键。
reader-only-quality = 只看读得好不好，内容随即丢弃，不显示、不保存。
reader-track = 磁道{ $number } { $state }
reader-track-none = 没有数据
reader-track-good = 良好
reader-track-unread = 读不出
reader-track-no-end = 没有结束符
reader-track-bad-sign = 有错误字符
reader-track-bad-check = 校验不对
reader-track-checked = 校验: 读卡器送出了校验符，已核对
reader-track-unchecked = 校验: 读卡器没有送出校验符
reader-track-forward = 方向: 正向
reader-track-backward = 方向: 反向
