//! What several screens say of an action: what it would do, how far it is, how it ended.

use crate::model::{Block, Plan, Progress, RunEnd, RunPhase, RunView, Said, StepSeen, StepState};
use crate::text;
use crate::tui::screens::{Cx, parts};
use crate::tui::view::{Para, Row, Tone};

impl Cx<'_> {
    /// A sentence with its arguments.
    pub fn said(&self, said: &Said) -> String {
        if text::has(self.lang, &said.key) {
            parts::clean(&text::tf(self.lang, &said.key, &said.facts))
        } else {
            parts::clean(&said.key)
        }
    }

    /// The plan of this action, as it was told last.
    pub fn plan(&self, action: &str) -> Option<&Plan> {
        self.mirror.plan.as_ref().filter(|plan| plan.action == action)
    }

    /// The run that is shown, of whatever action.
    pub fn run(&self) -> Option<&RunView> {
        self.snapshot()?.run.as_ref()
    }
}

/// The locale key of how far a step got.
pub const fn step_word(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "run-step-waiting",
        StepState::Running => "run-step-running",
        StepState::Done => "run-step-done",
        StepState::Failed => "run-step-failed",
        StepState::Skipped => "run-step-skipped",
    }
}

/// Why it cannot be done, in a sentence.
pub(super) fn block(cx: &Cx<'_>, block: &Block) -> Para {
    let key = format!("refused-{}", block.code);
    let key = if text::has(cx.lang, &key) { key.as_str() } else { "refused-busy" };
    Para::tone(parts::clean(&cx.ta(key, &[("detail", block.detail.as_str().into())])), Tone::Warn)
}

/// The steps of a plan, to be read out.
pub(super) fn plan_rows(cx: &Cx<'_>, plan: &Plan) -> Vec<Row> {
    let row = |(at, said): (usize, &Said)| Row { text: cx.said(said), key: format!("step {at}"), ..Row::default() };
    plan.steps.iter().enumerate().map(row).collect()
}

/// The steps of a run with how far each got.
pub(super) fn step_rows(cx: &Cx<'_>, run: &RunView) -> Vec<Row> {
    run.steps.iter().enumerate().map(|(at, step)| step_row(cx, at, step)).collect()
}

fn step_row(cx: &Cx<'_>, at: usize, step: &StepSeen) -> Row {
    let tone = match step.state {
        StepState::Done => Tone::Good,
        StepState::Failed => Tone::Warn,
        StepState::Running => Tone::Strong,
        StepState::Waiting | StepState::Skipped => Tone::Dim,
    };
    let took = step.took_ms.map(|ms| format!(" {}s", parts::seconds(u32::try_from(ms).unwrap_or(u32::MAX))));
    Row {
        text: cx.said(&step.said),
        right: format!("{}{}", cx.t(step_word(step.state)), took.unwrap_or_default()),
        tone,
        key: format!("step {at}"),
        ..Row::default()
    }
}

/// Where the run is, or how it ended, and what there is to say.
pub(super) fn paras(cx: &Cx<'_>, run: &RunView) -> Vec<Para> {
    let action = cx.t(&format!("action-{}", run.action));
    let (key, tone) = match (run.phase, run.end) {
        (_, Some(RunEnd::Done)) => ("run-end-done", Tone::Good),
        (_, Some(RunEnd::Failed)) => ("run-end-failed", Tone::Bad),
        (_, Some(RunEnd::Undone)) => ("run-end-undone", Tone::Warn),
        (RunPhase::Holding, None) => ("run-phase-holding", Tone::Strong),
        (RunPhase::Acting, None) => ("run-phase-acting", Tone::Strong),
        (RunPhase::Checking, None) => ("run-phase-checking", Tone::Strong),
        (RunPhase::Confirming, None) => ("run-phase-confirming", Tone::Warn),
        (RunPhase::Undoing | RunPhase::Ended, None) => ("run-phase-undoing", Tone::Warn),
    };
    let first = Para::tone(cx.ta(key, &[("action", action.into()), ("time", cx.when(run.began).into())]), tone);
    let bar = run.progress.as_ref().map(|progress| Para::new(bar(cx, progress)));
    std::iter::once(first).chain(bar).chain(run.said.iter().map(|said| Para::new(cx.said(said)))).collect()
}

/// How far it is: a bar, a figure, and words as far as they fit.
fn bar(cx: &Cx<'_>, progress: &Progress) -> String {
    let percent = usize::from(progress.percent.min(100));
    let cells = usize::from(cx.width).saturating_sub(8).clamp(5, 20);
    let full = percent * cells / 100;
    let bar = format!("[{}{}] {percent}%", "#".repeat(full), "-".repeat(cells - full));
    let room = usize::from(cx.width).saturating_sub(bar.len() + 1);
    format!("{bar} {}", text::truncate(&parts::clean(&progress.text), room)).trim_end().to_owned()
}
