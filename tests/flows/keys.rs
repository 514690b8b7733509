//! The key table, row by row.

use pos_console::text::Lang;

use crate::driver::Console;

const BASE: (u16, u16) = (40, 15);

fn console() -> Console {
    Console::new("degraded", Lang::ZH, BASE)
}

#[test]
fn a_digit_opens_its_line() {
    let mut console = console();
    assert_eq!(console.press("3").id(), "3");
    assert_eq!(console.press("2").id(), "32");
}

#[test]
fn look() {
    let Ok(keys) = std::env::var("KEYS") else { return };
    let size: Vec<u16> = std::env::var("SIZE").unwrap().split('x').map(|n| n.parse().unwrap()).collect();
    let lang = if std::env::var("L").is_ok() { Lang::EN } else { Lang::ZH };
    for fixture in std::env::var("FIX").unwrap_or("degraded".into()).split(',') {
        let mut console = Console::new(fixture, lang, (size[0], size[1]));
        for keys in keys.split(',') {
            console.press(keys);
            println!("---------- {fixture} {keys}");
            println!("{}", console.text());
        }
    }
}
