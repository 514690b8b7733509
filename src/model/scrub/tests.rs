use proptest::prelude::*;

use super::number::is_card;
use super::*;

const PANS: &[&str] = &[
    "4111111111111111",
    "5555555555554444",
    "2221000000000009",
    "378282246310005",
    "30569309025904",
    "3530111333300000",
    "6011111111111117",
    "6222021234567890123",
    "6222021234567891",
    "8171999900000018",
    "9558801001114990713",
];

/// The digits that are left in a text.
fn left(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[test]
fn hides_card_numbers_in_every_form() {
    for (text, expected) in [
        ("6222021234567890123", "622202*********0123"),
        ("pay 4111111111111111 ok", "pay 411111******1111 ok"),
        ("4111 1111 1111 1111", "4111 11** **** 1111"),
        ("4111-1111-1111-1111", "4111-11**-****-1111"),
        ("4111  1111  1111  1111", "4111  11**  ****  1111"),
        ("51 6222021234567890", "51 622202******7890"),
        ("ID4111111111111111X", "ID411111******1111X"),
        (";4111111111111111=25121010000012300?", ";411111******1111=******************"),
        ("1234567890123456D2512101", "123456******3456D*******"),
        ("4111 1111 1111 1111=2512", "4111 11** **** 1111=****"),
        ("%B4111111111111111^DOE/JOHN^2512101", "%B411111******1111^****************"),
        ("34313131313131313131313131313131", "********************************"),
        ("34 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31", "** ** ** ** ** ** ** ** ** ** ** ** ** ** ** **"),
        ("F4F1F1F1F1F1F1F1F1F1F1F1F1F1F1F1", "********************************"),
        ("166222021234567890", "16622202******7890"),
        ("196222021234567890123F", "19622202*********0123F"),
        ("376222021234567890123D2512", "*********************D****"),
        ("0200702404800000166222021234567890000000", "020070240480000016622202******7890000000"),
        ("４１１１１１１１１１１１１１１１", "４１１１１１******１１１１"),
        ("card 00000041111111111111110000", "card 000000411111********110000"),
        ("卡号4111111111111112", "卡号411111******1112"),
        ("501234567896", "********7896"),
        ("4111    1111    1111    1111", "4111    11**    ****    1111"),
        ("4111:1111:1111:1111", "4111:11**:****:1111"),
        ("6222x0212x3456x7890x123", "6222x02**x****x***0x123"),
        ("6:2:2:2:0:2:1:2:3:4:5:6:7:8:9:0", "6:2:2:2:0:2:*:*:*:*:*:*:7:8:9:0"),
        ("622202*7654329876129", "622202**********6129"),
        ("６２２２＊02*123 卡号4111　　1111　　1111　　1111", "６２２２＊02*123 卡号4111　　11**　　****　　1111"),
        ("0004111111111111111", "000411111******1111"),
        ("00004111111111111111", "0000411111******1111"),
        ("62220212345678900000", "622202*********00000"),
        ("34:31:31:31:31:31:31:31:31:31:31:31:31:31:31:31", "**:**:**:**:**:**:**:**:**:**:**:**:**:**:**:**"),
    ] {
        assert_eq!(scrub(text, 12), expected, "{text}");
    }
}

/// However the digits are spelled, at most ten of them are left.
#[test]
fn hides_card_numbers_that_are_spelled() {
    let pan = "6222021234567890";
    let each = |spell: &dyn Fn(char) -> String| pan.chars().map(spell).collect::<String>();
    let other = |zero: u32| each(&|c| char::from_u32(zero + c.to_digit(10).unwrap_or(0)).into_iter().collect());
    let of = |list: &str| each(&|c| list.chars().nth(c.to_digit(10).unwrap_or(0) as usize).into_iter().collect());
    let code = |c: char| u32::from(c);
    let spelled = [
        each(&|c| format!("\\u{:04x}", code(c))),
        each(&|c| format!("\\u{{{:x}}}", code(c))),
        each(&|c| format!("\\x{:02X}", code(c))),
        each(&|c| format!("\\{:03o}", code(c))),
        each(&|c| format!("%{:02X}", code(c))),
        each(&|c| format!("&#{};", code(c))),
        each(&|c| format!("&#x{:x};", code(c))),
        each(&|c| format!("0x{:02x}, ", code(c))),
        each(&|c| format!("{:02x}00", code(c))),
        each(&|c| format!("00{:02x}", code(c))),
        separated(pan, 4, "%20"),
        separated(pan, 4, "&nbsp;"),
        separated(pan, 1, "\u{200b}"),
        other(0x0660),
        other(0x06F0),
        other(0x0966),
        other(0x1D7CE),
        of("〇一二三四五六七八九"),
        of("零壹贰叁肆伍陆柒捌玖"),
        of("⓪①②③④⑤⑥⑦⑧⑨"),
        "NjIyMjAyMTIzNDU2Nzg5MA==".to_owned(),
        "track=OzYyMjIwMjEyMzQ1Njc4OTA9MjUxMjEwMTAwMDA/ read".to_owned(),
    ];
    for text in spelled {
        let clean = scrub(&text, 13).into_owned();
        assert_eq!(clean.chars().count(), text.chars().count(), "{text}");
        let hidden = clean.chars().filter(|sign| *sign == '*').count();
        assert!(hidden >= 6, "{text} is left as {clean}");
        assert_eq!(scrub(&clean, 13), clean, "{text}");
    }
}

#[test]
fn does_not_hide_what_is_no_card_number() {
    for text in [
        "112112030551",
        "898000000000001",
        "898440358120001",
        "000123",
        "12345678",
        "2026-11-21T09:30:05.123+08:00",
        "2026-11-21 09:30:05",
        "20261121093005123",
        "20261121093005",
        "261121093005",
        "1795224605123",
        "1795224605123456",
        "4200002026112112345678901234",
        "2026112122001412345678901234",
        "primary 192.168.100.200:6000",
        "62.138.111.222:9000",
        "acquirer.example:6000",
        "交易成功 参考号112112030551 流水号000123",
        "第四112112030551号",
        "一二三四五六七八九十",
        "2026:11:21 09:30:05",
        "62:22:02:12:34:56",
        "100%20 %41 \\d+ \\x41 &amp; 0x20",
        "acquirer/ChannelAdaptor",
        "eyJjb2RlIjoiMDAiLCJtc2ciOiJvayJ9",
        "00000000000000001234",
        "000000000000000000000000",
    ] {
        assert_eq!(scrub(text, 12), text);
    }
    // Year 2026, day 241: begins like a card, has twelve digits, may have a right check digit.
    for rrn in 620_000_000_000_u64..620_000_000_200 {
        assert_eq!(scrub(&rrn.to_string(), 13), rrn.to_string());
    }
}

#[test]
fn wallet_numbers_pass_although_windows_of_them_look_like_cards() {
    let id = "4200004111111111111111234567";
    assert_eq!(scrub(id, 12), id);
}

fn separated(pan: &str, group: usize, between: &str) -> String {
    let signs: Vec<char> = pan.chars().collect();
    signs.chunks(group).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

/// A number with a right check digit on one of the usual prefixes.
fn valid_pan() -> impl Strategy<Value = String> {
    let heads = prop::sample::select(vec![("4", 16), ("53", 16), ("37", 15), ("6011", 16), ("3530", 16), ("65", 19)]);
    (heads, "[0-9]{19}").prop_map(|((head, length), tail)| {
        let body: String = format!("{head}{tail}").chars().take(length - 1).collect();
        ('0'..='9')
            .map(|check| format!("{body}{check}"))
            .find(|pan| is_card(&values(pan)))
            .expect("one check digit fits")
    })
}

fn values(pan: &str) -> Vec<u8> {
    pan.chars().map(digit).collect()
}

proptest! {
    #[test]
    fn no_card_number_passes(
        pan in prop_oneof![valid_pan(), "62[0-9]{14}", "62[0-9]{17}", "81[0-9]{14}", prop::sample::select(PANS).prop_map(str::to_owned)],
        form in 0..9,
        before in "[a-z ,(\\[]{0,8}",
        behind in "[a-z ,)\\]]{0,8}",
    ) {
        let shown = match form {
            0 => pan.clone(),
            1 => separated(&pan, 4, " "),
            2 => separated(&pan, 4, "-"),
            3 => separated(&pan, 6, " "),
            4 => format!("{pan}=25121010000"),
            5 => format!("{pan}D25121010000"),
            6 => pan.chars().flat_map(|digit| ['3', digit]).collect(),
            7 => format!("{:02}{pan}", pan.len()),
            _ => separated(&pan, 4, "\u{a0}"),
        };
        let text = format!("{before}{shown}{behind}");
        let clean = scrub(&text, 12).into_owned();
        prop_assert!(!left(&clean).contains(&pan), "{clean}");
        prop_assert!(left(&clean).len() <= 14, "{clean}");
        prop_assert!(!clean.contains("25121010000"));
        prop_assert_eq!(scrub(&clean, 12).into_owned(), clean.clone());
    }

    #[test]
    fn any_text_is_survived_and_keeps_its_length(text in "\\PC{0,60}|[0-9 =D^;F3-]{0,60}") {
        prop_assert_eq!(scrub(&text, 12).chars().count(), text.chars().count());
    }
}
