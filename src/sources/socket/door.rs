//! The socket file: made in a safe folder, put in the place of one that nobody listens on, gone with its owner.

use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use crate::platform;

/// Applications that may wait to be let in.
const QUEUE: i32 = 64;

/// A socket that is being listened on.
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
    dev: u64,
    ino: u64,
}

impl Door {
    /// Listens at `path`, mode 0660, for this group; the word for why not. A group that cannot be given is told beside.
    pub fn open(path: &Path, group: &str) -> Result<(Self, Option<String>), String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        judge_folder(folder)?;
        clear(path)?;
        let listener = bind(path).map_err(|fault| word(&fault))?;
        let given = if group.is_empty() { Ok(()) } else { platform::give_to_group(path, group) };
        let opened = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660));
        let meta = opened.and_then(|()| std::fs::symlink_metadata(path)).map_err(|fault| word(&fault))?;
        let door = Self { listener, path: path.to_path_buf(), dev: meta.dev(), ino: meta.ino() };
        Ok((door, given.is_err().then(|| format!("group {group}"))))
    }

    /// Whoever wants to come in.
    pub fn listener(&self) -> &UnixListener {
        &self.listener
    }

    /// Whether the file is still there, and still ours.
    pub fn is_there(&self) -> bool {
        std::fs::symlink_metadata(&self.path).is_ok_and(|meta| (meta.dev(), meta.ino()) == (self.dev, self.ino))
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        if self.is_there() {
            // Gone already is as good.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether nobody but its owner can put another socket there: what is pushed is shown as this terminal's sales.
fn judge_folder(folder: &Path) -> Result<(), String> {
    let meta = std::fs::metadata(folder).map_err(|fault| match word(&fault).as_str() {
        "missing" => format!("no-folder {}", folder.display()),
        other => other.to_owned(),
    })?;
    let ours = [0, rustix::process::geteuid().as_raw()].contains(&meta.uid());
    let sticky = meta.mode() & 0o1000 != 0;
    if !meta.is_dir() {
        return Err(format!("no-folder {}", folder.display()));
    }
    if !ours || (meta.mode() & 0o002 != 0 && !sticky) {
        return Err(format!("unsafe-folder {}", folder.display()));
    }
    Ok(())
}

/// Makes room: a socket that nobody listens on goes, anything else stays.
fn clear(path: &Path) -> Result<(), String> {
    let meta = match std::fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(()),
        Err(fault) => return Err(word(&fault)),
    };
    if !meta.file_type().is_socket() {
        return Err("occupied".to_owned());
    }
    match UnixStream::connect(path) {
        Err(fault) if fault.kind() == ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(|fault| word(&fault))
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(()),
        Err(fault) if fault.kind() == ErrorKind::PermissionDenied => Err("denied".to_owned()),
        // It answers, or would if its queue were not full.
        _ => Err("in-use".to_owned()),
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    // The file is made with these rights: at no moment may others open it.
    rustix::fs::fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    rustix::net::listen(&socket, QUEUE)?;
    Ok(socket.into())
}

fn word(fault: &io::Error) -> String {
    match fault.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "missing".to_owned(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "denied".to_owned(),
        ErrorKind::AddrInUse => "in-use".to_owned(),
        _ => fault.to_string(),
    }
}
