//! The ladder on a real network of three namespaces (terminal, router, world): cables are pulled, routers die, name
//! servers fall silent, and the one cause has to be named, then nothing any more after the undo. Needs no root where
//! users may make namespaces of their own; else it says that it was skipped.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record};
use tokio::net::{TcpListener, UdpSocket};

use super::*;
use crate::config::{ClockConfig, HostConfig, NetworkConfig, SystemConfig};

const INSIDE: &str = "POS_CONSOLE_TEST_NAMESPACE";
const WORLD: &str = "POS_CONSOLE_TEST_WORLD";
const ME: &str = "checks::tests::namespace::";

const LAY: &str = "
    mount -t tmpfs none /run
    printf 'nameserver 198.51.100.53\\nnameserver 198.51.100.54\\n' > /run/resolv.conf
    mount --bind /run/resolv.conf /etc/resolv.conf
    ip netns add router && ip netns add world
    ip link set lo up
    ip link add eth0 type veth peer name lan netns router
    ip -n router link add wan type veth peer name peer netns world
    ip addr add 192.0.2.10/24 dev eth0 && ip link set eth0 up
    ip -n router addr add 192.0.2.1/24 dev lan && ip -n router link set lan up && ip -n router link set lo up
    ip -n router addr add 100.64.0.1/24 dev wan && ip -n router link set wan up
    ip -n world addr add 100.64.0.2/24 dev peer && ip -n world link set peer up && ip -n world link set lo up
    for ip in 203.0.113.7 203.0.113.8 198.51.100.53 198.51.100.54 198.51.100.123; do
        ip -n world addr add $ip/32 dev lo; ip -n router route add $ip/32 via 100.64.0.2
    done
    ip -n world route add 192.0.2.0/24 via 100.64.0.1
    ip netns exec router sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
    ip route add default via 192.0.2.1
";

fn again(test: &str) -> Vec<String> {
    let exe = std::env::current_exe().expect("this test");
    vec![exe.to_string_lossy().into_owned(), format!("{ME}{test}"), "--exact".to_owned(), "--nocapture".to_owned()]
}

#[test]
fn one_cause_is_named_on_a_real_network() {
    let can = Command::new("unshare").args(["-rnm", "ip", "link"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user, or no `ip`");
        return;
    }
    let status = Command::new("unshare")
        .args(["-rnm", "--fork", "--kill-child", "sh", "-c", &format!("set -e; {LAY} exec \"$@\""), "sh"])
        .args(again("inside"))
        .env(INSIDE, "1")
        .status()
        .expect("unshare");
    assert!(status.success(), "see above");
}

/// What is done, what has to be found, and how it is undone.
struct Fault {
    name: &'static str,
    break_it: &'static str,
    root: &'static str,
    code: &'static str,
    mend: &'static str,
}

const fn fault(
    name: &'static str,
    break_it: &'static str,
    root: &'static str,
    code: &'static str,
    mend: &'static str,
) -> Fault {
    Fault { name, break_it, root, code, mend }
}

const FAULTS: &[Fault] = &[
    fault(
        "cable out",
        "ip -n router link set lan down",
        "net.link:eth0",
        "net-link-no-cable",
        "ip -n router link set lan up",
    ),
    fault(
        "interface switched off",
        "ip link set eth0 down",
        "net.link:eth0",
        "net-link-off",
        "ip link set eth0 up; ip route add default via 192.0.2.1",
    ),
    fault(
        "no address",
        "ip -4 addr flush dev eth0",
        "net.address:eth0",
        "net-address-none",
        "ip addr add 192.0.2.10/24 dev eth0; ip route add default via 192.0.2.1",
    ),
    fault(
        "only a made-up address",
        "ip -4 addr flush dev eth0; ip addr add 169.254.3.4/16 dev eth0",
        "net.address:eth0",
        "net-address-self",
        "ip -4 addr flush dev eth0; ip addr add 192.0.2.10/24 dev eth0; ip route add default via 192.0.2.1",
    ),
    fault(
        "no default route",
        "ip route del default",
        "net.gateway",
        "net-gateway-none",
        "ip route add default via 192.0.2.1",
    ),
    fault(
        "router dead, remembered by the neighbour table",
        "ip -n router link set lan arp off; ip -n router addr del 192.0.2.1/24 dev lan",
        "net.gateway",
        "net-gateway-silent",
        "ip -n router addr add 192.0.2.1/24 dev lan; ip -n router link set lan arp on",
    ),
    fault(
        "router dead, forgotten",
        "ip -n router addr del 192.0.2.1/24 dev lan; ip neigh flush dev eth0",
        "net.gateway",
        "net-gateway-dead",
        "ip -n router addr add 192.0.2.1/24 dev lan",
    ),
    fault(
        "wrong gateway",
        "ip route replace default via 192.0.2.200",
        "net.gateway",
        "net-gateway-dead",
        "ip route replace default via 192.0.2.1",
    ),
    fault(
        "name servers dead",
        "ip -n router route replace blackhole 198.51.100.53; ip -n router route replace blackhole 198.51.100.54",
        "net.dns",
        "net-dns-dead",
        "ip -n router route replace 198.51.100.53 via 100.64.0.2; ip -n router route replace 198.51.100.54 via 100.64.0.2",
    ),
    fault(
        "one name server dead",
        "ip -n router route replace blackhole 198.51.100.53",
        "net.dns",
        "net-dns-some-dead",
        "ip -n router route replace 198.51.100.53 via 100.64.0.2",
    ),
    fault(
        "host silent",
        "ip -n router route replace blackhole 203.0.113.7",
        "host.tcp:primary",
        "host-tcp-timeout",
        "ip -n router route replace 203.0.113.7 via 100.64.0.2",
    ),
    fault(
        "no way to the host",
        "ip -n router route replace unreachable 203.0.113.7",
        "host.tcp:primary",
        "host-tcp-unreachable",
        "ip -n router route replace 203.0.113.7 via 100.64.0.2",
    ),
    fault(
        "quiet router",
        "ip netns exec router sh -c 'echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all'",
        "",
        "",
        "ip netns exec router sh -c 'echo 0 > /proc/sys/net/ipv4/icmp_echo_ignore_all'",
    ),
];

fn shell(script: &str) {
    let status = Command::new("sh").args(["-c", script]).status().expect("sh");
    // The first undo of a pair may find nothing to do; what matters is checked afterwards.
    if !status.success() {
        println!("  note: {script:?} ended with {status}");
    }
}

/// A world that ends with its owner.
struct World(Child);

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_world(folder: &Path) -> World {
    let child = Command::new("ip")
        .args(["netns", "exec", "world"])
        .args(again("world"))
        .env(WORLD, folder)
        .stdout(Stdio::null())
        .spawn();
    World(child.expect("the world"))
}

/// Runs in the terminal's namespace.
#[tokio::test]
async fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let _world = start_world(folder.path());
    let ca_file = folder.path().join("ca.pem");
    let since = Instant::now();
    while !ca_file.exists() {
        assert!(since.elapsed() < Duration::from_secs(30), "the world does not begin");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let cx = cx(&ca_file);
    settle(&cx, "", "").await;
    let mut slowest = Duration::ZERO;
    for fault in FAULTS {
        shell(fault.break_it);
        let began = Instant::now();
        let (root, code, findings) = verdict(&cx).await;
        let took = began.elapsed();
        slowest = slowest.max(took);
        println!("{:>5} ms  {}: {root} {code}", took.as_millis(), fault.name);
        if root != fault.root || (code != fault.code && !fault.code.is_empty()) {
            for finding in &findings {
                println!("    {} {} {:?}", finding.id, shown(finding), finding.facts);
            }
            panic!("{}: the root is {root} ({code}), not {} ({})", fault.name, fault.root, fault.code);
        }
        shell(fault.mend);
        settle(&cx, "", fault.name).await;
    }
    println!("{:>5} ms  the slowest verdict", slowest.as_millis());
}

async fn verdict(cx: &Cx) -> (String, String, Vec<Finding>) {
    let mut findings = run(Cx { now: crate::platform::now(), ..cx.clone() }, CHECKS).await;
    findings.retain(|finding| matches!(finding.area, Area::Network | Area::Host | Area::Clock));
    let root = judge(&mut findings).unwrap_or_default();
    let code = findings.iter().find(|finding| finding.root).map_or(String::new(), |finding| finding.code.clone());
    (root, code, findings)
}

/// Waits until all is well again.
async fn settle(cx: &Cx, root: &str, after: &str) {
    let since = Instant::now();
    loop {
        let began = Instant::now();
        let (found, code, findings) = verdict(cx).await;
        if found == root && overall(&findings) == Status::Ok {
            println!("{:>5} ms  all is well", began.elapsed().as_millis());
            return;
        }
        if since.elapsed() > Duration::from_secs(30) {
            for finding in &findings {
                println!("    {} {} {:?}", finding.id, shown(finding), finding.facts);
            }
            panic!("not well again after {after:?}: {found} {code}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn cx(ca_file: &Path) -> Cx {
    let host = |name: &str, address: &str, tls| HostConfig {
        name: name.to_owned(),
        address: address.to_owned(),
        tls,
        ca_file: if tls { ca_file.to_owned() } else { PathBuf::new() },
        ..HostConfig::default()
    };
    let config = Config {
        host: vec![host("primary", "acquirer.test:6000", true), host("backup", "203.0.113.8:6000", false)],
        network: NetworkConfig::default(),
        clock: ClockConfig { servers: vec!["198.51.100.123".to_owned()], ..ClockConfig::default() },
        system: SystemConfig::default(),
        ..Config::default()
    };
    Cx {
        host: crate::platform::real(),
        config: Arc::new(config),
        journal: Arc::default(),
        now: crate::platform::now(),
        previous: Arc::default(),
        asked: Arc::default(),
    }
}

/// Runs in the world's namespace: name servers, a time server, and the acquirer.
#[tokio::test]
async fn world() {
    let Some(folder) = std::env::var_os(WORLD).map(PathBuf::from) else { return };
    for server in [[198, 51, 100, 53], [198, 51, 100, 54]] {
        tokio::spawn(name_server(Ipv4Addr::from(server)));
    }
    tokio::spawn(time_server());
    let plain = TcpListener::bind("203.0.113.8:6000").await.expect("the backup host");
    tokio::spawn(async move { while plain.accept().await.is_ok() {} });
    acquirer(&folder).await;
}

async fn name_server(at: Ipv4Addr) {
    let socket = UdpSocket::bind((at, 53)).await.expect("a name server");
    let mut buffer = [0; 512];
    while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
        let Ok(question) = Message::from_vec(&buffer[..size]) else { continue };
        let mut reply = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
        reply.add_queries(question.queries.clone());
        let Some(query) = question.queries.first() else { continue };
        if query.name().to_ascii() == "acquirer.test." {
            if query.query_type() == hickory_proto::rr::RecordType::A {
                let ip = RData::A(A(Ipv4Addr::new(203, 0, 113, 7)));
                reply.add_answer(Record::from_rdata(query.name().clone(), 60, ip));
            }
        } else {
            reply.metadata.response_code = ResponseCode::NXDomain;
        }
        let _ = socket.send_to(&reply.to_vec().expect("a reply"), from).await;
    }
}

async fn time_server() {
    let socket = UdpSocket::bind("198.51.100.123:123").await.expect("a time server");
    let mut buffer = [0; 256];
    while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
        let now = jiff::Timestamp::now();
        let seconds = u32::try_from(now.as_second() + 2_208_988_800).expect("before 2036");
        let stamp = [seconds.to_be_bytes(), [0; 4]].concat();
        let mut reply = [0; 48];
        (reply[0], reply[1], reply[3]) = (0x24, 2, 0xec);
        for at in [16, 32, 40] {
            reply[at..at + 8].copy_from_slice(&stamp);
        }
        reply[24..32].copy_from_slice(&buffer[40..48]);
        let _ = socket.send_to(&reply, from).await;
    }
}

async fn acquirer(folder: &Path) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec!["acquirer.test".to_owned()]).expect("a name");
    let cert = params.self_signed(&key).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .expect("a server");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind((IpAddr::from([203, 0, 113, 7]), 6000)).await.expect("the host");
    std::fs::write(folder.join("new.pem"), cert.pem()).expect("the certificate");
    std::fs::rename(folder.join("new.pem"), folder.join("ca.pem")).expect("the certificate");
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let _ = acceptor.accept(stream).await;
        });
    }
}
