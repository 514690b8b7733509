//! Since when a finding is bad, and whether it comes and goes: from the events that survive a restart, then from run
//! to run.

use std::collections::BTreeMap;

use crate::model::{Event, Fact, Finding, Stamp};

/// Turns within this long are counted, microseconds.
const HOUR: i64 = 3_600 * 1_000_000;
/// So many of them are no accident: it comes and goes.
const MANY: usize = 4;
/// Younger than this it is as good as now, seconds.
const NOW_S: i64 = 60;

/// The story of one finding.
#[derive(Clone, Debug, Default)]
struct Story {
    bad: bool,
    code: String,
    since: Stamp,
    turns: Vec<Stamp>,
}

/// The stories of all findings, by id.
#[derive(Clone, Debug, Default)]
pub struct Past(BTreeMap<String, Story>);

impl Past {
    /// What the kept events tell, oldest first.
    pub fn of(events: &[Event]) -> Self {
        let mut past = Self::default();
        for event in events {
            if let Some(finding) = &event.finding {
                past.turn(finding, event.at);
            }
        }
        past
    }

    /// Takes what has just been found.
    pub fn take(&mut self, findings: &[Finding], at: Stamp) {
        for finding in findings {
            self.turn(finding, at);
        }
    }

    fn turn(&mut self, finding: &Finding, at: Stamp) {
        let bad = finding.status.is_bad();
        if !bad && !self.0.contains_key(&finding.id) {
            return;
        }
        let story = self.0.entry(finding.id.clone()).or_default();
        if bad != story.bad {
            story.turns.push(at);
        }
        if bad && (!story.bad || story.code != finding.code) {
            story.since = at;
            story.code.clone_from(&finding.code);
        }
        story.bad = bad;
        story.turns.retain(|turn| at.micros.saturating_sub(turn.micros) <= HOUR);
    }

    /// Adds to what is bad since when it is, and how often it came and went within the hour.
    pub fn tell(&self, findings: &mut [Finding], at: Stamp) {
        for finding in findings.iter_mut().filter(|finding| finding.status.is_bad()) {
            let Some(story) = self.0.get(&finding.id).filter(|story| story.bad && story.code == finding.code) else {
                continue;
            };
            if at.seconds_since(story.since) >= NOW_S {
                finding.facts.insert("since".to_owned(), Fact::from(story.since.strftime("%m-%d %H:%M")));
                finding.facts.insert("since_s".to_owned(), Fact::Int(story.since.micros / 1_000_000));
            }
            if story.turns.len() >= MANY {
                finding.facts.insert("turns".to_owned(), Fact::from(story.turns.len()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Area, Facts, Status};

    fn link(status: Status) -> Finding {
        Finding {
            id: "net.link:eth0".to_owned(),
            area: Area::Network,
            screen: "22".to_owned(),
            status,
            code: "net-link-no-cable".to_owned(),
            facts: Facts::new(),
            remedy: None,
            at: Stamp::default(),
            root: false,
            caused_by: None,
        }
    }

    fn at(seconds: i64) -> Stamp {
        Stamp::new(1_795_224_605_000_000 + seconds * 1_000_000, 480)
    }

    fn told(past: &Past, seconds: i64) -> Facts {
        let mut findings = [link(Status::Fail)];
        past.tell(&mut findings, at(seconds));
        findings[0].facts.clone()
    }

    #[test]
    fn what_is_bad_tells_since_when_also_after_a_restart() {
        let event = |id, status, seconds| Event {
            id,
            at: at(seconds),
            kind: "finding".to_owned(),
            finding: Some(link(status)),
            code: "finding".to_owned(),
            facts: Facts::new(),
        };
        let mut past = Past::of(&[event(1, Status::Fail, 0), event(2, Status::Ok, 60), event(3, Status::Fail, 600)]);
        past.take(&[link(Status::Fail)], at(4_000));
        assert_eq!(told(&past, 4_000).get("since_s"), Some(&Fact::Int(at(600).micros / 1_000_000)));
        assert_eq!(told(&past, 4_000).get("turns"), None);
        past.take(&[link(Status::Ok)], at(4_100));
        past.take(&[link(Status::Fail)], at(4_200));
        assert_eq!(told(&past, 4_210).get("since"), None, "it has only just begun");
    }

    #[test]
    fn what_comes_and_goes_is_told_and_forgotten_after_an_hour() {
        let mut past = Past::default();
        for turn in 0..5 {
            let status = if turn % 2 == 0 { Status::Fail } else { Status::Ok };
            past.take(&[link(status)], at(turn * 100));
        }
        assert_eq!(told(&past, 500).get("turns"), Some(&Fact::Int(5)));
        past.take(&[link(Status::Fail)], at(10_000));
        assert_eq!(told(&past, 10_000).get("turns"), None);
    }
}
