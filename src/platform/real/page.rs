//! A page over plain HTTP, asked for only to see who answers: the head of the answer is read and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::tcp;
use crate::platform::Page;

const ANSWER: Duration = Duration::from_secs(3);
/// Bytes that are read.
const HEAD: usize = 4_096;
/// Characters kept of an address.
const PLACE: usize = 200;

/// Asks for a page.
pub async fn ask(to: SocketAddr, host: &str, path: &str) -> Page {
    let mut stream = match tcp::connect(to).await {
        Ok(stream) => stream,
        Err(fault) => return Page::NoConnection(fault),
    };
    let question =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: pos-console\r\nConnection: close\r\n\r\n");
    let work = async {
        stream.write_all(question.as_bytes()).await?;
        let mut head = Vec::new();
        (&mut stream).take(HEAD as u64).read_to_end(&mut head).await?;
        Ok::<_, std::io::Error>(head)
    };
    match tokio::time::timeout(ANSWER, work).await {
        Ok(Ok(head)) => read(&head),
        Ok(Err(_)) => Page::Garbage,
        Err(_) => Page::Silent,
    }
}

fn read(head: &[u8]) -> Page {
    let text = String::from_utf8_lossy(head);
    let (head, body) = match text.split_once("\r\n\r\n") {
        Some(parts) => parts,
        // A head without end is nobody's that we would believe.
        None if head.len() >= HEAD => return Page::Garbage,
        None => (&*text, ""),
    };
    let mut lines = head.lines();
    let status = lines
        .next()
        .filter(|line| line.starts_with("HTTP/"))
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    let Some(status) = status else { return Page::Garbage };
    let location =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let location = location.map_or("", |(_, place)| place.trim());
    Page::Answer {
        status,
        location: location.chars().filter(|c| !c.is_control()).take(PLACE).collect(),
        body: !body.trim().is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn heads_are_read() {
        let of = |text: &str| read(text.as_bytes());
        let plain = |status, location: &str, body| Page::Answer { status, location: location.to_owned(), body };
        assert_eq!(of("HTTP/1.1 204 No Content\r\n\r\n"), plain(204, "", false));
        assert_eq!(
            of("HTTP/1.0 302 Found\r\nLOCATION: http://login.example/\r\n\r\nx"),
            plain(302, "http://login.example/", true)
        );
        assert_eq!(of("SSH-2.0-x\r\n"), Page::Garbage);
        assert_eq!(of(""), Page::Garbage);
        assert_eq!(of(&format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(HEAD))), Page::Garbage, "a head without end");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes);
            read(&[b"HTTP/1.1 200 OK\r\n".as_slice(), &bytes].concat());
        }
    }
}
