//! The acquirer's own authority and its certificates: a good one and those for each fault.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::SimError;
use super::faults::{Fault, Faults};

/// Name in the good certificate; `.example` is nobody's (RFC 2606).
pub const SERVER_NAME: &str = "acquirer.example";

const DAY: Duration = Duration::from_hours(24);

/// Every certificate the acquirer can show, and the authority that signed them.
pub struct Papers {
    /// The authority, PEM.
    pub authority_pem: String,
    authority: CertificateDer<'static>,
    good: TlsAcceptor,
    expired: TlsAcceptor,
    not_yet_valid: TlsAcceptor,
    wrong_name: TlsAcceptor,
    untrusted: TlsAcceptor,
}

type Signer = Issuer<'static, KeyPair>;

impl Papers {
    /// Fresh keys and certificates, counted from this machine's clock.
    pub fn issue() -> Result<Self, SimError> {
        let (signer, authority, authority_pem) = authority("pos-sim acquirer test authority")?;
        let (stranger, ..) = authority_of_nobody()?;
        let now = SystemTime::now();
        Ok(Self {
            authority_pem,
            authority,
            good: server(&signer, SERVER_NAME, now - DAY * 30, now + DAY * 300)?,
            expired: server(&signer, SERVER_NAME, now - DAY * 400, now - DAY * 3)?,
            not_yet_valid: server(&signer, SERVER_NAME, now + DAY * 3, now + DAY * 300)?,
            wrong_name: server(&signer, "somebody-else.example", now - DAY * 30, now + DAY * 300)?,
            untrusted: server(&stranger, SERVER_NAME, now - DAY * 30, now + DAY * 300)?,
        })
    }

    /// What the acquirer shows while these faults are on.
    pub fn acceptor(&self, faults: &Faults) -> &TlsAcceptor {
        let shown = [
            (Fault::Expired, &self.expired),
            (Fault::NotYetValid, &self.not_yet_valid),
            (Fault::WrongName, &self.wrong_name),
            (Fault::Untrusted, &self.untrusted),
        ];
        shown.iter().find(|(fault, _)| faults.has(*fault)).map_or(&self.good, |(_, acceptor)| acceptor)
    }

    /// The payment application's side: trusts this authority only, and asks for this name.
    pub fn connector(&self) -> Result<(TlsConnector, ServerName<'static>), SimError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone()).map_err(wrong)?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(SERVER_NAME).map_err(wrong)?;
        Ok((TlsConnector::from(Arc::new(config)), name))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn wrong(error: impl std::fmt::Display) -> SimError {
    SimError::Certificate(error.to_string())
}

fn authority(name: &str) -> Result<(Signer, CertificateDer<'static>, String), SimError> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = (SystemTime::now() - DAY * 800).into();
    params.not_after = (SystemTime::now() + DAY * 3650).into();
    let key = KeyPair::generate().map_err(wrong)?;
    let certificate = params.self_signed(&key).map_err(wrong)?;
    Ok((Issuer::new(params, key), certificate.der().clone(), certificate.pem()))
}

fn authority_of_nobody() -> Result<(Signer, CertificateDer<'static>, String), SimError> {
    authority("pos-sim authority nobody knows")
}

fn server(signer: &Signer, name: &str, from: SystemTime, to: SystemTime) -> Result<TlsAcceptor, SimError> {
    let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(wrong)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = from.into();
    params.not_after = to.into();
    let key = KeyPair::generate().map_err(wrong)?;
    let certificate = params.signed_by(&key, signer).map_err(wrong)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .map_err(wrong)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
