//! The TLS handshake, made only to be looked at: the chain that was shown is recorded and judged afterwards, and no
//! data is ever carried over a connection whose certificate nobody has accepted.

use std::io::ErrorKind;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InvalidMessage, RootCertStore, SignatureScheme,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::aside::aside;
use crate::platform::{CertSeen, TlsAsk, TlsFault, TlsSeen, Trust};

const HANDSHAKE: Duration = Duration::from_millis(3_500);
const JUDGE: Duration = Duration::from_secs(2);
/// Bytes of a handshake that are read at most; a real one has a few thousand.
const BYTES: usize = 128 * 1024;
/// Certificates of a chain, and bytes of one, that are looked at.
const CHAIN: usize = 10;
const CERT: usize = 32 * 1024;
/// Size of a file with authorities.
const CA_FILE: u64 = 4 * 1024 * 1024;
/// Names kept of a certificate, and characters of one.
const NAMES: usize = 8;
const NAME: usize = 120;

/// Makes the handshake on a fresh connection and judges what was shown.
pub async fn handshake(stream: TcpStream, ask: TlsAsk) -> Result<TlsSeen, TlsFault> {
    let (seen, stream) = open(stream, ask).await?;
    if let Some(mut stream) = stream {
        // A proper goodbye keeps the host's log clean; one that is not taken does not matter.
        let _ = tokio::time::timeout(Duration::from_millis(200), stream.shutdown()).await;
    }
    Ok(seen)
}

/// A connection over which the handshake has been made.
pub type Shaken = tokio_rustls::client::TlsStream<Counted>;

/// Makes the handshake and judges what was shown. Nothing may be sent before the judgement has been looked at.
pub async fn open(stream: TcpStream, ask: TlsAsk) -> Result<(TlsSeen, Option<Shaken>), TlsFault> {
    let name = ServerName::try_from(ask.server_name.clone()).map_err(|_| TlsFault::BadName)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let record = Arc::new(Record { seen: Mutex::default(), algorithms });
    let config = look_only(provider, &record).map_err(|error| TlsFault::Broken(error.to_string()))?;
    let began = Instant::now();
    let read = Arc::new(AtomicUsize::new(0));
    let web = Arc::new(AtomicBool::new(false));
    let counted = Counted { stream, read: read.clone(), web: web.clone() };
    let connecting = TlsConnector::from(Arc::new(config)).connect(name.clone(), counted);
    let result = tokio::time::timeout(HANDSHAKE, connecting).await;
    let took = began.elapsed();
    let (version, stream) = match result {
        Ok(Ok(stream)) => {
            let version = stream.get_ref().1.protocol_version();
            (version.map_or_else(|| "TLS".to_owned(), |version| format!("{version:?}")), Some(stream))
        }
        // It wants a certificate of the payment application, which is not ours to show: all we want was seen.
        Ok(Err(error)) if record.wanted_ours() && is_alert(&error) => ("mutual".to_owned(), None),
        Ok(Err(_)) if web.load(Ordering::Relaxed) => return Err(TlsFault::Web),
        Ok(Err(error)) => return Err(fault(&error)),
        Err(_) if read.load(Ordering::Relaxed) == 0 => return Err(TlsFault::Silent),
        Err(_) => return Err(TlsFault::Broken("late".to_owned())),
    };
    let Seen { chain, signed, .. } = record.take();
    let judged = aside(JUDGE, move || judge(&chain, signed, &name, &ask, algorithms)).await;
    Ok((TlsSeen { took, version, cert: judged.unwrap_or_else(|trouble| Err(trouble.to_string())) }, stream))
}

fn look_only(provider: Arc<CryptoProvider>, record: &Arc<Record>) -> Result<ClientConfig, Error> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(record.clone())
        .with_client_cert_resolver(record.clone());
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// What the peer showed.
#[derive(Debug, Default)]
struct Seen {
    chain: Vec<CertificateDer<'static>>,
    /// It proved that the key of its certificate is its own.
    signed: bool,
    wanted_ours: bool,
}

/// Accepts every certificate and remembers it: fit for looking, never for data.
#[derive(Debug)]
struct Record {
    seen: Mutex<Seen>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Record {
    fn with<T>(&self, work: impl FnOnce(&mut Seen) -> T) -> T {
        work(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self) -> Seen {
        self.with(std::mem::take)
    }

    fn wanted_ours(&self) -> bool {
        self.with(|seen| seen.wanted_ours && !seen.chain.is_empty())
    }
}

impl ServerCertVerifier for Record {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).take(CHAIN + 1);
        let chain = chain.map(|cert| cert.clone().into_owned()).collect();
        self.with(|seen| seen.chain = chain);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let signed = verify_tls12_signature(message, cert, signature, &self.algorithms).is_ok();
        self.with(|seen| seen.signed = signed);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let signed = verify_tls13_signature(message, cert, signature, &self.algorithms).is_ok();
        self.with(|seen| seen.signed = signed);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ResolvesClientCert for Record {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.with(|seen| seen.wanted_ours = true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// A connection that counts, and ends, what it lets in.
pub struct Counted {
    stream: TcpStream,
    read: Arc<AtomicUsize>,
    /// The first bytes were those of a web server.
    web: Arc<AtomicBool>,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if self.read.load(Ordering::Relaxed) > BYTES {
            return Poll::Ready(Err(std::io::Error::new(ErrorKind::InvalidData, "too much")));
        }
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        let fresh = &buf.filled()[before..];
        if self.read.fetch_add(fresh.len(), Ordering::Relaxed) == 0 {
            self.web.store(fresh.starts_with(b"HTTP/") || fresh.starts_with(b"<"), Ordering::Relaxed);
        }
        result
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn tls_error(error: &std::io::Error) -> Option<&Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

fn is_alert(error: &std::io::Error) -> bool {
    matches!(tls_error(error), Some(Error::AlertReceived(_)))
}

fn fault(error: &std::io::Error) -> TlsFault {
    match tls_error(error) {
        Some(Error::AlertReceived(alert)) => TlsFault::Alert(format!("{alert:?}")),
        Some(Error::InvalidMessage(
            InvalidMessage::HandshakePayloadTooLarge | InvalidMessage::CertificatePayloadTooLarge,
        )) => TlsFault::Broken("too-big".to_owned()),
        Some(Error::InvalidMessage(_) | Error::InappropriateMessage { .. }) => TlsFault::NotTls,
        Some(Error::PeerIncompatible(_)) => TlsFault::Broken("incompatible".to_owned()),
        Some(other) => TlsFault::Broken(short(&other.to_string())),
        None => match error.kind() {
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => TlsFault::Closed,
            _ => TlsFault::Broken(short(&error.to_string())),
        },
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(NAME).collect()
}

/// Judges the chain: who is trusted, which name, which dates. Each by itself, so that the first fault hides no other.
fn judge(
    chain: &[CertificateDer<'static>],
    signed: bool,
    name: &ServerName<'_>,
    ask: &TlsAsk,
    algorithms: WebPkiSupportedAlgorithms,
) -> Result<CertSeen, String> {
    let Some((leaf, rest)) = chain.split_first() else { return Err("unreadable".to_owned()) };
    if chain.len() > CHAIN || chain.iter().any(|cert| cert.len() > CERT) {
        return Err("too-big".to_owned());
    }
    let own = match &ask.ca_file {
        Some(path) => authorities_in(path).map_err(|why| format!("ca-file: {why}"))?,
        None => Vec::new(),
    };
    let (_, cert) = X509Certificate::from_der(leaf).map_err(|_| "unreadable".to_owned())?;
    let validity = cert.validity();
    let (not_before, not_after) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    let names = names_in(&cert);
    let parsed = ParsedCertificate::try_from(leaf);
    let name_ok = parsed.as_ref().is_ok_and(|parsed| verify_server_name(parsed, name).is_ok())
        || (names.is_empty() && common_name(&cert).is_some_and(|own| own.eq_ignore_ascii_case(&ask.server_name)));
    let trust = if own.contains(leaf) {
        Trust::Trusted
    } else if !signed {
        Trust::Bad("the peer did not prove that the certificate is its own".to_owned())
    } else {
        // Dates are judged against the terminal's clock by the check; here the leaf counts as valid.
        let now = jiff::Timestamp::now().as_second().max(not_before).min(not_after);
        match &parsed {
            Ok(parsed) => trust(parsed, rest, &own, now, algorithms),
            Err(error) => Trust::Bad(short(&error.to_string())),
        }
    };
    let trust = match trust {
        Trust::UnknownIssuer if cert.subject() == cert.issuer() => Trust::SelfSigned,
        trust => trust,
    };
    let shown = if names.is_empty() { common_name(&cert).into_iter().collect() } else { names };
    Ok(CertSeen {
        subject: short(&cert.subject().to_string()),
        issuer: short(&cert.issuer().to_string()),
        not_before,
        not_after,
        name_ok,
        names: shown,
        trust,
    })
}

fn trust(
    leaf: &ParsedCertificate<'_>,
    rest: &[CertificateDer<'_>],
    own: &[CertificateDer<'static>],
    now: i64,
    algorithms: WebPkiSupportedAlgorithms,
) -> Trust {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(own.iter().cloned());
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Trust::NoRoots;
    }
    let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or(0)));
    match verify_server_cert_signed_by_trust_anchor(leaf, &roots, rest, at, algorithms.all) {
        Ok(()) => Trust::Trusted,
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => Trust::UnknownIssuer,
        Err(error) => Trust::Bad(short(&error.to_string())),
    }
}

pub(super) fn authorities_in(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let size = std::fs::metadata(path).map_err(|error| error.kind().to_string())?.len();
    if size > CA_FILE {
        return Err("too big".to_owned());
    }
    let certs: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    match certs {
        Ok(certs) if certs.is_empty() => Err("no certificate in it".to_owned()),
        Ok(certs) => Ok(certs),
        Err(error) => Err(short(&error.to_string())),
    }
}

fn names_in(cert: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = cert.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(short(name)),
        GeneralName::IPAddress(bytes) => match *bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            bytes => <[u8; 16]>::try_from(bytes).ok().map(|ip| std::net::Ipv6Addr::from(ip).to_string()),
        },
        _ => None,
    };
    names.value.general_names.iter().filter_map(text).take(NAMES).collect()
}

fn common_name(cert: &X509Certificate<'_>) -> Option<String> {
    cert.subject().iter_common_name().next().and_then(|name| name.as_str().ok()).map(short)
}

/// The judge on any bytes, for tests.
#[cfg(test)]
pub fn judge_anything(bytes: Vec<u8>) {
    let ask = TlsAsk { server_name: "acquirer.test".to_owned(), ca_file: None };
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    if let Ok(name) = ServerName::try_from("acquirer.test") {
        let chain = [CertificateDer::from(bytes.clone()), CertificateDer::from(bytes)];
        let _ = judge(&chain, true, &name, &ask, algorithms);
    }
}
