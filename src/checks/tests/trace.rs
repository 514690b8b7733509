//! Ways to hosts on a real network: a terminal, two routers and a world in namespaces, one silent station, and ways
//! that end at every place where they can.

use std::process::{Command, Stdio};

use super::*;
use crate::config::HostConfig;

const INSIDE: &str = "POS_CONSOLE_TEST_TRACE";
const WORLD: &str = "POS_CONSOLE_TEST_TRACE_WORLD";

const LAY: &str = "
    mount -t tmpfs none /run
    for place in near far world; do ip netns add $place; ip -n $place link set lo up; done
    ip link set lo up
    ip link add eth0 type veth peer name lan netns near
    ip -n near link add wan type veth peer name lan netns far
    ip -n far link add wan type veth peer name peer netns world
    put() { ip -n $1 addr add $2 dev $3; ip -n $1 -6 addr add $4 dev $3 nodad; ip -n $1 link set $3 up; }
    ip addr add 192.0.2.10/24 dev eth0; ip -6 addr add 2001:db8:1::10/64 dev eth0 nodad; ip link set eth0 up
    put near 192.0.2.1/24 lan 2001:db8:1::1/64; put near 100.64.0.1/24 wan 2001:db8:2::1/64
    put far 100.64.0.2/24 lan 2001:db8:2::2/64; put far 100.65.0.1/24 wan 2001:db8:3::1/64
    put world 100.65.0.2/24 peer 2001:db8:3::2/64
    for nth in 7 8 9 10 11; do ip -n world addr add 203.0.113.$nth/32 dev lo; done
    ip -n world -6 addr add 2001:db8:9::7/128 dev lo nodad
    ip route add default via 192.0.2.1; ip -6 route add default via 2001:db8:1::1
    ip -n near route add default via 100.64.0.2; ip -n near -6 route add default via 2001:db8:2::2
    ip -n far route add default via 100.65.0.2; ip -n far -6 route add default via 2001:db8:3::2
    ip -n far route add 192.0.2.0/24 via 100.64.0.1; ip -n far -6 route add 2001:db8:1::/64 via 2001:db8:2::1
    ip -n world route add default via 100.65.0.1; ip -n world -6 route add default via 2001:db8:3::1
    for place in near far; do ip netns exec $place sh -c '
        echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
        echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv6/icmp/ratelimit'; done
    ip netns exec near nft 'add table inet t; add chain inet t way { type filter hook forward priority 0; };
        add rule inet t way ip daddr 203.0.113.8 drop'
    ip netns exec far nft 'add table inet t; add chain inet t way { type filter hook forward priority 0; };
        add chain inet t out { type filter hook output priority 0; };
        add rule inet t way ip daddr 203.0.113.9 drop;
        add rule inet t way ip daddr 203.0.113.10 reject with icmp type admin-prohibited;
        add rule inet t out icmpv6 type time-exceeded drop'
    ip netns exec world nft 'add table inet t; add chain inet t in { type filter hook input priority 0; };
        add rule inet t in ip daddr 203.0.113.11 tcp dport 6000 drop'
";

/// Address, code, and the stations that have to be told.
const WAYS: &[(&str, &str, &[&str])] = &[
    ("203.0.113.7:6000", "ok net-trace-whole", &["192.0.2.1", "100.64.0.2", "203.0.113.7"]),
    ("[2001:db8:9::7]:6000", "ok net-trace-whole", &["2001:db8:1::1", "-", "2001:db8:9::7"]),
    ("203.0.113.7:6001", "fail net-trace-refused", &["192.0.2.1", "100.64.0.2", "203.0.113.7"]),
    ("203.0.113.8:6000", "fail net-trace-router", &["192.0.2.1"]),
    ("203.0.113.9:6000", "fail net-trace-beyond", &["192.0.2.1", "100.64.0.2"]),
    ("203.0.113.10:6000", "fail net-trace-forbidden", &["192.0.2.1", "100.64.0.2"]),
    ("203.0.113.11:6000", "fail net-trace-port", &["192.0.2.1", "100.64.0.2"]),
    ("192.0.2.77:6000", "fail net-trace-near", &[]),
];

fn again(test: &str) -> Vec<String> {
    let exe = std::env::current_exe().expect("this test").to_string_lossy().into_owned();
    vec![exe, format!("checks::tests::trace::{test}"), "--exact".to_owned(), "--nocapture".to_owned()]
}

#[test]
fn every_way_is_told_by_its_stations() {
    let probe = "ip link add v0 type veth peer name v1 && nft add table inet t";
    let can =
        Command::new("unshare").args(["-rnm", "sh", "-c", probe]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user, or no ip or nft");
        return;
    }
    let status = Command::new("unshare")
        .args([
            "-rnmp",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "bash",
            "-c",
            &format!("set -e\n{LAY}\nexec \"$@\""),
            "bash",
        ])
        .args(again("inside"))
        .env(INSIDE, "1")
        .status()
        .expect("unshare");
    assert!(status.success(), "see above");
}

/// Runs in the terminal's namespace.
#[tokio::test]
async fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ready = folder.path().join("ready");
    let world = Command::new("ip").args(["netns", "exec", "world"]).args(again("world")).env(WORLD, &ready).spawn();
    let mut world = world.expect("the world");
    for _ in 0..1_500 {
        if ready.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let hosts = WAYS.iter().map(|(address, ..)| HostConfig { address: (*address).to_owned(), ..HostConfig::default() });
    let cx = Cx {
        host: crate::platform::real(),
        config: Arc::new(Config { host: hosts.collect(), ..Config::default() }),
        asked: Arc::new(vec!["net.trace".to_owned()]),
        now: crate::platform::now(),
        ..bare_cx()
    };
    let trace: Vec<&'static dyn Check> = CHECKS.iter().copied().filter(|c| c.spec().id == "net.trace").collect();
    let findings = run(cx.clone(), &trace).await;
    for ((address, code, stations), found) in WAYS.iter().zip(&findings) {
        let Some(Fact::List(hops)) = found.facts.get("hops") else { panic!("{address}: {found:?}") };
        println!("{address}: {} {hops:?}", shown(found));
        let told: Vec<&str> = hops.iter().filter_map(|hop| hop.split(' ').nth(1)).collect();
        assert_eq!((shown(found).as_str(), told.as_slice()), (*code, *stations), "{address}");
    }
    // Nobody asks: what was seen stays, and is no finding any more once the host is reached.
    let later = Cx { asked: Arc::default(), previous: Arc::new(findings), ..cx };
    let kept = run(later, &trace).await;
    assert_eq!(shown(&kept[3]), "absent net-trace-router");
    assert!(kept[3].facts.contains_key("hops"));
    let _ = world.kill();
    let _ = world.wait();
}

/// Runs in the world's namespace: the host.
#[tokio::test]
async fn world() {
    let Some(ready) = std::env::var_os(WORLD) else { return };
    let _four = tokio::net::TcpListener::bind("0.0.0.0:6000").await.expect("a host");
    let _six = tokio::net::TcpListener::bind("[2001:db8:9::7]:6000").await.expect("a host");
    std::fs::write(ready, "").expect("a file");
    // The kernel accepts by itself.
    std::future::pending::<()>().await;
}
