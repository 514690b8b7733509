//! Tells a reader that something happened to its journal: inotify on the folders, polling where that fails.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, EventKind, INotifyWatcher, RecursiveMode, Watcher};

use super::siblings;
use super::stop::Wake;

/// Looks at a journal that inotify cannot watch, or that cannot be read.
const POLL: Duration = Duration::from_secs(1);
/// Looks at a watched journal all the same: some file systems tell nothing.
const GLANCE: Duration = Duration::from_secs(10);

/// File systems whose changes may come from another machine, by `f_type`: NFS, SMB, CIFS, SMB2, 9P, FUSE.
const REMOTE: &[u64] = &[0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997, 0x6573_5546];

/// What is watched for one journal.
pub struct Watch {
    journal: PathBuf,
    wake: Arc<Wake>,
    /// Folders that are watched, with their identity: one that is made anew needs a new watch.
    folders: Vec<(PathBuf, u64, u64)>,
    watcher: Option<INotifyWatcher>,
    remote: bool,
}

impl Watch {
    /// Watches nothing until [`Self::aim`].
    pub fn new(journal: &Path, wake: Arc<Wake>) -> Self {
        Self { journal: journal.to_path_buf(), wake, folders: Vec::new(), watcher: None, remote: false }
    }

    /// Watches the folders that matter now: that of the journal, that of the file it leads to, or the nearest one
    /// above that exists.
    pub fn aim(&mut self) {
        let mut folders: Vec<(PathBuf, u64, u64)> = Vec::new();
        let real = std::fs::canonicalize(&self.journal).ok();
        for name in std::iter::once(&self.journal).chain(real.as_ref()) {
            let folder = name.ancestors().skip(1).find_map(|folder| {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                let meta = folder.metadata().ok().filter(std::fs::Metadata::is_dir)?;
                Some((folder.to_path_buf(), meta.dev(), meta.ino()))
            });
            folders
                .extend(folder.filter(|folder| !folders.iter().any(|have| (have.1, have.2) == (folder.1, folder.2))));
        }
        if folders == self.folders && (self.watcher.is_some() || folders.is_empty()) {
            return;
        }
        self.watcher = self.started(&folders, real.as_deref());
        self.remote = folders.iter().any(|(folder, ..)| {
            rustix::fs::statfs(folder).is_ok_and(|fs| REMOTE.contains(&(fs.f_type as u64 & 0xffff_ffff)))
        });
        self.folders = folders;
    }

    /// Whether changes are only seen by looking.
    pub fn is_polled(&self) -> bool {
        self.watcher.is_none() || self.remote
    }

    /// How long to sleep when nothing happens.
    pub fn patience(&self, readable: bool) -> Duration {
        if self.is_polled() || !readable { POLL } else { GLANCE }
    }

    fn started(&self, folders: &[(PathBuf, u64, u64)], real: Option<&Path>) -> Option<INotifyWatcher> {
        let names = std::iter::once(self.journal.as_path()).chain(real);
        let stems: Vec<Vec<u8>> = names.filter_map(|name| Some(siblings::stem(name.file_name()?).to_vec())).collect();
        let parent = self.journal.parent().map(Path::to_path_buf).unwrap_or_default();
        let wake = self.wake.clone();
        let handler = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| matters(&event, &stems, &parent)) {
                wake.ring();
            }
        };
        let mut watcher = INotifyWatcher::new(handler, notify::Config::default()).ok()?;
        for (folder, ..) in folders {
            watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
        }
        (!folders.is_empty()).then_some(watcher)
    }
}

/// Whether an event may concern the journal: our own reading does not, nor do other files in a busy folder.
fn matters(event: &Event, stems: &[Vec<u8>], parent: &Path) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    let concerns = |path: &PathBuf| {
        let name = path.file_name().map(OsStr::as_bytes).unwrap_or_default();
        stems.iter().any(|stem| name.starts_with(stem)) || parent.starts_with(path)
    };
    event.paths.is_empty() || event.paths.iter().any(concerns)
}
