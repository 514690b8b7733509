//! The end of a playbook or of a round of inspection that somebody walked, kept as an event. What is stored is what
//! the playbook or the round itself says: nothing of a front end's own words reaches the store.

use tokio::sync::oneshot;

use super::calls::{refusal, refused_by_store, reply};
use super::core::{Core, Msg};
use super::standing;
use crate::handbook::{self, Every, Mark};
use crate::model::{self, Actor, Facts, Role, SaleId, Snapshot};
use crate::platform;
use crate::playbooks::{self, Money, Walk};
use crate::proto::Reply;

/// Kinds, and codes, of these events.
const WALK: &str = "walk";
const ROUND: &str = "round";

/// Going back and forth before one end is one walk, within this time, microseconds.
const SAME_WALK_US: i64 = 10 * 60 * 1_000_000;

/// Keeps a walk, if the playbook has it.
pub(super) fn keep(core: &Core, actor: &Actor, told: &Told, answer: oneshot::Sender<Reply>) {
    match told.facts(actor) {
        Some(facts) => store(core, actor, (WALK, facts), told.sale, answer),
        None => reply(answer, refusal("bad-request", "walked")),
    }
}

/// Keeps a round of inspection, if the handbook has it and every item was marked.
pub(super) fn keep_round(core: &Core, actor: &Actor, (round, marks): (&str, &str), answer: oneshot::Sender<Reply>) {
    match held(core, round, marks).and_then(|marks| Some((round_facts(actor, round, &marks)?, marks))) {
        Some((facts, marks)) => {
            if actor.role != Role::Viewer && handbook::get(round).is_some_and(|round| round.every == Some(Every::Once))
            {
                let parts = model::standing(&core.snapshot.findings, &core.snapshot.terminal);
                let (store, actor) = (core.store.clone(), actor.clone());
                let round = round.to_owned();
                tokio::spawn(async move { standing::accept(&store, &actor, (&round, &marks), parts).await });
            }
            store(core, actor, (ROUND, facts), None, answer);
        }
        None => reply(answer, refusal("bad-request", "round")),
    }
}

/// The marks that the agent itself stands for.
fn held(core: &Core, round: &str, marks: &str) -> Option<String> {
    let chapter = handbook::get(round)?;
    let marks = Mark::row(marks).filter(|marks| marks.len() == chapter.items().count())?;
    Some(core.proofs.hold(chapter.items(), &marks, &core.snapshot.findings).into_iter().map(Mark::sign).collect())
}

fn round_facts(actor: &Actor, round: &str, marks: &str) -> Option<Facts> {
    let chapter = handbook::get(round).filter(|chapter| chapter.every.is_some())?;
    let marks = Mark::row(marks).filter(|marks| marks.len() == chapter.items().count())?;
    let count = |wanted: Mark| marks.iter().filter(|mark| **mark == wanted).count();
    let faults = marks.iter().zip(1_u32..).filter(|(mark, _)| **mark == Mark::Fault).map(|(_, n)| n.to_string());
    let faults: Vec<String> = faults.collect();
    Some(Facts::from([
        ("round".to_owned(), chapter.id.as_str().into()),
        ("fine".to_owned(), (count(Mark::Fine) + count(Mark::Proved)).into()),
        ("faults".to_owned(), count(Mark::Fault).into()),
        ("skipped".to_owned(), count(Mark::Skipped).into()),
        ("items".to_owned(), faults.join(" ").as_str().into()),
        ("role".to_owned(), actor.role.word().into()),
    ]))
}

fn store(
    core: &Core,
    actor: &Actor,
    (kind, facts): (&'static str, Facts),
    sale: Option<SaleId>,
    answer: oneshot::Sender<Reply>,
) {
    // Viewers look only: what they do leaves nothing behind.
    if actor.role == Role::Viewer {
        return reply(answer, refusal("role", Role::Merchant.word()));
    }
    if is_kept(&core.snapshot, kind, &facts) {
        return reply(answer, Reply::Done);
    }
    let (store, queue) = (core.store.clone(), core.queue.clone());
    tokio::spawn(async move {
        if let Some(id) = sale
            && !matches!(store.sale(id).await, Ok(Some(_)))
        {
            return reply(answer, refusal("bad-request", "sale"));
        }
        match store.event_append(platform::now(), kind, None, kind, facts).await {
            Ok(event) => {
                let _ = queue.send(Msg::Happened(event)).await;
                reply(answer, Reply::Done);
            }
            Err(error) => reply(answer, refused_by_store(error)),
        }
    });
}

/// A walk as a front end tells it.
pub(super) struct Told {
    pub playbook: String,
    /// The whole way as signs, what checks said included.
    pub answers: String,
    /// Name of the node it ended at.
    pub end: String,
    pub sale: Option<SaleId>,
}

impl Told {
    /// What is kept: ids and words of the playbook. Nothing if it has no such way to this end.
    fn facts(&self, actor: &Actor) -> Option<Facts> {
        let walk = Walk::along(playbooks::get(&self.playbook)?, &self.answers).ok()?;
        let end = walk.end().filter(|_| walk.node().name == self.end)?;
        let mut facts = Facts::from([
            ("playbook".to_owned(), walk.book().id.as_str().into()),
            ("answers".to_owned(), walk.path().as_str().into()),
            ("end".to_owned(), walk.node().name.as_str().into()),
            ("call".to_owned(), end.call.into()),
            ("retry".to_owned(), end.retry.into()),
            ("role".to_owned(), actor.role.word().into()),
        ]);
        facts.extend(end.money.map(|money| ("money".to_owned(), Money::word(money).into())));
        facts.extend(self.sale.map(|sale| ("sale".to_owned(), sale.0.into())));
        Some(facts)
    }
}

fn is_kept(snapshot: &Snapshot, kind: &str, facts: &Facts) -> bool {
    let now = platform::now().micros;
    snapshot.events.iter().rev().any(|event| {
        event.kind == kind && event.facts == *facts && (0..SAME_WALK_US).contains(&now.saturating_sub(event.at.micros))
    })
}
