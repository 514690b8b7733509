//! Commands of the site's own on the real machine: whatever they do, they are bounded, and the others are told.

use super::*;
use crate::config::CommandConfig;

fn own(name: &str, words: &[&str], timeout_s: u64) -> CommandConfig {
    let command = words.iter().map(|word| (*word).to_owned()).collect();
    CommandConfig { name: name.to_owned(), command, timeout_s, user: String::new() }
}

async fn found(check: Vec<CommandConfig>) -> Vec<Finding> {
    let cx = Cx {
        host: crate::platform::real(),
        config: Arc::new(Config { check, ..Config::default() }),
        journal: Arc::default(),
        now: crate::platform::now(),
        previous: Arc::default(),
        asked: Arc::default(),
    };
    let custom = CHECKS.iter().find(|check| check.spec().id == "custom").expect("custom");
    run(cx, &[*custom]).await
}

#[tokio::test]
async fn a_command_that_hangs_floods_or_says_nonsense_is_unknown_with_its_reason() {
    let nobody = CommandConfig { user: "no-such-user".to_owned(), ..own("nobody", &["true"], 5) };
    let all = vec![
        own("good", &["sh", "-c", "echo 'QUEUE OK - 3 | queue=3;10;20;0'; exit 0"], 5),
        own("warns", &["sh", "-c", "echo WARNING; exit 1"], 5),
        own("hangs", &["sh", "-c", "sleep 60 & sleep 60"], 1),
        own("floods", &["yes"], 5),
        own("mute", &["true"], 5),
        own("odd", &["sh", "-c", "echo x; exit 42"], 5),
        own("gone", &["/no/such/plugin"], 5),
        nobody,
    ];
    let found = found(all).await;
    let said: Vec<(String, String)> = found.iter().map(|f| (f.id.clone(), shown(f))).collect();
    let told: Vec<(&str, &str)> = said.iter().map(|(id, shown)| (id.as_str(), shown.as_str())).collect();
    assert_eq!(
        told,
        [
            ("custom:good", "ok custom-said"),
            ("custom:warns", "warning custom-said"),
            ("custom:hangs", "unknown custom-late"),
            ("custom:floods", "unknown custom-flood"),
            ("custom:mute", "ok custom-mute"),
            ("custom:odd", "unknown custom-odd"),
            ("custom:gone", "unknown custom-missing"),
            ("custom:nobody", "unknown custom-denied"),
        ]
    );
    assert_eq!(found[0].facts.get("perf_queue"), Some(&Fact::Real(3.0)));
    assert_eq!(found[0].facts.get("text"), Some(&Fact::from("QUEUE OK - 3")));
    for finding in &found {
        for lang in Lang::all() {
            assert!(!sentence(lang, finding).contains('{'), "{finding:?}");
        }
    }
}

#[tokio::test]
async fn plugins_of_debian_work_unchanged() {
    let folder = "/usr/lib/nagios/plugins";
    if !std::path::Path::new(folder).join("check_load").exists() {
        println!("skipped: monitoring-plugins-basic is not installed");
        return;
    }
    let plugin = |name: &str| format!("{folder}/{name}");
    let (dummy, disk) = (plugin("check_dummy"), plugin("check_disk"));
    let found = found(vec![
        own("dummy", &[&dummy, "2", "as told"], 5),
        own("disk", &[&disk, "-w", "0%", "-c", "0%", "-p", "/"], 5),
    ])
    .await;
    assert_eq!(shown(&found[0]), "fail custom-said");
    assert_eq!(found[0].facts.get("text"), Some(&Fact::from("CRITICAL: as told")));
    assert!(found[1].facts.keys().any(|name| name.starts_with("perf_/_")), "{:?}", found[1].facts);
}
