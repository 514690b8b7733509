//! What is sent to which terminal.

use crate::terminal::{Session, Start};

/// The end of the last frame, and the first word of leaving.
const WAY_OUT: &str = "\x1b[?2026l\x1b[?2004l";

fn text(session: &Session) -> String {
    String::from_utf8_lossy(&session.raw()).into_owned()
}

/// Parameters of every SGR sequence.
fn styles(raw: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in raw.split("\x1b[").skip(1) {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';' && c != '?').unwrap_or(part.len());
        if part.get(end..).is_some_and(|rest| rest.starts_with('m')) {
            found.push(part[..end].to_owned());
        }
    }
    found
}

#[test]
fn every_frame_is_one_synchronized_update_and_nothing_stands_outside() {
    let mut session = Session::console(&Start::default());
    session.at("0").send("022").at("22").send("9\x1b[B").send("032").at("32").send("q0").at("0").send("q");
    session.ends_clean();
    let raw = text(&session);
    let (body, _way_out) = raw.split_once(WAY_OUT).expect("the way out");
    for frame in body.split_inclusive("\x1b[?2026l") {
        assert!(frame.starts_with("\x1b[?2026h") && frame.ends_with("\x1b[?2026l"), "{frame:?}");
        assert_eq!(frame.matches("\x1b[?2026h").count(), 1, "{frame:?}");
    }
}

#[test]
fn nothing_is_asked_of_the_terminal() {
    let mut session = Session::console(&Start::default());
    session.at("0").send("q");
    session.ends_clean();
    let raw = text(&session);
    for query in ["\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[?u", "\x1b]", "\x1bP", "\x1b[18t"] {
        assert!(!raw.contains(query), "{query:?}");
    }
}

#[test]
fn only_the_eight_colours_of_a_serial_line() {
    for term in ["xterm-256color", "vt220", "linux"] {
        let mut session = Session::straw("well", &Start { term, ..Start::default() });
        session.at("0").send("1").at("1").send("032").at("32").send("\x03");
        session.ends();
        // The program may be gone before all that it wrote has been read.
        session.until("sends the way out", |_, raw| String::from_utf8_lossy(raw).contains(WAY_OUT));
        let raw = text(&session);
        let (body, _) = raw.split_once(WAY_OUT).expect("the way out");
        for style in styles(body) {
            let fine = style.split(';').all(|n| {
                matches!(n, "" | "0" | "1" | "2" | "7" | "30" | "31" | "32" | "33" | "34" | "35" | "36" | "37")
            });
            assert!(fine, "{term}: {style}");
        }
        assert!(styles(body).iter().any(|style| style.contains("31")), "{term}: red is not used at all");
    }
}

#[test]
fn a_console_without_a_second_screen_is_wiped() {
    for term in ["linux", "vt220"] {
        let mut session = Session::straw("well", &Start { term, ..Start::default() });
        session.at("0").send("\x03");
        session.ends();
        let raw = text(&session);
        assert!(!raw.contains("\x1b[?1049"), "{term}");
        session.until("wipes", |screen, _| screen.contents().trim().is_empty() || screen.contents().contains("test"));
    }
}

#[test]
fn the_kernels_console_gets_english_and_a_wish_is_a_wish() {
    let mut session = Session::console(&Start { term: "linux", ..Start::default() });
    session.shows("0 HOME").send("q");
    session.ends();
    let mut session = Session::console(&Start { term: "linux", args: &["--lang", "zh"], ..Start::default() });
    session.shows("首页 HOME").send("q");
    session.ends();
}

#[test]
fn a_dumb_terminal_gets_text() {
    let mut session = Session::console(&Start { term: "dumb", ..Start::default() });
    session.at("0").send("022").at("22").send("\x03");
    session.ends();
    let raw = text(&session);
    assert!(!raw.contains("\x1b[?"), "{raw:?}");
    assert!(styles(&raw).iter().all(|style| !style.contains('3')), "{raw:?}");
}

#[test]
fn no_colour_means_no_colour() {
    for (env, args) in [(&[("NO_COLOR", "1")][..], &[][..]), (&[][..], &["--no-color"][..])] {
        let mut session = Session::console(&Start { env, args, ..Start::default() });
        session.at("0").send("1").at("1").send("\x03");
        session.ends_clean();
        let raw = text(&session);
        let colored = |style: &String| style.split(';').any(|n| n.len() == 2);
        assert!(!styles(&raw).iter().any(colored), "{:?}", styles(&raw));
        assert!(styles(&raw).iter().any(|style| style.contains('7')), "weight remains");
    }
}

#[test]
fn a_terminal_of_no_size_is_taken_for_80_by_24() {
    let mut session = Session::console(&Start { size: (0, 0), ..Start::default() });
    session.at("0").shows("红=退出").send("q");
    session.ends_clean();
}

#[test]
fn a_storm_of_sizes_ends_on_the_right_screen() {
    let mut session = Session::console(&Start::default());
    session.at("0").send("022").at("22");
    for step in 0..60_u16 {
        session.resize(1 + step * 5 % 300, 1 + step * 7 % 100);
    }
    session.resize(60, 20);
    session.send("\x0c");
    session.until("fills 60x20", |screen, _| {
        let rows: Vec<String> = screen.rows(0, 60).collect();
        rows.len() == 20 && rows[0].starts_with("22 ") && rows[19].contains("红=首页")
    });
    session.send("\x03");
    session.ends_clean();
}

#[test]
fn an_arrow_in_two_pieces_is_an_arrow() {
    let mut session = Session::straw("well", &Start::default());
    session.at("0").send("032").at("32");
    session.send("\x1b");
    session.send("[B").shows("绿=打开1");
    session.at("32").send("\x03");
    session.ends_clean();
}

#[test]
fn a_paste_presses_nothing() {
    let mut session = Session::straw("well", &Start::default());
    session.at("0").send("\x1b[200~6220000000000000123\r3\x1b[201~5").at("5");
    assert!(!session.text().contains("6220000000000000123"));
    session.send("\x03");
    session.ends_clean();
}
