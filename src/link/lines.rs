//! Frames as JSON lines, bounded.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use zeroize::Zeroize as _;

use crate::proto::{Frame, MAX_FRAME};

/// Bytes of a reader's buffer that stay between frames.
const KEPT: usize = 4 << 10;

/// Reads one frame; none at the end of the stream. A line over [`MAX_FRAME`] or no frame at all ends the connection.
pub(super) async fn read(reader: &mut (impl AsyncBufRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<Option<Frame>> {
    buffer.clear();
    // The first frame is the whole state; those after it are small.
    buffer.shrink_to(KEPT);
    let taken = reader.take(MAX_FRAME as u64 + 1).read_until(b'\n', buffer).await?;
    if taken == 0 {
        return Ok(None);
    }
    if buffer.last() != Some(&b'\n') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "frame too long or cut off"));
    }
    let frame = serde_json::from_slice(buffer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    if matches!(&frame, Frame::Call { request, .. } if request.secret()) {
        buffer.zeroize();
    }
    Ok(Some(frame))
}

/// Writes one frame in one write.
pub(super) async fn write(writer: &mut (impl AsyncWrite + Unpin), frame: &Frame) -> io::Result<()> {
    let mut line = serde_json::to_vec(frame)?;
    line.push(b'\n');
    if line.len() > MAX_FRAME {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "frame too long"));
    }
    let written = writer.write_all(&line).await;
    if matches!(frame, Frame::Call { request, .. } if request.secret()) {
        line.zeroize();
    }
    written
}
