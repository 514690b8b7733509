//! Vendors' commands: the published schema is the one that is read, and real commands are bounded.

use std::path::Path;

use super::*;
use crate::config::AdapterConfig;

#[test]
fn the_published_schema_is_the_one_that_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/adapter.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, adapter_schema()).expect("config/adapter.schema.json");
    }
    let published = std::fs::read_to_string(&path).expect("config/adapter.schema.json");
    assert_eq!(published, adapter_schema(), "UPDATE=1 writes it");
    for word in ["\"version\"", "\"state\"", "\"absent\"", "\"facts\"", "additionalProperties"] {
        assert!(published.contains(word), "{word}");
    }
}

async fn said(script: &str) -> Finding {
    let words = ["/bin/sh", "-c", script].map(str::to_owned);
    let adapter = AdapterConfig { command: words.to_vec(), timeout_s: 1 };
    let config = Config { adapter: [("printer".to_owned(), adapter)].into(), ..Config::default() };
    let cx = Cx { host: crate::platform::real(), config: Arc::new(config), ..bare_cx() };
    let printer: Vec<&'static dyn Check> =
        CHECKS.iter().copied().filter(|check| check.spec().id == "printer.status").collect();
    run(cx, &printer).await.remove(0)
}

#[tokio::test]
async fn real_commands_are_bounded_and_their_words_are_only_shown() {
    for (script, expected) in [
        (r#"echo '{"version":1,"state":"fail","code":"cover"}'"#, "fail printer-cover"),
        (r#"echo '{"version":1,"state":"absent"}'"#, "absent check-adapter-absent"),
        ("exec sleep 60", "unknown check-adapter-bad"),
        ("exec yes", "unknown check-adapter-bad"),
        ("kill -9 $$", "unknown check-adapter-bad"),
        ("echo 1", "unknown check-adapter-bad"),
        ("true", "unknown check-adapter-bad"),
    ] {
        assert_eq!(shown(&said(script).await), expected, "{script}");
    }
    let told = said(r#"printf '{"version":1,"state":"warning","text":"a\\u001b[2J 4111111111111111 { $x }"}'"#).await;
    for lang in Lang::all() {
        let sentence = sentence(lang, &told);
        assert!(!sentence.contains('\u{1b}') && !sentence.contains("411111111111"), "{sentence}");
    }
}

/// 41, 42 and 43 of a terminal without PC/SC and without readers that type.
#[tokio::test]
async fn a_vendor_tells_how_stripe_chip_and_field_are() {
    let told =
        |script: &str| AdapterConfig { command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(), timeout_s: 5 };
    let adapter = [
        ("swipe", r#"echo '{"version":1,"state":"warning","text":"track 2 weak","facts":{"good":3}}'"#),
        ("chip", r#"echo '{"version":1,"state":"ok","text":"card in"}'"#),
        ("tap", r#"echo '{"version":1,"state":"absent"}'"#),
    ];
    let adapter = adapter.map(|(name, script)| (name.to_owned(), told(script))).into();
    let mut config = Config { adapter, ..Config::default() };
    config.reader.pcsc = "off".to_owned();
    let cx = Cx { host: crate::platform::real(), config: Arc::new(config), ..bare_cx() };
    let readers = ["reader.swipe", "reader.card"];
    let wanted: Vec<&'static dyn Check> =
        CHECKS.iter().copied().filter(|check| readers.contains(&check.spec().id)).collect();
    let found = run(cx, &wanted).await;
    let mut told: Vec<String> =
        found.iter().map(|found| format!("{} {} {}", found.screen, found.id, shown(found))).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "41 reader.swipe warning check-adapter-told",
            "42 reader.card ok check-adapter-ok",
            "43 reader.card:tap absent check-adapter-absent",
        ]
    );
    assert!(
        sentence(Lang::EN, &found[0]).contains("track 2 weak") || sentence(Lang::EN, &found[0]).contains("card in")
    );
}
