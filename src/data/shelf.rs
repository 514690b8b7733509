//! Data files of one kind: those built in, each read at first use, and a site's over them.

use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::{Fault, files};

/// What stands on a shelf.
pub trait Filed: Sized + 'static {
    /// Built in: id, file, text; in the order people see them.
    const BUILT_IN: &'static [(&'static str, &'static str, &'static str)];

    /// From the text of a file.
    fn read(file: &str, text: &str) -> Result<Self, Vec<Fault>>;

    fn id(&self) -> &str;
}

/// Everything of one kind.
pub struct Shelf<T: Filed> {
    built_in: Vec<OnceLock<Option<Arc<T>>>>,
    site: Vec<Arc<T>>,
}

impl<T: Filed> Shelf<T> {
    /// What is built in, with a site's own over it; the last one of an id counts.
    pub fn new(site: Vec<Arc<T>>) -> Self {
        Self { built_in: T::BUILT_IN.iter().map(|_| OnceLock::new()).collect(), site }
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<Arc<T>> {
        let of_site = self.site.iter().rev().find(|own| own.id() == id).cloned();
        of_site.or_else(|| {
            let at = T::BUILT_IN.iter().position(|own| own.0 == id)?;
            let (_, file, text) = T::BUILT_IN[at];
            self.built_in[at].get_or_init(|| T::read(file, text).ok().map(Arc::new)).clone()
        })
    }

    /// Every id, in the order people see them, a site's own last.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = T::BUILT_IN.iter().map(|own| own.0.to_owned()).collect();
        for own in &self.site {
            if !ids.iter().any(|id| id == own.id()) {
                ids.push(own.id().to_owned());
            }
        }
        ids
    }

    /// Those whose file has a quoted word that begins so: HOME asks at every start, and the others need no reading.
    pub fn naming(&self, begin: &str) -> Vec<Arc<T>> {
        let quoted = format!("\"{begin}");
        let named = |id: &String| {
            let built_in = T::BUILT_IN.iter().find(|own| own.0 == id);
            built_in.is_none_or(|own| own.2.contains(&quoted)) || self.site.iter().any(|own| own.id() == id)
        };
        self.ids().iter().filter(|id| named(id)).filter_map(|id| self.get(id)).collect()
    }
}

/// The shelf of one kind that everybody looks at.
pub struct Shelved<T: Filed>(RwLock<Option<Arc<Shelf<T>>>>);

impl<T: Filed> Shelved<T> {
    #[expect(clippy::new_without_default, reason = "it only ever is a static")]
    pub const fn new() -> Self {
        Self(RwLock::new(None))
    }

    /// As it stands now.
    pub fn get(&self) -> Arc<Shelf<T>> {
        if let Some(shelf) = &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            return shelf.clone();
        }
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert_with(|| Arc::new(Shelf::new(Vec::new()))).clone()
    }

    /// Lays a site's own over what is built in, instead of what was laid before.
    pub fn lay(&self, site: Vec<Arc<T>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Shelf::new(site)));
    }
}

/// What the `*.toml` files of a folder hold, in the order of their names. A file with a fault is left out whole; every
/// fault of every file is returned. No folder, no faults.
pub fn read_dir<T: Filed>(dir: &Path) -> (Vec<Arc<T>>, Vec<Fault>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for file in files(dir) {
        match file.map(|(name, text)| T::read(&name, &text)) {
            Ok(Ok(own)) => good.push(Arc::new(own)),
            Ok(Err(found)) => faults.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    (good, faults)
}
