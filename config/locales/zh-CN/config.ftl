# 键名以 config- 开头的句子：配置文件哪里不对。

config-good = 配置没有问题。
config-missing = 没有这个文件
config-denied = 当前用户无权读取
config-folder = 这是文件夹，不是文件
config-unreadable = 读不出来: { $detail }
config-too-big = 超过1 MiB，配置文件不会这么大
config-not-text = 这一行不是UTF-8文本
config-syntax = 不是有效的TOML: { $detail }

config-unknown-key = 没有这个设置项；这里可用: { $known }
config-unknown-key-near = 没有这个设置项；是不是 "{ $near }"？
config-unknown-key-moved = 这里没有这个设置项；它应写在{ $section ->
    [top] 文件开头，所有分节之前
   *[other] { $section } 里
}
config-unknown-lang = 没有语言 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-profile = 没有机型配置 "{ $value }"，内置的和 { $folder } 里都没有{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}
config-unknown-codes = 没有代码表 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-kind = 没有日志类型 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-format = 没有文件格式 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-parameter = 没有参数 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-manager = 没有管理程序 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-word = 没有 "{ $value }" 这个选项{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-field = 默认日志没有字段 "{ $value }"{ $near ->
    [none] {""}
   *[other] ；是不是 "{ $near }"？
}（可用: { $known }）
config-unknown-zone = 没有时区 "{ $value }"；请用IANA名称，例如 "Asia/Shanghai"

config-want-table = 应为一个分节，实际是 { $found }
config-want-tables = 应为双方括号的分节，实际是 { $found }
config-want-list = 应为列表，实际是 { $found }
config-want-bool = 应为 true 或 false，实际是 { $found }
config-want-integer = 应为整数，实际是 { $found }
config-want-number = 应为数字，实际是 { $found }
config-want-text = 应为带引号的文字，实际是 { $found }
config-range = 应在 { $low } 到 { $high } 之间
config-too-long = 有{ $length }个字符，最多{ $most }个
config-required = 没有填写
config-duplicate = 名称 "{ $value }" 已被第{ $first }个占用

config-bad-name = "{ $value }" 不是有效的名称
config-unknown-check = 没有检查或范围 "{ $value }"；pos-console check --json 列出本机的检查
config-bad-format = 时间格式不对: { $detail }
config-bad-pattern = 匹配式不对: { $detail }
config-unknown-packing = 没有打包格式 "{ $value }"{ $near ->
    [none] {""}
   *[other] ，是不是 "{ $near }"？
}（已有: { $known }）
config-unknown-framing = 没有报文排列方式 "{ $value }"{ $near ->
    [none] {""}
   *[other] ，是不是 "{ $near }"？
}（已有: { $known }）
config-only-for-kind = { $key } 只用于 kind = "{ $kind }"
config-only-for-regex = patterns 只用于 kind = "regex"；这个日志源是 "jsonl"
config-other = { $detail }
config-bad-address = "{ $value }" 不是有效的地址；请写 主机:端口 或 [IPv6]:端口
config-bad-server = "{ $value }" 不是有效的服务器；请写 主机 或 主机:端口
config-bad-host = "{ $value }" 不是有效的主机名
config-bad-ip = "{ $value }" 不是IP地址
config-bad-url = "{ $value }" 不是以 http:// 开头的网址
config-bad-source = "{ $value }" 不是升级清单 (update.toml) 的 http(s) 地址
config-not-absolute = "{ $value }" 应以 / 开头
config-warn-above-fail = 警告值（{ $warn }）不能高于 { $other }（{ $fail }）
config-warn-below-fail = 警告值（{ $warn }）不能低于 { $other }（{ $fail }）
config-bad-hours = { $value } 不是时间段，请写成 08:00-22:00
