//! One frame to a host and one back. Over TLS nothing is sent before its certificate has proved whom it is sent to.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{tcp, tls};
use crate::platform::{CertSeen, Talk, TlsAsk, Trust};

/// An echo that has not come back by then does not come.
const ANSWER: Duration = Duration::from_secs(3);
/// Bytes of an answer that are taken.
const LONGEST: usize = 2_048;

/// Sends a frame behind its length, and takes the answer.
pub async fn talk(to: SocketAddr, ask: Option<TlsAsk>, frame: Vec<u8>) -> Talk {
    let stream = match tcp::connect(to).await {
        Ok(stream) => stream,
        Err(fault) => return Talk::NoConnection(fault),
    };
    let Some(ask) = ask else { return exchange(stream, &frame).await };
    match tls::open(stream, ask).await {
        Err(fault) => Talk::NoHandshake(fault),
        Ok((seen, Some(stream))) if seen.cert.as_ref().is_ok_and(proves) => exchange(stream, &frame).await,
        Ok(_) => Talk::NotTrusted,
    }
}

fn proves(cert: &CertSeen) -> bool {
    let now = jiff::Timestamp::now().as_second();
    cert.trust == Trust::Trusted && cert.name_ok && (cert.not_before..=cert.not_after).contains(&now)
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, frame: &[u8]) -> Talk {
    let began = Instant::now();
    let work = async {
        let size = u16::try_from(frame.len()).map_err(std::io::Error::other)?;
        stream.write_all(&[&size.to_be_bytes(), frame].concat()).await?;
        stream.flush().await?;
        let size = usize::from(stream.read_u16().await?);
        if size == 0 || size > LONGEST {
            return Ok(Talk::Garbage);
        }
        let mut bytes = vec![0; size];
        stream.read_exact(&mut bytes).await?;
        Ok::<_, std::io::Error>(Talk::Answer { bytes, took: began.elapsed() })
    };
    match tokio::time::timeout(ANSWER, work).await {
        Ok(Ok(talk)) => {
            let _ = tokio::time::timeout(Duration::from_millis(200), stream.shutdown()).await;
            talk
        }
        Ok(Err(_)) => Talk::Closed,
        Err(_) => Talk::Silent,
    }
}
