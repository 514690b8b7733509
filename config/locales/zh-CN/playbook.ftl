# Sentences whose key begins with playbook-. What a playbook says stands in config/playbooks.

playbook-unclear = 不清楚
playbook-next = 下一步
playbook-open-screen = 打开 { $screen }
playbook-start = 一步一步处理
playbook-start-of = 一步一步: { $title }
playbook-head = { $title }: 第 { $n } 步
playbook-changed = 这个处理流程已换成新的，请从头再来。
playbook-green-next = 下一步
playbook-green-screen = 打开那一屏
playbook-green-check = 重新检查
playbook-green-on = 接着处理
playbook-again = 从头再来
playbook-go = 转到 { $title }
playbook-go-code = 查这个代码的说明
playbook-call = 谁来处理: { $who }
playbook-retry = 能否重做: { $rule }
playbook-say = 可以对顾客说: { $text }
playbook-check-line = { $question } { $answer }
playbook-evidence = 依据: { $text }
playbook-kept = 结果已记入12事件。
playbook-not-kept = 结果没有记入事件: 没有能保存的后台在运行, 或您只能查看。
playbook-unknown-id = 没有名为 { $id } 的处理流程。可用: { $ids }
playbook-bad-answer = 在 { $node } 没有答案 { $answer }

playbook-truth-yes = 是
playbook-truth-no = 否
playbook-truth-unknown = 不能确定

playbook-call-none = 本店自己即可，不用联系谁
playbook-call-issuer = 发卡行，由顾客拨打卡背面电话
playbook-call-acquirer = 收单机构
playbook-call-service = 终端服务商
playbook-call-isp = 网络运营商

playbook-retry-never = 不要重做这一笔
playbook-retry-different-card = 换一张卡或换一种方式
playbook-retry-after-fix = 处理好以后再做
playbook-retry-later = 稍后再做
playbook-retry-yes = 可以做

playbook-money-charged = 已扣款
playbook-money-not-charged = 未扣款
playbook-money-may-be-charged = 可能已扣款
playbook-money-reversed = 已冲正

playbook-seen-no-sale = 本机没有对应的交易记录
playbook-seen-no-check = 这一项还没有检测过（{ $check }）
playbook-seen-finding = 检测 { $check }: { $status ->
    [ok] 正常
    [warning] 注意
    [fail] 异常
    [absent] 本机没有
   *[other] 不能确定
}
playbook-seen-code = 代码是 { $code }
playbook-seen-code-none = 这一笔没有代码
playbook-seen-answered = { $time } 收单侧已答复，代码 { $code }，参考号 { $rrn }
playbook-seen-answered-in = { $time } 收单侧已答复，代码 { $code }，用时 { $seconds } 秒
playbook-seen-code-only = { $time } 有代码 { $code }，但没有参考号作证
playbook-seen-local = { $time } 代码 { $code } 由终端在本机决定，没有联系主机
playbook-seen-request = { $time } 的代码 { $code } 是冲正的原因，不是主机的答复
playbook-seen-unanswered = { $time } 发出后没有收到答复
playbook-seen-open = 有 { $count } 笔交易还没有最终结果
playbook-seen-none-open = 没有待处理的交易
playbook-seen-journal-unread = 交易记录不全，不能确定
playbook-seen-reversal-waits = 有冲正在等待发送
playbook-seen-no-reversal = 没有等待发送的冲正
playbook-seen-outcome-approved = { $time } 这一笔成功
playbook-seen-outcome-declined = { $time } 这一笔没有通过
playbook-seen-outcome-reversed = { $time } 这一笔已冲正
playbook-seen-outcome-no-response = { $time } 这一笔没有收到答复
playbook-seen-outcome-pending = { $time } 这一笔还没有结果
playbook-seen-undoing = 这一笔是撤销、退货、冲正或预授权完成
playbook-seen-taking = 这一笔是收款
playbook-seen-wallet = 这一笔是扫码付款
playbook-seen-card = 这一笔是刷卡付款
playbook-seen-way-unknown = 记录里没有写明用卡方式
playbook-seen-other-way = 记录里是别的用卡方式
playbook-seen-stripe = 记录里用的是磁条
playbook-seen-tap = 记录里用的是挥卡
playbook-seen-cards = { $hours } 小时内有 { $count } 张不同的卡得到代码 { $code }
playbook-seen-times = { $hours } 小时内代码 { $code } 只出现 { $count } 次
playbook-seen-cards-unsure = { $hours } 小时内代码 { $code } 出现 { $count } 次，分不清是几张卡
playbook-seen-one-bank = { $count } 张不同的卡，卡号开头相同，是同一家银行
playbook-seen-banks-unsure = 从卡号开头分不清是几家银行
playbook-seen-others = 前后半小时内有 { $count } 笔其他卡成功
playbook-seen-no-others = 前后半小时内 { $count } 笔其他卡都没有成功
playbook-seen-nothing-else = 前后半小时内没有其他卡的交易
playbook-seen-same-card = 这张卡一小时内得到同样代码 { $count } 次
playbook-seen-card-unknown = 记录里没有能区分卡的信息
playbook-seen-amount-unusual = 金额远高于本店最近的成功金额
playbook-seen-amount-usual = 金额在本店平时范围内
playbook-seen-few-amounts = 可比较的成功金额太少
playbook-seen-above = 没有通过的金额都高于最近所有成功的金额
playbook-seen-not-above = 有更大的金额成功过
playbook-seen-no-sign-on = 一天内没有签到记录
playbook-seen-after-sign-on = { $time } 签到之后又出现了
playbook-seen-not-after-sign-on = { $time } 签到之后没有再出现
playbook-seen-no-stan = 记录里没有流水号
playbook-seen-stan-again = 流水号 { $stan } 一天内被两笔不同的交易用过
playbook-seen-stan-once = 流水号 { $stan } 一天内只用过一次
playbook-seen-read-today = 今天 { $time } 还成功过
playbook-seen-read-last = 最近一次成功是 { $time }
playbook-seen-read-never = 没有成功的记录
playbook-seen-table-new = 本机用的是新版码表
playbook-seen-table-old = 本机用的是旧版码表
playbook-seen-table-other = 本机用的不是银联码表
