//! Every screen at every size in every language: titled, barred, inside its window, the same twice.

use pos_console::text::Lang;
use pos_console::tui::screens::{SCREENS, ScreenSpec};
use unicode_width::UnicodeWidthStr;

use crate::driver::{Console, spaced};
use crate::support;

const SIZES: [(u16, u16); 6] = [(20, 8), (30, 10), (40, 15), (80, 24), (100, 30), (200, 60)];

const BASE: (u16, u16) = (40, 15);

/// Dials a screen from wherever one is.
fn dial(console: &mut Console, spec: &ScreenSpec) {
    let digits = if spec.id == "0" { "" } else { spec.id.trim_start_matches('0') };
    let keys = if spec.id == "00" { "R 0 0".to_owned() } else { format!("R 0 {}", spaced(digits)) };
    console.rush(&keys);
}

#[test]
fn every_screen_is_dialled_titled_and_barred_at_every_size() {
    for (fixture, _) in support::FIXTURES {
        for lang in Lang::all() {
            // Every size with the fullest state, every state at the base size.
            for (width, height) in SIZES.into_iter().filter(|size| *size == BASE || *fixture == "degraded") {
                let mut console = Console::new(fixture, lang, (width, height));
                for spec in SCREENS {
                    dial(&mut console, spec);
                    let what = format!("{} {fixture} {} {width}x{height}", spec.id, lang.tag());
                    let rows = console.rows();
                    assert!(rows.iter().all(|row| row.width() <= usize::from(width)), "{what}: too wide");
                    let title = &rows[0];
                    assert!(title.starts_with(&format!("{} ", spec.id)), "{what}: {title}");
                    assert!(title.contains(spec.name), "{what}: {title}");
                    let bar = rows.last().unwrap();
                    let (green, yellow, red) = if lang == Lang::ZH { ("绿", "黄", "红") } else { ("G", "Y", "R") };
                    assert!(bar.contains(green) && bar.contains(yellow) && bar.contains(red), "{what}: {bar}");
                    let once = console.buffer().clone();
                    console.draw();
                    assert_eq!(&once, console.buffer(), "{what}: drawing twice is not drawing once");
                    assert!(!console.app.dirty(), "{what}: drawn, and still to be drawn");
                }
            }
        }
    }
}

#[test]
fn no_page_is_lost_at_the_smallest_size() {
    for spec in SCREENS {
        let mut console = Console::new("degraded", Lang::ZH, (20, 8));
        dial(&mut console, spec);
        // A first key ends the dialling, which the title row shows.
        console.press("pgdn pgup");
        let first = console.text();
        let mut turned = 0;
        loop {
            console.press("pgdn");
            turned += 1;
            assert!(turned < 200, "{}: no way round", spec.id);
            if console.text() == first {
                break;
            }
        }
    }
}

#[test]
fn a_storm_of_sizes_never_panics() {
    let mut console = Console::new("degraded", Lang::ZH, (80, 24));
    let mut seed = 3_u64;
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 33) % most + 1) as u16
    };
    for round in 0..300 {
        console.resize(next(300), next(100));
        let spec = SCREENS[round % SCREENS.len()];
        dial(&mut console, spec);
        if round % 3 == 0 {
            console.press("down down : 6");
            console.resize(next(300), next(100));
            console.press("R");
        }
    }
    for width in 1..50 {
        for height in [1, 2, 5, 8, 9, 15] {
            console.resize(width, height);
        }
    }
}

#[test]
fn below_the_smallest_size_it_says_so_and_stays() {
    for (lang, word) in [(Lang::ZH, "请放大窗口"), (Lang::EN, "enlarge")] {
        let mut console = Console::new("normal", lang, (19, 8));
        assert!(console.text().replace('\n', "").contains(word), "{}", console.text());
        console.press("0 2 2");
        console.resize(40, 15);
        assert_eq!(console.id(), "22");
        assert!(!console.quit());
    }
}
