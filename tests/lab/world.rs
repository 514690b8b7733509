//! Whoever answers outside the terminal: the acquirer's hosts, a time server, a page; a login page and a proxy on the
//! router. What they do wrong stands in the folder, in the file `host`, and is read at each connection.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Whether such a program is here.
pub fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Whether there can be a virtual card reader.
pub fn has_cards() -> bool {
    has("pcscd") && has("python3") && Path::new("/etc/reader.conf.d/vpcd").exists()
}

/// The terminal's configuration.
pub fn config(folder: &Path) -> String {
    let shown = |name: &str| folder.join(name).display().to_string();
    let mut out = String::new();
    let _ = write!(
        out,
        r#"
[terminal]
tid = "12345678"
mid = "898000000000001"
[[source]]
name = "payment-app"
path = "{}"
[[host]]
name = "primary"
address = "acquirer.test:6000"
tls = true
ca_file = "{}"
echo = {{}}
[[host]]
name = "backup"
address = "203.0.113.8:6000"
echo = {{}}
[[host]]
name = "six"
address = "[2001:db8:9::7]:6000"
[network]
portal_url = "http://203.0.113.80/generate_204"
[clock]
servers = ["198.51.100.123"]
[system]
mounts = ["{}"]
[app]
process = "lab-payment"
[printer]
device = "{}"
[reader]
{}
"#,
        shown("journal.jsonl"),
        shown("ca.pem"),
        shown("disk"),
        if has("python3") { shown("printer") } else { "none".to_owned() },
        if has_cards() { "readers = [\"Virtual PCD 00 00\"]" } else { "pcsc = \"off\"" },
    );
    out
}

/// Plays the part that the environment names, until it is killed.
#[tokio::test]
async fn role() {
    let (Ok(role), Some(folder)) = (std::env::var("LAB_ROLE"), std::env::var_os("LAB").map(PathBuf::from)) else {
        return;
    };
    match role.as_str() {
        "router" => {
            tokio::spawn(pages(
                "192.0.2.1:8081",
                "HTTP/1.1 302 Found\r\nLocation: http://login.shop.test/\r\nContent-Length: 0\r\n\r\n",
            ));
            std::future::pending::<()>().await;
        }
        "proxy" => pages("192.0.2.1:3128", "HTTP/1.1 403 Forbidden\r\n\r\n").await,
        _ => {
            tokio::spawn(pages("203.0.113.80:80", "HTTP/1.1 204 No Content\r\n\r\n"));
            tokio::spawn(time_server(folder.clone()));
            tokio::spawn(plain("203.0.113.8:6000", folder.clone()));
            tokio::spawn(plain("[2001:db8:9::7]:6000", folder.clone()));
            acquirer(&folder).await;
        }
    }
}

async fn listen(at: &str) -> TcpListener {
    let at: SocketAddr = at.parse().expect("an address");
    loop {
        match TcpListener::bind(at).await {
            Ok(listener) => return listener,
            // An IPv6 address is not there at once.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn pages(at: &str, answer: &'static str) {
    let listener = listen(at).await;
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let _ = stream.read(&mut [0; 2_048]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        });
    }
}

fn mode(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("host")).unwrap_or_default().trim().to_owned()
}

async fn plain(at: &str, folder: PathBuf) {
    let listener = listen(at).await;
    while let Ok((stream, _)) = listener.accept().await {
        let mode = mode(&folder);
        tokio::spawn(async move {
            let _ = echo(stream, &mode).await;
        });
    }
}

/// Answers echo tests as an acquirer does: the message again, as 0830 with code 00.
async fn echo(mut stream: impl AsyncRead + AsyncWrite + Unpin, mode: &str) -> std::io::Result<()> {
    loop {
        let size = usize::from(stream.read_u16().await?);
        let mut body = vec![0; size];
        stream.read_exact(&mut body).await?;
        match mode {
            "echo-mute" => continue,
            "echo-garbage" => {
                stream.write_all(b"\x00\x08nonsense").await?;
                continue;
            }
            _ => {}
        }
        let (Some(head), Some(rest)) = (body.get(..11), body.get(21..)) else { return Ok(()) };
        let fields = [0, 0, 0, 0, 0x02, 0xC0, 0, 0x10];
        let answer = [head, &[0x08, 0x30], &fields, b"00", rest].concat();
        stream.write_u16(u16::try_from(answer.len()).expect("short")).await?;
        stream.write_all(&answer).await?;
        stream.flush().await?;
    }
}

async fn time_server(folder: PathBuf) {
    let socket = UdpSocket::bind("198.51.100.123:123").await.expect("a time server");
    let mut buffer = [0; 256];
    while let Ok((_, from)) = socket.recv_from(&mut buffer).await {
        let shift: i64 =
            std::fs::read_to_string(folder.join("time")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let seconds = u32::try_from(jiff::Timestamp::now().as_second() + 2_208_988_800 + shift).expect("before 2036");
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

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).expect("params");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

fn acceptor(issuer: &Issuer, name: &str, years: (i32, i32)) -> tokio_rustls::TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let cert = params.signed_by(&key, issuer).expect("a certificate");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    // Several certificates, as real hosts send them: more than one packet.
    let chain = vec![
        cert.der().clone(),
        issuer.der().clone(),
        issuer.der().clone(),
        issuer.der().clone(),
        issuer.der().clone(),
    ];
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .expect("a server");
    tokio_rustls::TlsAcceptor::from(Arc::new(config))
}

async fn acquirer(folder: &Path) {
    let (known, stranger) = (authority("Lab authority"), authority("Somebody else"));
    let good = acceptor(&known, "acquirer.test", (2020, 2060));
    let others = [
        ("expired", acceptor(&known, "acquirer.test", (2020, 2022))),
        ("not-yet", acceptor(&known, "acquirer.test", (2058, 2060))),
        ("wrong-name", acceptor(&known, "elsewhere.test", (2020, 2060))),
        ("unknown-ca", acceptor(&stranger, "acquirer.test", (2020, 2060))),
    ];
    let listener = listen("203.0.113.7:6000").await;
    std::fs::write(folder.join("new.pem"), known.pem()).expect("the authority");
    std::fs::rename(folder.join("new.pem"), folder.join("ca.pem")).expect("the authority");
    while let Ok((stream, _)) = listener.accept().await {
        let mode = mode(folder);
        let acceptor = others.iter().find(|(name, _)| *name == mode).map_or(&good, |(_, acceptor)| acceptor).clone();
        tokio::spawn(meet(stream, acceptor, mode));
    }
}

async fn meet(mut stream: TcpStream, acceptor: tokio_rustls::TlsAcceptor, mode: String) {
    match mode.as_str() {
        "mute" => while stream.read(&mut [0; 512]).await.is_ok_and(|size| size > 0) {},
        "web" => {
            let _ = stream.read(&mut [0; 512]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<html>").await;
        }
        "closes" => {}
        mode => {
            if let Ok(stream) = acceptor.accept(stream).await {
                let _ = echo(stream, mode).await;
            }
        }
    }
}
