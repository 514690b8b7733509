//! Every screen in every language from every fixture.

#[path = "../support/mod.rs"]
mod support;

#[test]
fn fixtures_stand() {
    for (name, make) in support::FIXTURES {
        let mirror = make();
        assert_eq!(mirror.snapshot.is_none(), *name == "connecting", "{name}");
    }
}
