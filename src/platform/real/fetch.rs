//! Files of an update: small ones over http(s) into memory, bundles into our own folder. An address is asked by
//! HTTP/1.0, so that the answer ends with the connection; over TLS nothing is asked before the certificate is proved.
//! A bundle that broke off goes on where it ended; what is there in the end has to have the size and the digest that
//! were wanted, or it goes.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ring::digest::{Context, SHA256};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;

use super::aside::aside;
use super::{dns, tcp, tls};
use crate::model::Progress;
use crate::platform::Trouble;

const CONNECT: Duration = Duration::from_secs(10);
/// Silence after which a line counts as dead.
const STALL: Duration = Duration::from_secs(30);
const WRITE: Duration = Duration::from_mins(1);
const HEAD: usize = 16 * 1024;
const CHUNK: usize = 64 * 1024;
/// A medium that takes no more.
const DISK_FULL: &str = "disk full";
/// Characters of a server's words that are kept.
const WORDS: usize = 120;

/// Both ways of a connection.
trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// An address taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

impl Address {
    fn parse(url: &str) -> Option<Self> {
        let (tls, rest) = match url.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, url.strip_prefix("http://")?),
        };
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = crate::config::split_address(place, Some(if tls { 443 } else { 80 }))?;
        let good = |c: char| !c.is_control() && !c.is_whitespace();
        (path.chars().all(good)).then(|| Self { tls, host: host.to_owned(), port, path: format!("/{path}") })
    }
}

/// Head of an answer.
struct Answer {
    status: u16,
    length: Option<u64>,
    /// First byte of what is sent, and the size of the whole.
    range: Option<(u64, u64)>,
    location: String,
    rest: Vec<u8>,
}

/// A small file, whole.
pub async fn small(url: &str, ca_file: Option<&Path>, bound: usize, limit: Duration) -> Result<Vec<u8>, Trouble> {
    let work = async {
        let (mut line, answer) = ask(url, ca_file, 0).await?;
        fine(&answer, 200)?;
        if answer.length.is_some_and(|length| length > bound as u64) {
            return Err(Trouble::TooBig);
        }
        let mut bytes = answer.rest;
        (&mut line).take((bound + 1).saturating_sub(bytes.len()) as u64).read_to_end(&mut bytes).await?;
        if answer.length.is_some_and(|length| length > bytes.len() as u64) {
            return Err(Trouble::Other("broke off".to_owned()));
        }
        if bytes.len() > bound { Err(Trouble::TooBig) } else { Ok(bytes) }
    };
    tokio::time::timeout(limit, work).await.map_err(|_| Trouble::Late)?
}

/// What has to come of it.
pub struct Wanted<'a> {
    pub from: &'a str,
    pub ca_file: Option<&'a Path>,
    pub to: &'a Path,
    /// Bytes; 0 where nobody told.
    pub size: u64,
    /// Hex; empty where nobody told.
    pub sha256: &'a str,
    /// Bytes that are never passed.
    pub most: u64,
}

/// Brings a bundle, from an address or a path, to its place.
pub async fn bundle(wanted: &Wanted<'_>, told: Option<&mpsc::Sender<Progress>>) -> Result<String, Trouble> {
    let part = part_of(wanted.to);
    if let Some(folder) = wanted.to.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let away = wanted.from.contains("://");
    let have = if away { over_line(wanted, &part, told).await } else { copied(wanted, &part, told).await };
    let size = match have {
        Ok(size) => size,
        Err(trouble) => {
            // A full medium is not left full, and nothing stays that no later try could go on from.
            if wanted.sha256.is_empty() || spoilt(&trouble) {
                let _ = std::fs::remove_file(&part);
            }
            return Err(trouble);
        }
    };
    let (path, to, sha256) = (part.clone(), wanted.to.to_owned(), wanted.sha256.to_owned());
    let expected = wanted.size;
    aside(WRITE * 10, move || {
        let done = finish(&path, &to, size, expected, &sha256);
        if done.is_err() {
            let _ = std::fs::remove_file(&path);
        }
        done
    })
    .await?
}

/// Whether what has come so far is of no use.
fn spoilt(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::TooBig => true,
        Trouble::Other(words) => words == DISK_FULL || words.starts_with("size "),
        _ => false,
    }
}

fn part_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn finish(part: &Path, to: &Path, size: u64, expected: u64, sha256: &str) -> Result<String, Trouble> {
    if expected > 0 && size != expected {
        return Err(Trouble::Other(format!("size {size}, expected {expected}")));
    }
    let have = digest_of(part)?;
    if !sha256.is_empty() && !have.eq_ignore_ascii_case(sha256) {
        return Err(Trouble::Other(format!("sha256 {}..., expected {}...", &have[..8], short(sha256, 8))));
    }
    File::open(part)?.sync_all()?;
    std::fs::rename(part, to)?;
    Ok(format!("{size} bytes"))
}

fn digest_of(path: &Path) -> Result<String, Trouble> {
    use std::fmt::Write as _;
    let (mut file, mut context, mut chunk) = (File::open(path)?, Context::new(&SHA256), vec![0; CHUNK]);
    loop {
        let n = file.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        context.update(&chunk[..n]);
    }
    Ok(context.finish().as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn open(part: &Path, at: u64) -> Result<File, Trouble> {
    let flags = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    // Root's installer reads it; nobody else needs to.
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(at == 0)
        .mode(0o600)
        .custom_flags(flags)
        .open(part)
        .map_err(disk)?;
    file.seek(SeekFrom::Start(at))?;
    Ok(file)
}

fn disk(error: std::io::Error) -> Trouble {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Trouble::Other(DISK_FULL.to_owned()),
        _ => Trouble::from(error),
    }
}

async fn copied(wanted: &Wanted<'_>, part: &Path, told: Option<&mpsc::Sender<Progress>>) -> Result<u64, Trouble> {
    let (from, part, most, told) = (wanted.from.to_owned(), part.to_owned(), wanted.most, told.cloned());
    aside(WRITE * 30, move || {
        let mut source = File::open(from)?;
        let whole = source.metadata().map(|meta| meta.len()).ok();
        let (mut file, mut chunk, mut size) = (open(&part, 0)?, vec![0; CHUNK], 0);
        loop {
            let n = source.read(&mut chunk)?;
            if n == 0 {
                return Ok(size);
            }
            size += n as u64;
            if size > most {
                return Err(Trouble::TooBig);
            }
            file.write_all(&chunk[..n]).map_err(disk)?;
            tell(told.as_ref(), size, whole);
        }
    })
    .await?
}

async fn over_line(wanted: &Wanted<'_>, part: &Path, told: Option<&mpsc::Sender<Progress>>) -> Result<u64, Trouble> {
    let have = std::fs::metadata(part).map_or(0, |meta| meta.len());
    // Without a digest nobody could tell whether both halves are of one file.
    let from = if wanted.sha256.is_empty() || have >= wanted.size { 0 } else { have };
    let (mut line, answer) = ask(wanted.from, wanted.ca_file, from).await?;
    let mut at = match (answer.status, answer.range) {
        (206, Some((first, whole))) if first == from && whole == wanted.size => from,
        (200, _) => 0,
        _ => {
            fine(&answer, 200)?;
            0
        }
    };
    let whole = answer.length.map(|length| length.saturating_add(at));
    if whole.is_some_and(|whole| whole > wanted.most || (wanted.size > 0 && whole != wanted.size)) {
        return Err(Trouble::Other(format!("size {}, expected {}", whole.unwrap_or(0), wanted.size)));
    }
    let mut file = open(part, at)?;
    let mut fresh = answer.rest;
    loop {
        if !fresh.is_empty() {
            at += fresh.len() as u64;
            if at > wanted.most || (wanted.size > 0 && at > wanted.size) {
                return Err(Trouble::TooBig);
            }
            // A medium that hangs holds up nobody.
            file = aside(WRITE, move || file.write_all(&fresh).map(|()| file).map_err(disk)).await??;
            tell(told, at, whole);
        }
        let mut chunk = vec![0; CHUNK];
        let read = tokio::time::timeout(STALL, line.read(&mut chunk)).await.map_err(|_| Trouble::Late)?;
        let n = read.map_err(|_| Trouble::Other("broke off".to_owned()))?;
        if n == 0 {
            break;
        }
        chunk.truncate(n);
        fresh = chunk;
    }
    if whole.is_some_and(|whole| at < whole) || (wanted.size > 0 && at < wanted.size) {
        return Err(Trouble::Other("broke off".to_owned()));
    }
    Ok(at)
}

fn tell(told: Option<&mpsc::Sender<Progress>>, at: u64, whole: Option<u64>) {
    let (Some(told), Some(whole)) = (told, whole.filter(|whole| *whole > 0)) else { return };
    let percent = u8::try_from((at * 100 / whole).min(100)).unwrap_or(100);
    let text = format!("{} / {} MB", at / 1_000_000, whole / 1_000_000);
    let _ = told.try_send(Progress { percent, text });
}

fn fine(answer: &Answer, status: u16) -> Result<(), Trouble> {
    match answer.status {
        own if own == status => Ok(()),
        301 | 302 | 303 | 307 | 308 => Err(Trouble::Other(format!("HTTP {} to {}", answer.status, answer.location))),
        404 | 410 => Err(Trouble::Missing),
        other => Err(Trouble::Other(format!("HTTP {other}"))),
    }
}

/// Asks for an address, from this byte on.
async fn ask(url: &str, ca_file: Option<&Path>, from: u64) -> Result<(Box<dyn Line>, Answer), Trouble> {
    let address = Address::parse(url).ok_or_else(|| Trouble::Other("no address".to_owned()))?;
    let mut line = tokio::time::timeout(CONNECT, connect(&address, ca_file)).await.map_err(|_| Trouble::Late)??;
    let range = if from > 0 { format!("Range: bytes={from}-\r\n") } else { String::new() };
    let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.clone() };
    let question = format!(
        "GET {} HTTP/1.0\r\nHost: {host}:{}\r\nUser-Agent: pos-console\r\nAccept-Encoding: identity\r\n{range}\r\n",
        address.path, address.port
    );
    let head = async {
        line.write_all(question.as_bytes()).await?;
        line.flush().await?;
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                return Ok((bytes, end));
            }
            let mut chunk = vec![0; 4_096];
            let n = line.read(&mut chunk).await?;
            if n == 0 || bytes.len() > HEAD {
                return Err(Trouble::Other("no web server".to_owned()));
            }
            bytes.extend_from_slice(&chunk[..n]);
        }
    };
    let (bytes, end) = tokio::time::timeout(STALL, head).await.map_err(|_| Trouble::Late)??;
    let answer = read_head(&bytes[..end], bytes[end + 4..].to_vec());
    Ok((line, answer.ok_or_else(|| Trouble::Other("no web server".to_owned()))?))
}

fn read_head(head: &[u8], rest: Vec<u8>) -> Option<Answer> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines();
    let status = lines.next()?.strip_prefix("HTTP/")?.split_whitespace().nth(1)?.parse().ok()?;
    let mut answer = Answer { status, length: None, range: None, location: String::new(), rest };
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => answer.length = value.trim().parse().ok(),
            "content-range" => answer.range = range_of(value.trim()),
            "location" => answer.location = short(value.trim(), WORDS),
            _ => {}
        }
    }
    Some(answer)
}

/// `bytes 10-99/100`
fn range_of(text: &str) -> Option<(u64, u64)> {
    let (span, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((span.split_once('-')?.0.parse().ok()?, whole.parse().ok()?))
}

async fn connect(address: &Address, ca_file: Option<&Path>) -> Result<Box<dyn Line>, Trouble> {
    let ips = match address.host.parse() {
        Ok(ip) => vec![ip],
        Err(_) => dns::lookup(address.host.clone(), CONNECT)
            .await
            .map_err(|fault| Trouble::Other(format!("{}: {fault:?}", address.host)))?,
    };
    let mut last = Trouble::Missing;
    for ip in ips {
        match tcp::connect((ip, address.port).into()).await {
            Ok(stream) if !address.tls => return Ok(Box::new(stream)),
            Ok(stream) => {
                let name =
                    ServerName::try_from(address.host.clone()).map_err(|_| Trouble::Other("no address".to_owned()))?;
                let connector = TlsConnector::from(proving(ca_file).await?);
                let shaken = connector.connect(name, stream).await;
                return match shaken {
                    Ok(line) => Ok(Box::new(line)),
                    Err(error) => Err(Trouble::Other(short(&error.to_string(), WORDS))),
                };
            }
            Err(fault) => last = Trouble::Other(format!("{ip}: {fault:?}")),
        }
    }
    Err(last)
}

/// Nobody is talked to whose certificate an authority of the system's, or the configured one, has not signed.
async fn proving(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, Trouble> {
    let own = ca_file.map(Path::to_owned);
    aside(CONNECT, move || {
        let mut roots = RootCertStore::empty();
        if let Some(path) = own {
            roots.add_parsable_certificates(tls::authorities_in(&path).map_err(Trouble::Other)?);
        }
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Trouble::Other(short(&error.to_string(), WORDS)))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    })
    .await?
}

fn short(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

#[cfg(test)]
mod tests;
