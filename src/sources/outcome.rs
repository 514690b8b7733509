//! How a transaction ended, from what its journal line says.

use crate::model::{Outcome, SaleState};

/// Why a terminal reverses (DE39 of an 0400 request): no answer in time, fault, wrong MAC, other, late answer.
const REVERSAL_REASONS: &[&str] = &["98", "96", "A0", "06", "68"];

/// What a line says of its end.
pub struct Told<'a> {
    pub kind: &'a str,
    pub code: Option<&'a str>,
    pub state: Option<SaleState>,
    /// A reference number or a host time stands in the line: somebody answered.
    pub answered: bool,
}

/// The outcome; `successes` are the codes of the source's table that are not declines.
pub fn outcome(told: &Told<'_>, successes: &[String]) -> Outcome {
    let reversal = told.kind.eq_ignore_ascii_case("reversal");
    let Some(code) = told.code else { return unanswered(told.state) };
    let success = successes.iter().any(|success| success == code);
    match (reversal, told.state) {
        // In a reversal request the code is the reason for it, whatever it is.
        (true, Some(state)) => unanswered(Some(state)),
        (true, None) | (false, Some(SaleState::Reversed)) if success => Outcome::Reversed,
        (true, None) if REVERSAL_REASONS.contains(&code) && told.answered => Outcome::Reversed,
        (true, None) if REVERSAL_REASONS.contains(&code) => Outcome::Pending,
        (false, _) if success => Outcome::Approved,
        _ => Outcome::Declined,
    }
}

/// A state that nobody knows is as open as a request that was just sent.
const fn unanswered(state: Option<SaleState>) -> Outcome {
    match state {
        Some(SaleState::Timeout) => Outcome::NoResponse,
        Some(SaleState::Reversed) => Outcome::Reversed,
        Some(SaleState::Sent | SaleState::QueryNeeded) | None => Outcome::Pending,
    }
}

/// The state a word means, if it is known.
pub fn state(word: &str) -> Option<SaleState> {
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match plain.as_str() {
        "sent" => Some(SaleState::Sent),
        "timeout" | "timedout" => Some(SaleState::Timeout),
        "reversed" => Some(SaleState::Reversed),
        "queryneeded" => Some(SaleState::QueryNeeded),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_end() {
        use Outcome::{Approved, Declined, NoResponse, Pending, Reversed};
        use SaleState as S;
        let successes = ["00", "A2"].map(str::to_owned);
        for (kind, code, state, answered, expected) in [
            ("sale", Some("00"), None, true, Approved),
            ("sale", Some("A2"), None, true, Approved),
            ("sale", Some("51"), None, true, Declined),
            ("sale", Some("98"), None, false, Declined),
            ("sale", Some("00"), Some(S::Reversed), true, Reversed),
            ("sale", None, Some(S::Sent), false, Pending),
            ("sale", None, Some(S::QueryNeeded), false, Pending),
            ("sale", None, Some(S::Timeout), false, NoResponse),
            ("sale", None, Some(S::Reversed), false, Reversed),
            ("sale", None, None, false, Pending),
            ("settle", Some("95"), None, true, Declined),
            ("void", Some("25"), None, true, Declined),
            ("void", Some("00"), None, true, Approved),
            ("reversal", Some("00"), None, true, Reversed),
            ("reversal", Some("98"), Some(S::Sent), false, Pending),
            ("reversal", Some("98"), Some(S::Reversed), true, Reversed),
            ("reversal", Some("98"), Some(S::Timeout), false, NoResponse),
            ("reversal", Some("25"), Some(S::Timeout), false, NoResponse),
            ("reversal", Some("98"), None, true, Reversed),
            ("reversal", Some("A0"), None, false, Pending),
            ("reversal", Some("25"), None, true, Declined),
            ("REVERSAL", Some("06"), None, false, Pending),
            ("reversal", None, Some(S::Sent), false, Pending),
        ] {
            let told = Told { kind, code, state, answered };
            assert_eq!(outcome(&told, &successes), expected, "{kind} {code:?} {state:?} {answered}");
        }
    }

    #[test]
    fn states_are_known_in_any_spelling() {
        assert_eq!(state("query-needed"), Some(SaleState::QueryNeeded));
        assert_eq!(state("QUERY_NEEDED"), Some(SaleState::QueryNeeded));
        assert_eq!(state("TimedOut"), Some(SaleState::Timeout));
        assert_eq!(state("answered"), None);
    }
}
