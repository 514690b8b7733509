//! What a console is started with: command line before configuration before surroundings.

use crate::config::UiConfig;
use crate::text::Lang;
use crate::tui::app::Options;
use crate::tui::terminal::Manners;

/// What the command line asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub lang: Option<Lang>,
    pub ascii: bool,
    pub no_color: bool,
    pub kiosk: bool,
}

/// The environment, as far as it counts here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `TERM`.
    pub term: String,
    /// The first that is set of `LC_ALL`, `LC_MESSAGES`, `LANG`.
    pub locale: String,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `SSH_CONNECTION` is set: frames may be slow.
    pub remote: bool,
}

impl Surroundings {
    /// From a look-up of environment variables.
    pub fn of(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        Self {
            term: set("TERM").unwrap_or_default(),
            locale: ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default(),
            no_color: set("NO_COLOR").is_some(),
            remote: set("SSH_CONNECTION").is_some(),
        }
    }
}

/// The looks that follow. `seed` is random: the codes of dialogs come from it.
pub fn options(wishes: Wishes, config: &UiConfig, around: &Surroundings, seed: u64) -> Options {
    let manners = Manners::of(&around.term);
    let spoken = || Lang::from_tag(&config.lang).or_else(|| Lang::from_tag(&around.locale)).unwrap_or(Lang::ZH);
    // The kernel's console shows blobs for Chinese: only who asks for it gets it.
    let lang = wishes.lang.unwrap_or_else(|| if manners.chinese { spoken() } else { Lang::EN });
    Options {
        lang,
        ascii: wishes.ascii || config.ascii || !manners.chinese || !manners.modes,
        color: manners.color && !wishes.no_color && !config.no_color && !around.no_color,
        kiosk: wishes.kiosk,
        lang_given: wishes.lang.is_some(),
        seed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(vars: &[(&str, &str)]) -> Surroundings {
        Surroundings::of(|name| vars.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned()))
    }

    fn looks(wishes: Wishes, config: &UiConfig, vars: &[(&str, &str)]) -> (&'static str, bool, bool) {
        let options = options(wishes, config, &around(vars), 0);
        (options.lang.tag(), options.ascii, options.color)
    }

    #[test]
    fn the_language_is_asked_for_then_configured_then_found() {
        let config = |lang: &str| UiConfig { lang: lang.to_owned(), ..UiConfig::default() };
        let english = Wishes { lang: Some(Lang::EN), ..Wishes::default() };
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(looks(Wishes::default(), &config(""), &[xterm]).0, "zh");
        assert_eq!(looks(Wishes::default(), &config(""), &[xterm, ("LANG", "C.UTF-8")]).0, "zh");
        assert_eq!(looks(Wishes::default(), &config(""), &[xterm, ("LANG", "en_US.UTF-8")]).0, "en");
        assert_eq!(looks(Wishes::default(), &config(""), &[xterm, ("LANG", "en_US"), ("LC_ALL", "zh_CN")]).0, "zh");
        assert_eq!(looks(Wishes::default(), &config("zh"), &[xterm, ("LANG", "en_US")]).0, "zh");
        assert_eq!(looks(english, &config("zh"), &[xterm]).0, "en");
    }

    #[test]
    fn a_terminal_gets_what_it_can_show() {
        let config = UiConfig::default();
        let zh = Wishes { lang: Some(Lang::ZH), ..Wishes::default() };
        assert_eq!(
            looks(Wishes::default(), &config, &[("TERM", "linux"), ("LANG", "zh_CN.UTF-8")]),
            ("en", true, true)
        );
        assert_eq!(looks(zh, &config, &[("TERM", "linux")]), ("zh", true, true));
        assert_eq!(looks(zh, &config, &[("TERM", "vt220")]), ("zh", false, true));
        assert_eq!(looks(zh, &config, &[("TERM", "dumb")]), ("zh", true, false));
        assert_eq!(looks(zh, &config, &[("TERM", "xterm"), ("NO_COLOR", "1")]), ("zh", false, false));
        assert_eq!(looks(zh, &config, &[("TERM", "xterm"), ("NO_COLOR", "")]), ("zh", false, true));
        assert!(!looks(Wishes { no_color: true, ..zh }, &config, &[("TERM", "xterm")]).2);
    }
}
