# How the terminal stands, against its acceptance and the last day without a fault: 55 and 11.
standing-install = { $count ->
        [0] 与验收时({ $time })一样。
       *[other] 与验收时({ $time })比，{ $count }处不同。
    }
standing-no-install = 没有验收记录: 在手册里做完开通/换机验收后，这里显示与它的不同。
standing-good-day = { $count ->
        [0] 与上一个正常日({ $time })一样。
       *[other] 与上一个正常日({ $time })比，{ $count }处变了。
    }
standing-since-day = 变了 { $part }: 原来 { $then } 现在 { $now }
standing-since-install = 与验收不同 { $part }: 原来 { $then } 现在 { $now }
standing-changed = 上一个正常日({ $time })以来变了: { $parts } (看 0 5 5)
standing-tid = 终端号
standing-mid = 商户号
standing-serial = 序列号
standing-link = 网络接口
standing-address = 地址
standing-gateway = 网关
standing-dns = 域名服务器
standing-wifi = Wi-Fi
standing-operator = 移动网络
standing-apn = 接入点
standing-issuer = 主机证书的签发者
standing-readers = 读卡器
standing-printer = 打印机
standing-usb = USB部件
standing-system = 系统
standing-kernel = 内核
standing-app = 收银应用
standing-params = 参数版本
