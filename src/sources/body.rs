//! The bytes of a journal's file as they were written, also where rotation has packed them since.

use std::fs::{File, Metadata};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;

use super::identity::{self, PRINT_MAX, Refused};

/// First bytes of what gzip has packed.
const GZIP: &[u8] = b"\x1f\x8b";
/// Unpacked bytes that are kept behind the place that was read last: reading goes back to the last border only.
const KEPT: usize = 4 << 20;
/// Bytes unpacked at once.
const STEP: usize = 1 << 16;

/// An open file.
pub enum Body {
    Plain(File),
    Packed(Box<Mutex<Packed>>),
}

impl Body {
    /// Opens a journal's file, packed or not.
    pub fn open(path: &Path) -> Result<(Self, Metadata), Refused> {
        let (file, meta) = identity::open(path)?;
        let mut magic = [0; 2];
        let got = file.read_at(&mut magic, 0).map_err(Refused::from)?;
        let body = if magic[..got] == *GZIP {
            Self::Packed(Box::new(Mutex::new(Packed::new(file))))
        } else {
            Self::Plain(file)
        };
        Ok((body, meta))
    }

    /// Whether it is packed: it never grows.
    pub const fn is_packed(&self) -> bool {
        matches!(self, Self::Packed(_))
    }

    /// What the system knows of the file.
    pub fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Plain(file) => file.metadata(),
            Self::Packed(packed) => packed.lock().unwrap_or_else(PoisonError::into_inner).file.metadata(),
        }
    }

    /// Fills a buffer from here on as far as the text goes.
    pub fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Self::Plain(file) => read_at(file, buffer, at),
            Self::Packed(packed) => packed.lock().unwrap_or_else(PoisonError::into_inner).read_at(buffer, at),
        }
    }

    /// The first bytes.
    pub fn head(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; PRINT_MAX];
        let got = self.read_at(&mut bytes, 0)?;
        bytes.truncate(got);
        Ok(bytes)
    }

    /// Bytes of the text; all of a packed one is unpacked for it.
    pub fn size(&self) -> io::Result<u64> {
        match self {
            Self::Plain(file) => Ok(file.metadata()?.len()),
            Self::Packed(packed) => packed.lock().unwrap_or_else(PoisonError::into_inner).size(),
        }
    }

    /// Whether a packed text is of this size, as far as its last bytes tell: without unpacking it.
    pub fn claims_size(&self, size: u64) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Packed(packed) => {
                packed.lock().unwrap_or_else(PoisonError::into_inner).claimed().is_ok_and(|told| told == size as u32)
            }
        }
    }

    /// Whether the packed text stops before its end.
    pub fn is_broken(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Packed(packed) => packed.lock().unwrap_or_else(PoisonError::into_inner).broken,
        }
    }
}

/// A text that gzip has packed: it can only be unpacked from its beginning.
pub struct Packed {
    file: File,
    decoder: Option<MultiGzDecoder<BufReader<File>>>,
    /// Unpacked bytes, and the place of the first of them.
    kept: Vec<u8>,
    from: u64,
    ended: bool,
    broken: bool,
    size: Option<u64>,
}

impl Packed {
    const fn new(file: File) -> Self {
        Self { file, decoder: None, kept: Vec::new(), from: 0, ended: false, broken: false, size: None }
    }

    fn read_at(&mut self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        if self.decoder.is_none() || at < self.from {
            self.restart()?;
        }
        let end = at + buffer.len() as u64;
        while !self.ended && self.from + (self.kept.len() as u64) < end {
            self.step(at);
        }
        let start = (at.saturating_sub(self.from) as usize).min(self.kept.len());
        let got = (self.kept.len() - start).min(buffer.len());
        buffer[..got].copy_from_slice(&self.kept[start..start + got]);
        Ok(got)
    }

    fn restart(&mut self) -> io::Result<()> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        self.decoder = Some(MultiGzDecoder::new(BufReader::new(file)));
        (self.from, self.ended, self.broken) = (0, false, false);
        self.kept.clear();
        Ok(())
    }

    /// Unpacks some more; what lies far before `needed` is forgotten.
    fn step(&mut self, needed: u64) {
        let far = (needed.saturating_sub(self.from) as usize).min(self.kept.len());
        if self.kept.len() > KEPT && far > 0 {
            self.kept.drain(..far);
            self.from += far as u64;
        }
        let Some(decoder) = &mut self.decoder else { return };
        let have = self.kept.len();
        self.kept.resize(have + STEP, 0);
        let got = match decoder.read(&mut self.kept[have..]) {
            Ok(got) => got,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => 1,
            // Cut off or damaged: what came before it is good.
            Err(_) => {
                self.broken = true;
                0
            }
        };
        self.kept.truncate(have + got);
        if got == 0 {
            self.ended = true;
            self.size = Some(self.from + self.kept.len() as u64);
        }
    }

    fn size(&mut self) -> io::Result<u64> {
        if let Some(size) = self.size {
            return Ok(size);
        }
        self.restart()?;
        while !self.ended {
            self.step(self.from + self.kept.len() as u64);
        }
        let size = self.size.unwrap_or_default();
        // Reading begins anew.
        (self.decoder, self.kept, self.from) = (None, Vec::new(), 0);
        Ok(size)
    }

    /// The size in the last four bytes, modulo 2^32; of the last part only, where several were put together.
    fn claimed(&self) -> io::Result<u32> {
        let length = self.file.metadata()?.len();
        let mut told = [0; 4];
        self.file.read_exact_at(&mut told, length.saturating_sub(4))?;
        Ok(u32::from_le_bytes(told))
    }
}

/// Fills a buffer from here on as far as the file goes.
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read_at(&mut buffer[got..], at + got as u64) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(got)
}
