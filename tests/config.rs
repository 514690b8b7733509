//! Config files as people write them: layers, every fault at once with its line, and defaults that are the defaults.

use std::fs;
use std::path::{Path, PathBuf};

use pos_console::config::{Config, DEFAULT_TOML, Fault, Overrides, Paths, load, read, schema};
use pos_console::text::Lang;

/// A folder with a main file and more files, and where it is.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(main: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder") };
        site.file("pos-console.toml", main)
    }

    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        fs::write(path, text).expect("a file");
        self
    }

    fn main(&self) -> PathBuf {
        self.folder.path().join("pos-console.toml")
    }

    fn paths(&self) -> Paths {
        Paths::find(&Overrides { config: Some(self.main()), ..Overrides::default() })
    }

    fn load(&self) -> Result<Config, Vec<Fault>> {
        load(Some(&self.main()), &self.paths())
    }

    /// The English sentences of all faults, without the folder.
    fn faults(&self) -> Vec<String> {
        let folder = format!("{}/", self.folder.path().display());
        read(Some(&self.main()), &self.paths()).faults.iter().map(|f| f.to_string().replace(&folder, "")).collect()
    }
}

/// Every fault is one sentence in every language, with its key in words and no raw message key.
fn assert_faults(main: &str, expected: &[&str]) {
    let site = Site::new(main);
    assert_eq!(site.faults(), expected, "for:\n{main}");
    for fault in read(Some(&site.main()), &site.paths()).faults {
        for lang in Lang::all() {
            let sentence = fault.problem.words(lang);
            assert!(!sentence.contains("[config-") && !sentence.contains("{$"), "{sentence}");
        }
    }
}

#[test]
fn nothing_is_a_valid_config() {
    assert_eq!(Site::new("").load().expect("valid"), Config::default());
    let missing = tempfile::tempdir().expect("a folder");
    let paths = Paths { config: missing.path().to_path_buf(), ..Site::new("").paths() };
    assert_eq!(load(None, &paths).expect("valid"), Config::default());
}

#[test]
fn an_explicit_file_must_be_there_and_readable_as_text() {
    let site = Site::new("");
    let nowhere = site.folder.path().join("none.toml");
    let faults = load(Some(&nowhere), &site.paths()).expect_err("missing");
    assert!(faults[0].to_string().ends_with("none.toml: there is no such file"), "{}", faults[0]);
    let faults = load(Some(site.folder.path()), &site.paths()).expect_err("a folder");
    assert!(faults[0].to_string().ends_with(": this is a folder, not a file"), "{}", faults[0]);
    let site = Site::new("").file("pos-console.toml", b"demo = true\n\xff\xfe\x00");
    assert_eq!(site.faults(), ["pos-console.toml:2: this line is not UTF-8 text"]);
    let site = Site::new(&"#".repeat(1024 * 1024 + 1));
    assert_eq!(site.faults(), ["pos-console.toml: longer than 1 MiB, which no config is"]);
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let site = Site::new(
        "demo = 1\n[system]\ndisk_warn_procent = 5\ntemperature_warn = 300\n[[host]]\nname = \"a\"\naddress = \"x:99999\"\n",
    )
    .file("conf.d/20-more.toml", "[[host]]\nname = \"a\"\naddress = \"y:1\"\n")
    .file("conf.d/10-broken.toml", "\n[ui\n")
    .file("conf.d/.hidden.toml", "[[[")
    .file("conf.d/notes.txt", "[[[");
    assert_eq!(
        site.faults(),
        [
            "pos-console.toml:1: demo: wants true or false, found 1",
            "pos-console.toml:3: system.disk_warn_procent: unknown key; did you mean \"disk_warn_percent\"?",
            "pos-console.toml:4: system.temperature_warn: must be between 0 and 200",
            "pos-console.toml:7: host.address: \"x:99999\" is not an address; write host:port, or [IPv6]:port",
            "conf.d/10-broken.toml:2:4: not valid TOML: unclosed table, expected `]`",
            "conf.d/20-more.toml:2: host.name: the name \"a\" is taken by number 1 already",
        ]
    );
}

#[test]
fn unknown_keys_name_the_nearest_valid_one() {
    assert_faults(
        "timezone = \"UTC\"\nsources = []\nzzzzzzzzzzzzzz = 1\n[terminal]\nphone = \"1\"\n",
        &[
            "pos-console.toml:1: timezone: unknown key here; it belongs in [[source]]",
            "pos-console.toml:2: sources: unknown key; did you mean \"source\"?",
            "pos-console.toml:3: zzzzzzzzzzzzzz: unknown key; valid here: actions, adapter, app, check, checks, clock, demo, \
             host, network, parameters, power, printer, profile, reader, roles, security, source, store, support, system, \
             terminal, transactions, ui, update, usb",
            "pos-console.toml:5: terminal.phone: unknown key here; it belongs in [support]",
        ],
    );
    assert_faults(
        "[[source]]\npath = \"j\"\ndemo = true\n[[source]]\npaht = \"k\"\n",
        &[
            "pos-console.toml:3: source.demo: unknown key here; it belongs at the top of the file, before any section",
            "pos-console.toml:4: source.path: is missing or empty",
            "pos-console.toml:5: source.paht: unknown key; did you mean \"path\"?",
        ],
    );
}

#[test]
fn wrong_types_say_what_is_wanted() {
    assert_faults(
        "ui = 1\nsource = \"x\"\n[system]\nmounts = \"/\"\nunits = [1]\n[clock]\nwarn_ms = 1.5\nfail_ms = -1\n[checks]\n\
         rate = \"fast\"\n[store]\ndays = 99999999999999999999\n[terminal]\ntid = 12345678\n",
        &[
            "pos-console.toml:1: ui: wants a section, found 1",
            "pos-console.toml:2: source: wants sections in double brackets, found \"x\"",
            "pos-console.toml:4: system.mounts: wants a list, found \"/\"",
            "pos-console.toml:5: system.units: wants text in quotes, found 1",
            "pos-console.toml:7: clock.warn_ms: wants a whole number, found 1.5",
            "pos-console.toml:8: clock.fail_ms: must be between 1 and 86400000",
            "pos-console.toml:10: checks.rate: wants a number, found \"fast\"",
            "pos-console.toml:12: store.days: must be between 1 and 36500",
            "pos-console.toml:14: terminal.tid: wants text in quotes, found 12345678",
        ],
    );
}

#[test]
fn values_that_cannot_be_are_refused() {
    assert_faults(
        "[ui]\nlang = \"fr\"\n[terminal]\ntid = \"123456789\"\n[checks]\nrate = 0\noff = [\"net.wifi\", \"net.lynk\"]\n[clock]\nwarn_ms = 9\nfail_ms = 8\n\
         servers = [\"ok\", \"a b\"]\n[system]\nmounts = [\"data\"]\ndisk_warn_percent = 101\nmemory_warn_percent = 1\n",
        &[
            "pos-console.toml:2: ui.lang: unknown language \"fr\" (known: zh, en)",
            "pos-console.toml:4: terminal.tid: holds 9 characters, at most 8 are possible",
            "pos-console.toml:6: checks.rate: must be between 0.01 and 60",
            "pos-console.toml:7: checks.off: there is no check or area \"net.lynk\"; pos-console check --json lists the checks \
             of this terminal",
            "pos-console.toml:9: clock.warn_ms: the warning (9) must not be above fail_ms (8)",
            "pos-console.toml:11: clock.servers: \"a b\" is not a server; write a host or host:port",
            "pos-console.toml:13: system.mounts: \"data\" must begin with /",
            "pos-console.toml:14: system.disk_warn_percent: must be between 0 and 100",
            "pos-console.toml:15: system.memory_warn_percent: the warning (1) must not be below memory_fail_percent (4)",
        ],
    );
    assert_faults(
        "[[source]]\npath = \"a/j\"\ntimezone = \"Asia/Shanghia\"\n[[source]]\npath = \"b/j\"\n[[host]]\n\
         name = \"two words\"\naddress = \"x\"\nserver_name = \"-\"\n",
        &[
            "pos-console.toml:3: source.timezone: unknown time zone \"Asia/Shanghia\"; use an IANA name such as \
             \"Asia/Shanghai\"",
            "pos-console.toml:5: source.path: the name \"j\" is taken by number 1 already",
            "pos-console.toml:7: host.name: \"two words\" is not a name",
            "pos-console.toml:8: host.address: \"x\" is not an address; write host:port, or [IPv6]:port",
            "pos-console.toml:9: host.server_name: \"-\" is not a host name",
        ],
    );
}

#[test]
fn a_source_that_cannot_be_read_says_why() {
    assert_faults(
        "[[source]]\nname = \"a\"\npath = \"j\"\nkind = \"json\"\ntime_format = \"%!\"\n[[source]]\npath = \"k\"\n\
         patterns = [\"x\"]\n[source.map]\nstann = \"n\"\ncode = \"\"\n[[source]]\npath = \"l\"\nkind = \"regex\"\n\
         [[source]]\npath = \"m\"\nkind = \"regex\"\npatterns = [\n  '(?P<time>.*) (?P<code>..)',\n  '(?P<time>',\n  \
         '(?P<time>.)',\n]\n",
        &[
            "pos-console.toml:4: source.kind: unknown kind \"json\"; did you mean \"jsonl\"? (known: jsonl, regex, iso8583, jpos, journald, \
             sqlite, socket)",
            "pos-console.toml:5: source.time_format: not a time format: strftime formatting failed: found \
             unrecognized specifier directive `!`",
            "pos-console.toml:8: source.patterns: patterns are for kind = \"regex\"; this source is of kind \"jsonl\"",
            "pos-console.toml:10: source.map.stann: the default journal has no field \"stann\"; did you mean \"stan\"? \
             (known: time, kind, method, amount, currency, stan, rrn, code, tid, mid, entry_mode, card, latency_ms, \
             host, state, host_time, fallback, issuer, text, original_stan)",
            "pos-console.toml:11: source.map.code: is missing or empty",
            "pos-console.toml:12: source.patterns: is missing or empty",
            "pos-console.toml:20: source.patterns: not a pattern: unclosed group",
            "pos-console.toml:21: source.patterns: not a pattern: needs a group (?P<code>...) or (?P<state>...)",
        ],
    );
}

#[test]
fn layers_lie_in_order_and_paths_count_from_their_own_file() {
    let site = Site::new(
        "profile = \"p1\"\n[support]\nphone = \"1\"\n[system]\nunits = [\"a.service\"]\n[[source]]\npath = \"logs/j\"\n",
    )
    .file("profiles/p1.toml", "[support]\nphone = \"0\"\nhours = \"day\"\n[[source]]\npath = \"/abs/k\"\nmap = {time = \"ts\"}\n")
    .file("conf.d/b.toml", "[support]\nphone = \"3\"\n")
    .file("conf.d/a.toml", "[support]\nphone = \"2\"\n[system]\nunits = []\n[[host]]\nname = \"h\"\naddress = \"h:1\"\nca_file = \"ca.pem\"\n");
    let config = site.load().expect("valid");
    assert_eq!((config.support.phone.as_str(), config.support.hours.as_str()), ("3", "day"));
    assert!(config.system.units.is_empty());
    let paths: Vec<&Path> = config.source.iter().map(|source| source.path.as_path()).collect();
    assert_eq!(paths, [Path::new("/abs/k"), &site.folder.path().join("logs/j")]);
    assert_eq!(config.source[0].map["time"], "ts");
    assert_eq!(config.host[0].ca_file, site.folder.path().join("conf.d/ca.pem"));
}

#[test]
fn an_unknown_device_profile_is_a_fault_where_it_is_named() {
    let site = Site::new("\nprofile = \"acmee\"\n").file("profiles/acme.toml", "");
    let faults = site.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("pos-console.toml:2: profile: no device profile \"acmee\""), "{}", faults[0]);
    assert!(faults[0].ends_with("did you mean \"acme\"?"), "{}", faults[0]);
    assert_eq!(Site::new("profile = \"../x\"").file("x.toml", "").faults().len(), 1);
}

#[test]
fn a_code_table_is_built_in_or_the_sites() {
    let main = "[[source]]\npath = \"j\"\nprofile = \"acquirer-acme\"\n";
    let faults = Site::new(main).faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].starts_with("pos-console.toml:3: source.profile: no code table \"acquirer-acme\""),
        "{}",
        faults[0]
    );
    assert!(faults[0].contains("unionpay-old"), "{}", faults[0]);
    Site::new(main).file("codes/10.toml", "profile = \"acquirer-acme\"\n").load().expect("the site's own");
}

#[test]
fn a_fault_takes_nothing_else_with_it() {
    let site = Site::new("[support]\nphone = 1\nhours = \"day\"\n");
    let loaded = read(Some(&site.main()), &site.paths());
    assert_eq!(loaded.faults.len(), 1);
    assert_eq!((loaded.config.support.phone.as_str(), loaded.config.support.hours.as_str()), ("", "day"));
}

/// The comments of `config default` hold examples; taken out of their comments they are a valid config.
fn with_examples() -> String {
    let mut inside = false;
    let lines = DEFAULT_TOML.lines().map(|line| {
        let Some(code) = line.strip_prefix('#') else {
            inside = false;
            return line;
        };
        let code = code.strip_prefix(' ').unwrap_or(code);
        inside = code.starts_with("[[") || (inside && !code.is_empty());
        if inside { code } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_default_config_is_the_defaults() {
    assert_eq!(Site::new(DEFAULT_TOML).load().expect("valid"), Config::default());
}

#[test]
fn the_examples_in_the_default_config_are_valid() {
    let config = Site::new(&with_examples()).load().expect("valid");
    assert_eq!((config.source.len(), config.host.len()), (7, 1));
    assert_eq!(config.source[0].map.len(), 2);
    assert_eq!(config.source[1].patterns.len(), 1);
}

#[test]
fn the_default_config_shows_every_setting() {
    let text = with_examples();
    let table: toml::Table = text.parse().expect("TOML");
    let root = schema();
    let mut missing = Vec::new();
    for (section, shape) in root["properties"].as_object().expect("settings") {
        let Some(found) = table.get(section) else {
            missing.push(section.clone());
            continue;
        };
        let name = shape.get("$ref").or_else(|| shape.pointer("/items/$ref")).and_then(|name| name.as_str());
        let Some(keys) = name.and_then(|name| root.pointer(&format!("{}/properties", name.trim_start_matches('#'))))
        else {
            continue;
        };
        for key in keys.as_object().expect("settings").keys() {
            let shown = match found {
                toml::Value::Array(items) => items.iter().any(|item| item.get(key).is_some()),
                found => found.get(key).is_some(),
            };
            if !shown {
                missing.push(format!("{section}.{key}"));
            }
        }
    }
    assert!(missing.is_empty(), "not shown: {missing:?}");
}

#[test]
fn any_text_gives_settings_or_sentences_and_never_panics() {
    use proptest::prelude::*;
    let site = Site::new("");
    let word = prop_oneof!["[a-z_.]{1,8}", "\\[{1,2}[a-z.]{1,9}\\]{1,2}", "[ -~\\n\u{4e00}-\u{4e20}]{0,12}"];
    let line = (word, prop_oneof![Just("="), Just("\n"), Just("")], "[ -~\\n]{0,10}");
    proptest!(|(lines in prop::collection::vec(line, 0..12))| {
        let text = lines.iter().flat_map(|(a, b, c)| [a, *b, c, "\n"]).collect::<String>();
        fs::write(site.main(), &text).expect("a file");
        for fault in read(Some(&site.main()), &site.paths()).faults {
            prop_assert!(fault.line <= text.lines().count() + 1);
            prop_assert!(!fault.sentence(Lang::ZH).contains("[config-"), "{}", fault);
        }
    });
}
