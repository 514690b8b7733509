//! Words out of the settings that are only ever shown: none keeps a card number that somebody typed or pasted there.
//! Addresses, paths and commands stay as they are, since they are used; what is told of them is masked where it is told.

use super::settings::Config;
use crate::model::scrub;

/// Fewer digits are no card number; a reference number has twelve.
const CARD: usize = 13;

impl Config {
    /// Masks card numbers in names, labels and what is told of the people to call.
    pub(super) fn hide_cards(&mut self) {
        let hosts = self.host.iter_mut().map(|host| &mut host.name);
        let names = hosts.chain(self.source.iter_mut().map(|source| &mut source.name));
        let names = names.chain(self.check.iter_mut().map(|check| &mut check.name));
        let names = names.chain(self.usb.iter_mut().map(|usb| &mut usb.name));
        let terminal = [&mut self.terminal.tid, &mut self.terminal.mid, &mut self.terminal.serial];
        names.chain(terminal).chain([&mut self.support.hours]).for_each(|name| *name = scrub(name, CARD).into_owned());
        self.support.phone = phones(&self.support.phone);
    }
}

/// One number at a time: two of them side by side have the digits of a card, and are none.
fn phones(text: &str) -> String {
    let parts = |sign: char| !(sign.is_ascii_digit() || matches!(sign, ' ' | '-'));
    text.split_inclusive(parts).map(|one| scrub(one, CARD)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_in_a_label_is_masked_and_phone_numbers_are_not() {
        let card = "6222021234567890123";
        let mut config = Config::default();
        config.terminal.serial = card.to_owned();
        config.support.phone = format!("400-820-8820 / 400-888-9999, {card}");
        config.support.hours = "6222 0212 3456 7890 123".to_owned();
        config.host = vec![super::super::settings::HostConfig { name: card.to_owned(), ..Default::default() }];
        config.hide_cards();
        let shown = toml::to_string(&config).unwrap_or_default();
        assert!(!shown.contains("0212345678") && !shown.contains("0212 3456"), "{shown}");
        assert!(config.support.phone.starts_with("400-820-8820 / 400-888-9999, 622202"), "{}", config.support.phone);
        assert!(config.terminal.serial.ends_with("0123") && config.host[0].name.starts_with("622202"));
    }
}
