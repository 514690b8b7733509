//! Downloads from real TLS peers on loopback that lie about who they are, break off, never stop, or send one elsewhere;
//! and onto a medium that is full.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;

const HOME: &str = "127.0.0.1";

/// What a peer does once it has sent what it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Close,
    /// As a cut cable does: TLS never says that it is over.
    Cut,
    /// Bytes without end.
    Flood,
}

/// An answer, byte by byte.
type Speaks = fn(&str, &[u8]) -> (Vec<u8>, Then);

/// A web server, the questions it got, and the file of its authority.
struct Peer {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

fn acceptor(name: &str, until: i32, folder: &Path) -> TlsAcceptor {
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    std::fs::write(folder.join("ca.pem"), ca.self_signed(&ca_key).unwrap().pem()).unwrap();
    let (key, mut leaf) = (KeyPair::generate().unwrap(), CertificateParams::new(vec![name.to_owned()]).unwrap());
    (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 1, 1));
    let leaf = leaf.signed_by(&key, &Issuer::from_params(&ca, &ca_key)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn question(line: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 1_024];
    while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
        match line.read(&mut chunk).await {
            Ok(n @ 1..) => bytes.extend_from_slice(&chunk[..n]),
            _ => break,
        }
        if bytes[0] != b'G' {
            // No question of the web, but somebody who begins with TLS.
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn say(line: &mut (impl AsyncWrite + Unpin), bytes: &[u8], then: Then) {
    // Whoever has heard enough hangs up.
    if line.write_all(bytes).await.is_err() {
        return;
    }
    let _ = line.flush().await;
    match then {
        Then::Close => {
            let _ = line.shutdown().await;
        }
        Then::Cut => {}
        Then::Flood => while line.write_all(&[b'x'; 16_384]).await.is_ok() {},
    }
}

impl Peer {
    /// With a certificate for this name until that year; without one over plain HTTP.
    async fn start(cert: Option<(&str, i32)>, body: Vec<u8>, speaks: Speaks) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let acceptor = cert.map(|(name, until)| acceptor(name, until, folder.path()));
        let listener = TcpListener::bind((HOME, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, heard, body) = (acceptor.clone(), Arc::clone(&heard), body.clone());
                tokio::spawn(serve(stream, acceptor, heard, body, speaks));
            }
        });
        Self { port, asked, folder }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn to(&self) -> PathBuf {
        self.folder.path().join("update/bundle")
    }

    /// Whether nothing at all stays of a download.
    fn clean(&self) -> bool {
        !self.to().exists() && !part_of(&self.to()).exists()
    }

    async fn fetch(&self, trusts: bool, (size, sha256, most): (u64, &str, u64)) -> Result<String, Trouble> {
        let (from, to, ca) = (format!("https://{HOME}:{}/two.raucb", self.port), self.to(), self.ca());
        let wanted = Wanted { from: &from, ca_file: trusts.then_some(ca.as_path()), to: &to, size, sha256, most };
        bundle(&wanted, None).await
    }

    async fn small(&self, trusts: bool) -> Result<Vec<u8>, Trouble> {
        let (url, ca) = (format!("https://{HOME}:{}/update.toml", self.port), self.ca());
        small(&url, trusts.then_some(ca.as_path()), 1_000, Duration::from_mins(1)).await
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    heard: Arc<Mutex<Vec<String>>>,
    body: Vec<u8>,
    speaks: Speaks,
) {
    let hear = |question: String| {
        let answer = speaks(&question, &body);
        heard.lock().unwrap().push(question);
        answer
    };
    let mut stream = stream;
    match acceptor {
        None => {
            let (bytes, then) = hear(question(&mut stream).await);
            say(&mut stream, &bytes, then).await;
        }
        Some(acceptor) => {
            let Ok(mut line) = acceptor.accept(stream).await else { return };
            let (bytes, then) = hear(question(&mut line).await);
            say(&mut line, &bytes, then).await;
        }
    }
}

fn whole(status: &str, length: impl std::fmt::Display, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n").as_bytes(), body].concat()
}

fn fine(_: &str, body: &[u8]) -> (Vec<u8>, Then) {
    (whole("200 OK", body.len(), body), Then::Close)
}

/// Half of it, and the other half to whoever asks for that.
fn halves(question: &str, body: &[u8]) -> (Vec<u8>, Then) {
    let half = body.len() / 2;
    if !question.contains("Range: ") {
        return (whole("200 OK", body.len(), &body[..half]), Then::Cut);
    }
    assert!(question.contains(&format!("Range: bytes={half}-")), "{question}");
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {half}-{}/{}\r\n\r\n",
        body.len() - half,
        body.len() - 1,
        body.len()
    );
    ([head.as_bytes(), &body[half..]].concat(), Then::Close)
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = ring::digest::digest(&SHA256, bytes);
    digest.as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn body() -> Vec<u8> {
    (0..200_000_u32).map(|n| (n % 251) as u8).collect()
}

const GOOD: Option<(&str, i32)> = Some((HOME, 2099));

#[tokio::test]
async fn nobody_is_asked_whose_certificate_is_not_proved() {
    let body = body();
    let (size, sha256) = (body.len() as u64, digest(&body));
    for (cert, trusts) in [(GOOD, false), (Some(("updates.test", 2099)), true), (Some((HOME, 2021)), true)] {
        let peer = Peer::start(cert, body.clone(), fine).await;
        let told = peer.fetch(trusts, (size, &sha256, 1_000_000)).await;
        assert!(matches!(&told, Err(Trouble::Other(words)) if words.contains("certificate")), "{cert:?}: {told:?}");
        assert!(peer.small(trusts).await.is_err(), "{cert:?}");
        assert!(peer.asked.lock().unwrap().is_empty(), "{cert:?}: it was asked all the same");
        assert!(peer.clean(), "{cert:?}");
    }
    // One that speaks no TLS at all.
    let peer = Peer::start(None, body.clone(), fine).await;
    assert!(peer.fetch(false, (size, &sha256, 1_000_000)).await.is_err() && peer.clean());
    // And the one that is proved.
    let peer = Peer::start(GOOD, body.clone(), fine).await;
    peer.fetch(true, (size, &sha256, 1_000_000)).await.unwrap();
    assert!(std::fs::read(peer.to()).unwrap() == body, "another file");
}

#[tokio::test]
async fn a_line_that_is_cut_is_no_end_and_the_rest_is_fetched_later() {
    let body = body();
    let (size, sha256) = (body.len() as u64, digest(&body));
    let peer = Peer::start(GOOD, body.clone(), halves).await;
    let broke = Err(Trouble::Other("broke off".to_owned()));
    assert_eq!(peer.fetch(true, (size, &sha256, 1_000_000)).await, broke);
    assert!(!peer.to().exists());
    assert_eq!(std::fs::metadata(part_of(&peer.to())).unwrap().len(), size / 2);
    peer.fetch(true, (size, &sha256, 1_000_000)).await.unwrap();
    assert!(std::fs::read(peer.to()).unwrap() == body, "another file");
    // Where nobody said how long it is, only TLS tells an end from a cut.
    let cut: Speaks = |_, body| ([b"HTTP/1.0 200 OK\r\n\r\n", &body[..500]].concat(), Then::Cut);
    let peer = Peer::start(GOOD, body, cut).await;
    assert_eq!(peer.fetch(true, (0, "", 1_000_000)).await, broke);
    assert!(peer.clean(), "half of what nobody could go on with");
    assert!(peer.small(true).await.is_err());
}

#[tokio::test]
async fn what_is_longer_shorter_or_endless_is_not_kept() {
    let body = body();
    let (size, sha256) = (body.len() as u64, digest(&body));
    let more: Speaks = |_, body| (whole("200 OK", body.len() + 1, body), Then::Close);
    let less: Speaks = |_, body| (whole("200 OK", body.len() - 1, &body[1..]), Then::Close);
    let most: Speaks = |_, body| (whole("200 OK", u64::MAX, body), Then::Close);
    let silent: Speaks = |_, _| (b"HTTP/1.0 200 OK\r\n\r\n".to_vec(), Then::Flood);
    let head: Speaks = |_, _| (b"HTTP/1.0 200 OK\r\nX: ".to_vec(), Then::Flood);
    for (name, speaks, told) in [
        ("more", more, false),
        ("less", less, false),
        ("most", most, false),
        ("endless", silent, true),
        ("head", head, false),
    ] {
        let peer = Peer::start(GOOD, body.clone(), speaks).await;
        let got = peer.fetch(true, (size, &sha256, 1_000_000)).await;
        assert!(got.is_err() && peer.clean(), "{name}: {got:?}");
        if told {
            assert_eq!(got, Err(Trouble::TooBig), "{name}");
            // A signature: nobody knows its length, and it is never long.
            assert_eq!(peer.fetch(true, (0, "", 4_096)).await, Err(Trouble::TooBig), "{name}");
            assert!(peer.clean(), "{name}");
            assert_eq!(peer.small(true).await, Err(Trouble::TooBig), "{name}");
        }
    }
}

#[tokio::test]
async fn nobody_is_led_elsewhere() {
    static ELSEWHERE: AtomicUsize = AtomicUsize::new(0);
    let body = body();
    let other = Peer::start(None, body.clone(), fine).await;
    ELSEWHERE.store(usize::from(other.port), Ordering::SeqCst);
    let leads: Speaks = |_, _| {
        let to = format!("http://{HOME}:{}/two.raucb", ELSEWHERE.load(Ordering::SeqCst));
        (format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes(), Then::Close)
    };
    let peer = Peer::start(GOOD, body.clone(), leads).await;
    let told = peer.fetch(true, (body.len() as u64, &digest(&body), 1_000_000)).await;
    assert!(matches!(&told, Err(Trouble::Other(words)) if words.starts_with("HTTP 302 to http://")), "{told:?}");
    assert!(peer.small(true).await.is_err() && peer.clean());
    assert!(other.asked.lock().unwrap().is_empty(), "it went where it was sent");
}

const INSIDE: &str = "POS_CONSOLE_TEST_FULL";

#[test]
fn a_medium_that_fills_up_is_not_left_full() {
    use std::process::{Command, Stdio};
    let mount = "mount -t tmpfs -o size=256k none";
    let dir = tempfile::tempdir().unwrap();
    let probe = format!("{mount} {}", dir.path().display());
    let can = Command::new("unshare").args(["-rm", "sh", "-c", &probe]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        println!("skipped: no namespaces for this user");
        return;
    }
    let name = format!("{}::inside", module_path!().split_once("::").unwrap().1);
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", &format!("{probe} && exec \"$@\""), "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--nocapture"])
        .env(INSIDE, dir.path())
        .status()
        .unwrap();
    assert!(status.success(), "see above");
}

/// Runs where the medium takes a quarter of a megabyte.
#[tokio::test]
async fn inside() {
    let Some(place) = std::env::var_os(INSIDE).map(PathBuf::from) else { return };
    let body = vec![7; 1_000_000];
    let peer = Peer::start(GOOD, body.clone(), fine).await;
    std::fs::write(peer.folder.path().join("stick"), &body).unwrap();
    let (to, ca) = (place.join("update/bundle"), peer.ca());
    let (size, sha256) = (body.len() as u64, digest(&body));
    let stick = peer.folder.path().join("stick").display().to_string();
    for from in [format!("https://{HOME}:{}/two.raucb", peer.port), stick] {
        let wanted = Wanted { from: &from, ca_file: Some(&ca), to: &to, size, sha256: &sha256, most: 2_000_000 };
        assert_eq!(bundle(&wanted, None).await, Err(Trouble::Other("disk full".to_owned())), "{from}");
        assert!(!to.exists() && !part_of(&to).exists(), "{from}");
        // There is room again.
        std::fs::write(place.join("room"), vec![1; 200_000]).unwrap();
        std::fs::remove_file(place.join("room")).unwrap();
    }
}
