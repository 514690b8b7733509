//! The door against real peers on loopback: closed and silent ports, bad certificates, name and time servers that
//! lie, hang or never stop.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{RData, Record};
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::platform::{CertSeen, ConnectFault, TlsFault, TlsSeen, Trust};

const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A TCP server that does `work` with every connection.
async fn server<F>(work: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((HOME, 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(work(stream));
        }
    });
    at
}

/// A port that nothing listens on.
async fn closed_port() -> SocketAddr {
    TcpListener::bind((HOME, 0)).await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn refused_and_unreachable_connections_are_told_apart() {
    assert_eq!(Real.dial(closed_port().await, None).await.tcp, Err(ConnectFault::Refused));
    let open = server(|_| async {}).await;
    assert_eq!(Real.dial(open, None).await.tcp.unwrap().1, IpAddr::V4(HOME));
    // The kernel itself knows no way to a multicast peer.
    let nowhere = SocketAddr::from(([224, 0, 0, 1], 6000));
    assert_eq!(Real.dial(nowhere, None).await.tcp, Err(ConnectFault::Unreachable));
}

#[tokio::test]
async fn a_port_that_drops_on_a_host_that_lives_is_filtered() {
    use rustix::net::{AddressFamily, SocketType, bind, connect, getsockname, listen, socket_with};
    // A full queue drops further requests, as a firewall does.
    let socket = |flags| socket_with(AddressFamily::INET, SocketType::STREAM, flags, None).unwrap();
    let full = socket(rustix::net::SocketFlags::empty());
    bind(&full, &SocketAddr::from((HOME, 0))).unwrap();
    listen(&full, 0).unwrap();
    let at = SocketAddr::try_from(getsockname(&full).unwrap()).unwrap();
    let fillers: Vec<_> = (0..4).map(|_| socket(rustix::net::SocketFlags::NONBLOCK)).collect();
    for filler in &fillers {
        let _ = connect(filler, &at);
    }
    let told = Real.dial(at, None).await.tcp;
    if matches!(Real.ping(IpAddr::V4(HOME), Duration::from_secs(1)).await, Ping::Answered { .. }) {
        assert_eq!(told, Err(ConnectFault::Filtered));
    } else {
        println!("skipped: without echo requests a silent port cannot be told from a silent host");
        assert_eq!(told, Err(ConnectFault::Timeout));
    }
}

/// What a certificate is like.
#[derive(Clone, Copy)]
struct Cert {
    name: &'static str,
    from: i32,
    until: i32,
    self_signed: bool,
}

const GOOD: Cert = Cert { name: "acquirer.test", from: 2020, until: 2099, self_signed: false };

/// A TLS server with such a certificate, and the file of its authority.
struct Acquirer {
    at: SocketAddr,
    folder: tempfile::TempDir,
}

impl Acquirer {
    async fn start(cert: Cert, extra: usize, mutual: bool) -> Self {
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::CommonName, "Acquirer Test CA");
        let ca_key = KeyPair::generate().unwrap();
        let ca_cert = ca.self_signed(&ca_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut leaf = CertificateParams::new(vec![cert.name.to_owned()]).unwrap();
        leaf.distinguished_name.push(DnType::CommonName, cert.name);
        leaf.not_before = date_time_ymd(cert.from, 1, 1);
        leaf.not_after = date_time_ymd(cert.until, 1, 1);
        let leaf = if cert.self_signed {
            leaf.self_signed(&key).unwrap()
        } else {
            leaf.signed_by(&key, &Issuer::from_params(&ca, &ca_key)).unwrap()
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca_cert.pem()).unwrap();
        std::fs::write(folder.path().join("leaf.pem"), leaf.pem()).unwrap();
        let mut chain = vec![leaf.der().clone()];
        chain.extend(std::iter::repeat_n(ca_cert.der().clone(), extra));
        let at = serve(chain, &key, mutual.then(|| ca_cert.der().clone())).await;
        Self { at, folder }
    }

    async fn look(&self, server_name: &str, authority: Option<&str>) -> Result<TlsSeen, TlsFault> {
        let ca_file = authority.map(|file| self.folder.path().join(file));
        let ask = TlsAsk { server_name: server_name.to_owned(), ca_file };
        Real.dial(self.at, Some(ask)).await.tls.unwrap()
    }

    async fn cert(&self, server_name: &str, authority: Option<&str>) -> CertSeen {
        self.look(server_name, authority).await.unwrap().cert.unwrap()
    }
}

async fn serve(
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
    mutual: Option<CertificateDer<'static>>,
) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(rustls::ALL_VERSIONS);
    let builder = match mutual {
        None => builder.unwrap().with_no_client_auth(),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            roots.add(ca).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.unwrap().with_client_cert_verifier(verifier)
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let acceptor = TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()));
    server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut sent = Vec::new();
                stream.read_to_end(&mut sent).await.unwrap_or_default();
                assert!(sent.is_empty(), "no data is ever sent over a connection that is only looked at");
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_good_certificate_is_good_with_its_authority_only() {
    let acquirer = Acquirer::start(GOOD, 0, false).await;
    let seen = acquirer.look("acquirer.test", Some("ca.pem")).await.unwrap();
    assert_eq!(seen.version, "TLSv1_3");
    let cert = seen.cert.unwrap();
    assert_eq!(
        (cert.trust, cert.name_ok, cert.names.as_slice()),
        (Trust::Trusted, true, &["acquirer.test".to_owned()][..])
    );
    let cert = acquirer.cert("acquirer.test", None).await;
    assert!(matches!(cert.trust, Trust::UnknownIssuer | Trust::NoRoots), "{:?}", cert.trust);
    let cert = acquirer.cert("other.test", Some("ca.pem")).await;
    assert_eq!((cert.trust, cert.name_ok), (Trust::Trusted, false));
    let cert = acquirer.cert("127.0.0.1", Some("ca.pem")).await;
    assert!(!cert.name_ok);
    let missing = acquirer.look("acquirer.test", Some("none.pem")).await.unwrap();
    assert!(missing.cert.unwrap_err().starts_with("ca-file: "));
    assert_eq!(acquirer.look("no name", None).await, Err(TlsFault::BadName));
}

#[tokio::test]
async fn dates_and_trust_are_judged_apart() {
    for (from, until) in [(2010, 2011), (2090, 2099)] {
        let acquirer = Acquirer::start(Cert { from, until, ..GOOD }, 0, false).await;
        let cert = acquirer.cert("acquirer.test", Some("ca.pem")).await;
        assert_eq!((cert.trust, cert.name_ok), (Trust::Trusted, true), "wrong dates hide neither trust nor name");
        assert_eq!(cert.not_before, date_time_ymd(from, 1, 1).unix_timestamp());
        assert_eq!(cert.not_after, date_time_ymd(until, 1, 1).unix_timestamp());
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_when_it_is_named() {
    let acquirer = Acquirer::start(Cert { self_signed: true, ..GOOD }, 0, false).await;
    assert_eq!(acquirer.cert("acquirer.test", Some("ca.pem")).await.trust, Trust::SelfSigned);
    assert_eq!(acquirer.cert("acquirer.test", Some("leaf.pem")).await.trust, Trust::Trusted);
}

#[tokio::test]
async fn a_host_that_wants_our_certificate_is_looked_at_all_the_same() {
    let acquirer = Acquirer::start(GOOD, 0, true).await;
    assert_eq!(acquirer.cert("acquirer.test", Some("ca.pem")).await.trust, Trust::Trusted);
}

#[tokio::test]
async fn a_chain_without_end_is_not_judged() {
    let long = Acquirer::start(GOOD, 30, false).await;
    assert_eq!(long.look("acquirer.test", Some("ca.pem")).await.unwrap().cert, Err("too-big".to_owned()));
    let endless = Acquirer::start(GOOD, 600, false).await;
    match endless.look("acquirer.test", Some("ca.pem")).await {
        Err(TlsFault::Broken(_)) => {}
        Ok(seen) => assert_eq!(seen.cert, Err("too-big".to_owned())),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_tls_is_told_apart() {
    let tls = async |at| {
        let ask = TlsAsk { server_name: "acquirer.test".to_owned(), ca_file: None };
        Real.dial(at, Some(ask)).await.tls.unwrap().unwrap_err()
    };
    let web = server(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 1024]).await;
    });
    assert_eq!(tls(web.await).await, TlsFault::Web);
    let other = server(|mut stream| async move {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        let _ = stream.read(&mut [0; 1024]).await;
    });
    assert_eq!(tls(other.await).await, TlsFault::NotTls);
    let hangs_up = server(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    });
    assert_eq!(tls(hangs_up.await).await, TlsFault::Closed);
    let mute = server(|stream| async move {
        tokio::time::sleep(Duration::from_mins(1)).await;
        drop(stream);
    });
    assert_eq!(tls(mute.await).await, TlsFault::Silent);
    // Records of a handshake that never ends: the header of a message of 16 MB, then more and more of it.
    let endless = server(|mut stream| async move {
        let mut record = vec![22, 3, 3, 0x40, 0];
        record.extend([2, 0xff, 0xff, 0xff]);
        record.resize(5 + 0x4000, 0);
        while stream.write_all(&record).await.is_ok() {
            record[5..9].fill(0);
        }
    });
    assert!(matches!(tls(endless.await).await, TlsFault::Broken(_) | TlsFault::NotTls));
    // Nothing but alerts that do not matter, one after the other.
    let warnings =
        server(|mut stream| async move { while stream.write_all(&[21, 3, 3, 0, 2, 1, 90]).await.is_ok() {} });
    assert!(matches!(tls(warnings.await).await, TlsFault::Broken(_) | TlsFault::NotTls | TlsFault::Alert(_)));
}

#[tokio::test]
async fn a_host_that_does_not_stop_talking_is_left() {
    let flood = async |first: &'static [u8]| {
        server(move |mut stream| async move {
            let _ = stream.write_all(first).await;
            while stream.write_all(&[0xff; 4_096]).await.is_ok() {}
        })
        .await
    };
    assert_eq!(Real.talk(flood(b"").await, None, b"frame".to_vec()).await, Talk::Garbage);
    assert_eq!(Real.page(flood(b"HTTP/1.1 200 OK\r\nX: ").await, "shop", "/").await, Page::Garbage);
    let page = Real.page(flood(b"HTTP/1.1 204 No Content\r\n\r\n").await, "shop", "/").await;
    assert!(matches!(page, Page::Answer { status: 204, .. }), "{page:?}");
}

/// A name server that answers each question with what `work` makes of it.
async fn name_server(work: impl Fn(Message) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind((HOME, 0)).await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
            for answer in work(Message::from_vec(&buffer[..size]).unwrap()) {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    at
}

fn answer(question: &Message, code: ResponseCode, ips: &[[u8; 4]]) -> Message {
    let mut answer = Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
    answer.add_queries(question.queries.clone());
    answer.metadata.response_code = code;
    for ip in ips {
        let name = question.queries[0].name().clone();
        answer.add_answer(Record::from_rdata(name, 60, RData::A(A((*ip).into()))));
    }
    answer
}

async fn ask(server: SocketAddr) -> String {
    let reply = Real.ask_dns(server, "acquirer.test", Duration::from_secs(1)).await;
    match reply {
        DnsReply::Addresses { ips, .. } => ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        other => other.word(),
    }
}

#[tokio::test]
async fn each_answer_of_a_name_server_has_its_word() {
    let codes = [
        (ResponseCode::NoError, "no-data"),
        (ResponseCode::NXDomain, "nxdomain"),
        (ResponseCode::ServFail, "servfail"),
        (ResponseCode::Refused, "refused"),
        (ResponseCode::NotImp, "rcode-4"),
    ];
    for (code, word) in codes {
        let server = name_server(move |question| vec![answer(&question, code, &[]).to_vec().unwrap()]).await;
        assert_eq!(ask(server).await, word);
    }
    let good = |question: Message| vec![answer(&question, ResponseCode::NoError, &[[192, 0, 2, 7]]).to_vec().unwrap()];
    assert_eq!(ask(name_server(good).await).await, "192.0.2.7");
    assert_eq!(ask(name_server(|_| Vec::new()).await).await, "timeout");
    assert_eq!(ask(name_server(|_| vec![b"\xff\xfe nonsense".to_vec()]).await).await, "garbage");
    let closed = UdpSocket::bind((HOME, 0)).await.unwrap().local_addr().unwrap();
    assert_eq!(ask(closed).await, "refused");
}

#[tokio::test]
async fn a_forged_answer_does_not_win_over_the_true_one() {
    let server = name_server(|question| {
        let mut forged = answer(&question, ResponseCode::NoError, &[[203, 0, 113, 66]]);
        forged.metadata.id = question.metadata.id.wrapping_add(1);
        let mut echo = question.clone();
        echo.metadata.message_type = MessageType::Query;
        let truth = answer(&question, ResponseCode::NoError, &[[192, 0, 2, 7]]);
        [forged, echo, truth].iter().map(|message| message.to_vec().unwrap()).collect()
    });
    assert_eq!(ask(server.await).await, "192.0.2.7");
}

#[tokio::test]
async fn a_long_answer_is_fetched_over_tcp() {
    // Another test may listen at the same port of the other protocol.
    let (udp, tcp, at) = loop {
        let udp = UdpSocket::bind((HOME, 0)).await.unwrap();
        let at = udp.local_addr().unwrap();
        if let Ok(tcp) = TcpListener::bind(at).await {
            break (udp, tcp, at);
        }
    };
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        let (size, from) = udp.recv_from(&mut buffer).await.unwrap();
        let question = Message::from_vec(&buffer[..size]).unwrap();
        let mut cut = answer(&question, ResponseCode::NoError, &[]);
        cut.metadata.truncation = true;
        udp.send_to(&cut.to_vec().unwrap(), from).await.unwrap();
        let (mut stream, _) = tcp.accept().await.unwrap();
        let mut question = vec![0; usize::from(stream.read_u16().await.unwrap())];
        stream.read_exact(&mut question).await.unwrap();
        let question = Message::from_vec(&question).unwrap();
        let whole = answer(&question, ResponseCode::NoError, &[[192, 0, 2, 7], [192, 0, 2, 8]]).to_vec().unwrap();
        stream.write_u16(u16::try_from(whole.len()).unwrap()).await.unwrap();
        stream.write_all(&whole).await.unwrap();
    });
    assert_eq!(ask(at).await, "192.0.2.7 192.0.2.8");
}

/// A time server whose clock is `ahead` seconds ahead, with this first byte (leap, version, mode) and stratum.
async fn time_server(ahead: i64, first: u8, stratum: u8) -> SocketAddr {
    let socket = UdpSocket::bind((HOME, 0)).await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 256];
        while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
            let now = jiff::Timestamp::now();
            let seconds = u32::try_from(now.as_second() + ahead + 2_208_988_800).unwrap();
            let fraction = (u64::try_from(now.subsec_nanosecond()).unwrap() << 32) / 1_000_000_000;
            let stamp = [seconds.to_be_bytes(), u32::try_from(fraction).unwrap().to_be_bytes()].concat();
            let mut reply = [0; 48];
            (reply[0], reply[1], reply[3]) = (first, stratum, 0xec);
            reply[12..16].copy_from_slice(b"TEST");
            reply[16..24].copy_from_slice(&stamp);
            reply[24..32].copy_from_slice(&buffer[40..48]);
            reply[32..40].copy_from_slice(&stamp);
            reply[40..48].copy_from_slice(&stamp);
            let _ = socket.send_to(&reply, from).await;
        }
    });
    at
}

#[tokio::test]
async fn the_offset_of_the_clock_is_measured() {
    let limit = Duration::from_secs(4);
    for ahead in [0, 3_600, -86_400] {
        let seen = Real.sntp(time_server(ahead, 0x24, 2).await, limit).await.unwrap();
        assert!((seen.offset_us - ahead * 1_000_000).abs() < 1_000_000, "{ahead} s: {seen:?}");
        assert_eq!(seen.stratum, 2);
    }
    let unset = Real.sntp(time_server(0, 0xe4, 2).await, limit).await;
    assert!(matches!(unset, Err(TimeFault::Useless(_))), "{unset:?}");
    let go_away = Real.sntp(time_server(0, 0x24, 0).await, limit).await;
    assert!(matches!(go_away, Err(TimeFault::Useless(_))), "{go_away:?}");
    let closed = UdpSocket::bind((HOME, 0)).await.unwrap().local_addr().unwrap();
    assert_eq!(Real.sntp(closed, limit).await, Err(TimeFault::Refused));
    let mute = UdpSocket::bind((HOME, 0)).await.unwrap();
    let told = Real.sntp(mute.local_addr().unwrap(), Duration::from_millis(200)).await;
    assert_eq!(told, Err(TimeFault::Silent));
}

#[tokio::test]
async fn a_bus_that_hangs_is_late() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let hung = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let address = format!("unix:path={}", path.display());
    assert_eq!(units::look(Some(&address), &[]).await, Err(Trouble::Late));
    hung.abort();
}

/// A bus of our own, which ends with its owner; none where there is no dbus-daemon.
pub(super) async fn bus(folder: &std::path::Path) -> Option<(String, tokio::process::Child)> {
    let (config, socket) = (folder.join("bus.conf"), folder.join("bus"));
    let text = format!(
        "<busconfig><listen>unix:path={}</listen><policy context=\"default\"><allow send_destination=\"*\" \
         eavesdrop=\"true\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>",
        socket.display()
    );
    std::fs::write(&config, text).unwrap();
    let daemon = tokio::process::Command::new("dbus-daemon")
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--nosyslog"])
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    while tokio::net::UnixStream::connect(&socket).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Some((format!("unix:path={}", socket.display()), daemon))
}

/// Answers as systemd does, for one failed unit and one that runs.
async fn play_systemd(bus: zbus::Connection) {
    let mut calls = zbus::MessageStream::from(&bus);
    while let Some(Ok(call)) = calls.next().await {
        let header = call.header();
        let object = |path: &'static str| zbus::OwnedObjectPath::try_from(path).unwrap();
        match header.member().map(zbus::names::MemberName::as_str) {
            Some("ListUnitsFiltered") => {
                let (states,): (Vec<String>,) = call.body().deserialize().unwrap();
                assert_eq!(states, ["failed"]);
                let text = |text: &str| text.to_owned();
                let row = (
                    text("cups.service"),
                    text("CUPS"),
                    text("loaded"),
                    text("failed"),
                    text("failed"),
                    String::new(),
                    object("/unit/cups"),
                    0u32,
                    String::new(),
                    object("/"),
                );
                bus.reply(&header, &(vec![row],)).await.unwrap();
            }
            Some("LoadUnit") => {
                let (name,): (String,) = call.body().deserialize().unwrap();
                let path = if name == "ssh.service" { "/unit/ssh" } else { "/unit/none" };
                bus.reply(&header, &(object(path),)).await.unwrap();
            }
            Some("Get") => {
                let (_, property): (String, String) = call.body().deserialize().unwrap();
                let known = header.path().is_some_and(|path| path.as_str() == "/unit/ssh");
                let value = match (property.as_str(), known) {
                    ("LoadState", false) => "not-found",
                    ("LoadState", true) => "loaded",
                    _ => "active",
                };
                bus.reply(&header, &(zbus::Variant::from(value),)).await.unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn units_are_read_from_systemd_and_its_absence_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let Some((address, _daemon)) = bus(folder.path()).await else {
        println!("skipped: there is no dbus-daemon here");
        return;
    };
    let names = ["ssh".to_owned(), "pos-app.service".to_owned()];
    let told = units::look(Some(&address), &names).await;
    assert!(matches!(told, Err(Trouble::Other(_))), "{told:?}");
    let systemd = zbus::connection::Builder::address(address.as_str()).build().await.unwrap();
    systemd.request_name("org.freedesktop.systemd1").await.unwrap();
    let playing = tokio::spawn(play_systemd(systemd));
    let units = units::look(Some(&address), &names).await.unwrap();
    assert_eq!(units.failed, ["cups.service"]);
    let named: Vec<(&str, &str)> = units.named.iter().map(|unit| (unit.name.as_str(), unit.state.as_str())).collect();
    assert_eq!(named, [("ssh", "active"), ("pos-app.service", "not-found")]);
    playing.abort();
}

#[tokio::test]
async fn files_and_sensors_of_this_machine_are_read() {
    assert_eq!(Real.read("/proc/self/mounts", 10).await, Err(Trouble::TooBig));
    assert_eq!(Real.read("/no/such/file", 10).await, Err(Trouble::Missing));
    assert!(!Real.read("/proc/self/mounts", 1_000_000).await.unwrap().is_empty());
    let space = Real.space("/").await.unwrap();
    assert!(space.total >= space.free && space.total > 0);
    let vitals = Real.vitals().await.unwrap();
    assert!(vitals.memory_total >= vitals.memory_available && vitals.cores > 0);
    assert!(Real.temperatures().await.is_ok());
    assert!(Real.lookup("localhost", Duration::from_secs(5)).await.unwrap().iter().all(IpAddr::is_loopback));
    assert!(Real.now() > Real.built());
}

/// A certificate as it comes from a hostile peer: a good one with some bytes changed, cut, or nothing but noise.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let params = CertificateParams::new(vec!["acquirer.test".to_owned()]).unwrap();
    let good = params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec();
    let size = good.len();
    let changed = proptest::collection::vec((0..size, any::<u8>()), 1..6).prop_map(move |changes| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes
    });
    let cut = (changed.clone(), 0..size).prop_map(|(bytes, size)| bytes[..size].to_vec());
    prop_oneof![4 => changed, 1 => cut, 1 => proptest::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #[test]
    fn no_bytes_of_a_name_server_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        dns::read_anything(&bytes);
    }

    #[test]
    fn no_certificate_breaks_the_judge(bytes in spoilt()) {
        tls::judge_anything(bytes);
    }
}
