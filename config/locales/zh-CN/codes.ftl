# Sentences whose key begins with codes-.

codes-category-approved = 已成功
codes-category-partial = 部分成功
codes-category-funds = 余额或额度
codes-category-limit = 限额
codes-category-card-status = 卡片状态
codes-category-pin = 密码
codes-category-fraud-pickup = 卡片停用或风控
codes-category-format-config = 报文或设置
codes-category-merchant-config = 商户或终端登记
codes-category-system-timeout = 收单侧系统或超时
codes-category-duplicate = 重复
codes-category-expired = 有效期
codes-category-not-permitted = 不允许
codes-category-security-mac-key = 密钥或校验
codes-category-unknown = 未知

codes-retry-none = 不需要再做
codes-retry-yes = 可以马上再试一次
codes-retry-later = 稍后再试
codes-retry-after-fix = 处理好以后再试
codes-retry-different-card = 换一张卡或扫码
codes-retry-enter-pin = 输入密码后再试
codes-retry-insert-chip = 改用插卡
codes-retry-never = 不要再试这张卡
codes-retry-unknown = 先确认结果

codes-answered-issuer = 发卡行已答复
codes-answered-acquirer-side = 收单侧已答复
codes-answered-terminal = 由终端在本机决定
codes-answered-unknown = 不清楚由谁答复

codes-call-none = 不用联系
codes-call-issuer = 发卡行（卡背面电话，由顾客拨打）
codes-call-acquirer = 收单机构
codes-call-service = 终端服务商
codes-call-isp = 网络运营商

codes-unknown-code = 码表中没有代码 { $code }
codes-unknown-profile = 没有名为 { $profile } 的码表
codes-unknown-detail = 代码 { $code } 不在码表 { $profile } 中。不能断定成功还是失败，请以收单机构的答复为准。
codes-unknown-say = 请稍等，我们核实一下这笔的结果。
codes-unknown-step-1 = 看收银界面或签购单上的文字和参考号。
codes-unknown-step-2 = 按 0 3 3 看这一笔有没有待处理，不要马上重复收款。
codes-unknown-step-3 = 把代码、时间和参考号报给收单机构。
codes-unknown-not-1 = 有参考号就说明收单侧已答复，不是本店网络故障。
