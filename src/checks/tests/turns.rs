//! Beginnings are spread: never too many at once, and none kept waiting by one that hangs.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::run::run_in;
use super::super::turns::Turns;
use super::*;

/// Checks that count how many of them are at work.
struct Counted;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

impl Check for Counted {
    fn spec(&self) -> &'static CheckSpec {
        static SPEC: CheckSpec = CheckSpec { id: "net.counted", limit: LONG, ..TRAP };
        &SPEC
    }

    fn run(&self, cx: Cx) -> Fut<'_, Vec<Finding>> {
        Box::pin(async move {
            MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
            NOW.fetch_sub(1, Ordering::SeqCst);
            vec![self.spec().found(&cx, Status::Ok, "counted")]
        })
    }
}

const LONG: Duration = Duration::from_mins(10);
/// Nobody is given up in these tests, however slow the machine is.
const PATIENT: Turns = Turns { places: 3, head: LONG, whole: LONG };

#[tokio::test]
async fn no_more_begin_than_there_are_places() {
    let many: Vec<&'static dyn Check> = vec![&Counted; 20];
    let findings = run_in(bare_cx(), &many, PATIENT).await;
    assert_eq!(findings.len(), many.len());
    assert_eq!(MOST.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn one_that_hangs_gives_its_place_to_the_next() {
    static HANGS: Trap = Trap(|| Box::pin(std::future::pending()));
    static FINE: Trap = Trap(|| Box::pin(async { Vec::new() }));
    let turns = Turns { places: 1, head: Duration::from_millis(1), whole: LONG };
    let findings = run_in(bare_cx(), &[&HANGS, &HANGS, &HANGS, &FINE], turns).await;
    let shown: Vec<String> = findings.iter().map(shown).collect();
    let late = "unknown check-late";
    assert_eq!(shown, [late, late, late, "unknown check-broken"]);
}

#[tokio::test]
async fn a_turn_that_came_late_is_no_longer_than_the_whole() {
    static HANGS: Trap = Trap(|| Box::pin(std::future::pending()));
    let turns = Turns { places: 1, head: LONG, whole: Duration::from_millis(1) };
    // Its own limit is longer, and it is waited for that long.
    let findings = run_in(bare_cx(), &[&HANGS], turns).await;
    assert_eq!(findings[0].facts["limit_s"], Fact::Real(0.1));
    // A run whose time is over waits for nobody any more: a thousand would take more than a minute else.
    let turns = Turns { whole: Duration::from_millis(100), ..turns };
    let findings = run_in(bare_cx(), &vec![&HANGS as &'static dyn Check; 1_000], turns).await;
    assert!(findings.iter().all(|found| shown(found) == "unknown check-late"));
}

#[tokio::test]
async fn findings_come_in_the_order_in_which_they_were_asked_for() {
    let (_, scene) = machines().into_iter().find(|(name, _)| name == "healthy").expect("healthy");
    let findings = run(cx_of(&scene), CHECKS).await;
    let order: Vec<usize> = findings
        .iter()
        .map(|found| CHECKS.iter().position(|check| check.spec().id == found.family()).expect("a check"))
        .collect();
    assert!(order.is_sorted());
}
