//! Words that tills show, read out or typed: as people say them, not as a table writes them.

use super::*;

/// Words, and a code that has to be among those behind them, or the playbook they lead to.
#[rustfmt::skip]
const HEARD: &[(&str, &str)] = &[
    ("请与银行联系", "01"),
    ("请与发卡行联系", "01"),
    ("请持卡人与发卡银行联系", "01"),
    ("请持卡人联系发卡银行", "01"),
    ("请与发卡方联系", "01 38"),
    ("请联系发卡银行", "01"),
    ("交易失败，请联系发卡行", "01 05"),
    ("交易失败,请联系发卡行", "01"),
    ("交易失败 请联系发卡行", "01"),
    ("交易失败！请联系发卡行！", "01"),
    ("请联系发卡行", "01"),
    ("请致电发卡行", "01"),
    ("请联系您的开户行", "01"),
    ("交易失败", "P01"),
    ("交易不成功", "P01"),
    ("余额不足", "51"),
    ("可用余额不足", "51"),
    ("卡内余额不足", "51"),
    ("账户余额不足", "51"),
    ("资金不足", "51"),
    ("可用额度不足", "51"),
    ("额度不够", "51"),
    ("卡种或有效期不符", "54 14"),
    ("有效期不符", "54"),
    ("卡片已过期", "54"),
    ("此卡已过期", "54"),
    ("过期卡", "54"),
    ("密码错误", "55"),
    ("密码不正确", "55"),
    ("密码错", "55"),
    ("密码错误次数超限", "38 75"),
    ("密码输入次数超限", "38 75"),
    ("交易金额超限", "61"),
    ("超出金额限制", "61"),
    ("超过单笔限额", "61"),
    ("超过当日累计限额", "61"),
    ("超出交易限额", "61"),
    ("交易次数超限", "65"),
    ("超过当日消费次数", "65"),
    ("网络异常", "PNORESP"),
    ("网络故障", "PNORESP"),
    ("通讯失败", "PNORESP"),
    ("通信失败，请检查网络", "PNORESP"),
    ("通讯超时", "PNORESP"),
    ("连接主机失败", "PNORESP"),
    ("拨号失败", "PNORESP"),
    ("交易超时", "68"),
    ("交易超时，请重试", "68"),
    ("系统繁忙", "96"),
    ("系统异常", "96"),
    ("系统维护中", "96 90"),
    ("发卡方超时", "98"),
    ("请使用芯片", "45"),
    ("请插卡", "45"),
    ("请使用IC卡交易", "45"),
    ("不支持降级交易", "45"),
    ("终端号未登记", "97"),
    ("终端未登记", "97"),
    ("无效终端", "97"),
    ("无效商户", "03"),
    ("商户号不存在", "03"),
    ("MAC校验错", "A0"),
    ("MAC错误", "A0"),
    ("请重新签到", "A0 99"),
    ("请先签到", "A0 99 77"),
    ("无此交易权限", "57 58"),
    ("该卡不支持此交易", "57"),
    ("此卡不允许在本终端交易", "58"),
    ("卡号无效", "14"),
    ("无效卡", "14 04"),
    ("没收卡", "04"),
    ("此卡已挂失", "41"),
    ("卡片未激活", "21 P21"),
    ("该卡未初始化或睡眠卡", "21"),
    ("睡眠卡", "21"),
    ("不承兑", "05"),
    ("身份认证失败", "05"),
    ("重复交易", "94"),
    ("无原始交易", "25"),
    ("原交易不存在", "25"),
    ("报文格式错误", "30"),
    ("刷卡失败", "PCARD"),
    ("读卡失败", "PCARD"),
    ("读卡错误,请重试", "PCARD"),
    ("缺纸", "PPRN"),
    ("打印机缺纸", "PPRN"),
    ("Insufficient funds", "51"),
    ("INSUFF FUNDS", "51"),
    ("Not sufficient funds", "51"),
    ("Call issuer", "01"),
    ("REFER TO CARD ISSUER", "01"),
    ("CALL BANK", "01"),
    ("DO NOT HONOUR", "05"),
    ("Do not honor", "05"),
    ("DECLINED", "P01"),
    ("Exceeds limit", "61"),
    ("WITHDRAWAL LIMIT EXCEEDED", "61"),
    ("Incorrect PIN", "55"),
    ("WRONG PIN", "55"),
    ("INVALID PIN", "55"),
    ("PIN TRIES EXCEEDED", "75 38"),
    ("EXPIRED CARD", "54"),
    ("Card expired", "54"),
    ("Lost card", "41"),
    ("Pick up card", "04"),
    ("Invalid merchant", "03"),
    ("Invalid terminal", "97 58"),
    ("Invalid amount", "13"),
    ("Network error", "PNORESP"),
    ("CONNECTION FAILED", "PNORESP"),
    ("NO RESPONSE FROM HOST", "PNORESP"),
    ("Timeout", "PNORESP"),
    ("Issuer unavailable", "91"),
    ("HOST UNAVAILABLE", "91 92 96"),
    ("System error", "96"),
    ("Use chip", "45"),
    ("PLEASE INSERT CARD", "45"),
    ("Card not supported", "57 15 31"),
    ("Duplicate transaction", "94"),
    ("Transaction not permitted", "57 58"),
    ("PLEASE SIGN ON", "A0 99"),
    ("付款码已失效", "PQR"),
    ("QR code expired", "PQR"),
    ("电量低，请充电", "PPWR"),
    ("Connection refused", "PNORESP"),
    ("交易处理中，请勿重复操作", "PCHARGED"),
    ("日期错误", "PTIME"),
];

#[test]
fn words_of_any_till_lead_to_their_code_or_playbook() {
    let mut lost = Vec::new();
    for profile in ["unionpay", "unionpay-old"] {
        for (text, wanted) in HEARD {
            let codes = behind_text(profile, text);
            let playbook = text_hint(profile, text, Lang::EN).and_then(|hint| hint.playbook);
            let told =
                wanted.split(' ').any(|one| codes.iter().any(|code| code == one) || playbook.as_deref() == Some(one));
            // A code that is not in this table cannot be behind them.
            let known = wanted.starts_with('P') || wanted.split(' ').any(|code| is_success(profile, code).is_some());
            if !told && known {
                lost.push(format!("{profile} {text}: {wanted}, not {codes:?} {playbook:?}"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

/// Other tables have other numbers for the same: what they have of the class is told.
#[test]
fn words_lead_to_codes_in_every_table_that_has_them() {
    for (profile, text, code) in [
        ("iso8583", "余额不足", "51"),
        ("iso8583-1993", "余额不足", "116"),
        ("iso8583-1993", "Insufficient funds", "116"),
        ("visa", "Card expired", "54"),
        ("mastercard", "密码错误", "55"),
        ("amex", "LIMIT EXCEEDED", "121"),
        ("discover", "Lost card", "41"),
        ("acquirer-gicc", "日期错误", "98"),
        ("iso8583-1993", "MAC错误", "916"),
        ("visa", "DO NOT HONOUR", "05"),
    ] {
        let codes = behind_text(profile, text);
        assert!(codes.iter().any(|known| known == code), "{profile} {text}: {codes:?}");
    }
}

#[test]
fn a_longer_text_counts_more_than_a_shorter_one_inside_it() {
    let playbook =
        |text: &str| text_hint("unionpay", text, Lang::EN).and_then(|hint| hint.playbook).unwrap_or_default();
    assert_eq!(playbook("读卡错误，请重试"), "PCARD");
    assert_eq!(playbook("密码错误次数超限"), "PPIN");
    assert_eq!(playbook("PIN blocked"), "PPIN");
    assert_eq!(playbook("DECLINED: INSUFFICIENT FUNDS"), "P51");
    // Paper and battery have no host behind them, and no code.
    assert!(behind_text("unionpay", "打印机缺纸").is_empty());
    assert!(text_hint("unionpay", "打印机缺纸", Lang::ZH).is_some_and(|hint| !hint.of_host));
}

#[test]
fn words_are_offered_in_the_readers_language_where_the_table_shows_none() {
    assert!(texts("visa", Lang::EN).iter().all(|text| text.is_ascii()), "{:?}", texts("visa", Lang::EN));
    assert!(texts("visa", Lang::ZH).iter().any(|text| text == "余额不足"));
    assert!(texts("unionpay", Lang::EN).iter().any(|text| text == "余额不足"), "as its terminals show them");
}
