# 8 HELP, 84 HANDBOOK, 85 THIS PAGE.
help-no-phone = 没有配置客服电话，请看终端背面的标签。
help-hours = 服务时间 { $hours }
help-numbers = 终端号 { $tid }  序列号 { $serial }
help-never-asked = 客服不会索要卡号、密码、验证码。
help-handbook = 代码表{ $profile }，共{ $count }个代码，按数字打开。
help-about = { $id } { $title }
help-green-back = 回到该页
