//! Where things live: the system's folders for root and the service user, the person's own for everybody else.

use std::path::{Path, PathBuf};

/// The account of the `pos-console agent` service.
pub const SERVICE_USER: &str = "pos-console";

/// Where the service's agent answers.
pub const SYSTEM_SOCKET: &str = "/run/pos-console/agent.sock";

/// What the command line says about places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// `--state-dir DIR`.
    pub state_dir: Option<PathBuf>,
    /// `--socket PATH`.
    pub socket: Option<PathBuf>,
}

/// The places of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Folder of `pos-console.toml`, `conf.d/` and `profiles/`.
    pub config: PathBuf,
    /// Folder of the history, the lock and the socket of whoever holds the lock.
    pub state: PathBuf,
    /// Where an agent of this person listens for consoles.
    pub socket: PathBuf,
    /// Folder of the socket.
    pub runtime: PathBuf,
    /// Where a console looks for an agent, in this order.
    pub dial: Vec<PathBuf>,
}

/// Who runs the program, as far as places depend on it.
struct Person<'a> {
    uid: u32,
    name: Option<&'a str>,
    home: Option<PathBuf>,
    env: &'a dyn Fn(&str) -> Option<PathBuf>,
}

impl Paths {
    /// The places of the effective user.
    pub fn find(overrides: &Overrides) -> Self {
        let uid = nix::unistd::geteuid();
        // root needs no name service, which may hang while the network does.
        let user = if uid.is_root() { None } else { nix::unistd::User::from_uid(uid).ok().flatten() };
        let env = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let person = Person {
            uid: uid.as_raw(),
            name: user.as_ref().map(|user| user.name.as_str()),
            home: env("HOME").or_else(|| user.as_ref().map(|user| user.dir.clone())),
            env: &env,
        };
        Self::of(&person, overrides)
    }

    fn of(person: &Person<'_>, overrides: &Overrides) -> Self {
        let system = person.uid == 0 || person.name == Some(SERVICE_USER);
        let own = |variable: &str, below_home: &str| {
            (person.env)(variable)
                .or_else(|| person.home.as_ref().map(|home| home.join(below_home)))
                // Nowhere of one's own: a name that no other user takes by accident.
                .map_or_else(
                    || PathBuf::from(format!("/var/tmp/pos-console-{}", person.uid)),
                    |folder| folder.join("pos-console"),
                )
        };
        let config = match &overrides.config {
            Some(file) => file.parent().map_or_else(PathBuf::new, Path::to_path_buf),
            None if system => PathBuf::from("/etc/pos-console"),
            None => own("XDG_CONFIG_HOME", ".config"),
        };
        let state = match &overrides.state_dir {
            Some(folder) => folder.clone(),
            None if system => PathBuf::from("/var/lib/pos-console"),
            None => own("XDG_STATE_HOME", ".local/state"),
        };
        let beside_state = state.join("agent.sock");
        let socket = match (&overrides.socket, &overrides.state_dir) {
            (Some(path), _) => path.clone(),
            (None, Some(_)) => beside_state.clone(),
            (None, None) if system => PathBuf::from(SYSTEM_SOCKET),
            (None, None) => (person.env)("XDG_RUNTIME_DIR")
                .map_or_else(|| beside_state.clone(), |folder| folder.join("pos-console/agent.sock")),
        };
        let mut dial = Vec::new();
        if overrides.socket.is_none() && overrides.state_dir.is_none() {
            // The terminal's agent before one's own: it is the one that holds the history.
            dial.push(PathBuf::from(SYSTEM_SOCKET));
        }
        for place in [&socket, &beside_state] {
            if !dial.contains(place) {
                dial.push(place.clone());
            }
        }
        let runtime = socket.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { config, state, socket, runtime, dial }
    }

    /// The configuration of the demonstration terminal, which `--demo` selects: `pos-sim --dir` of this folder makes it.
    pub fn demo_config(&self) -> PathBuf {
        self.state.with_file_name("pos-sim").join("pos-console.toml")
    }

    /// The config file: the explicit one, else the usual one in the config folder.
    pub fn config_file(&self, explicit: Option<&Path>) -> PathBuf {
        explicit.map_or_else(|| self.config.join("pos-console.toml"), Path::to_path_buf)
    }

    /// Where the holder of the lock on the state folder listens.
    pub fn state_socket(&self) -> PathBuf {
        self.state.join("agent.sock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uid: u32, name: Option<&str>, home: Option<&str>, env: &[(&str, &str)], overrides: &Overrides) -> Paths {
        let env = |key: &str| env.iter().find(|(name, _)| *name == key).map(|(_, value)| PathBuf::from(value));
        Paths::of(&Person { uid, name, home: home.map(PathBuf::from), env: &env }, overrides)
    }

    fn shown(paths: &Paths) -> [String; 4] {
        let dial: Vec<String> = paths.dial.iter().map(|path| path.display().to_string()).collect();
        [
            paths.config.display().to_string(),
            paths.state.display().to_string(),
            paths.socket.display().to_string(),
            dial.join(" "),
        ]
    }

    #[test]
    fn root_and_the_service_user_have_the_systems_folders() {
        let system = [
            "/etc/pos-console",
            "/var/lib/pos-console",
            "/run/pos-console/agent.sock",
            "/run/pos-console/agent.sock /var/lib/pos-console/agent.sock",
        ];
        let env = [("XDG_STATE_HOME", "/x"), ("XDG_RUNTIME_DIR", "/r")];
        assert_eq!(shown(&of(0, None, Some("/root"), &env, &Overrides::default())), system);
        assert_eq!(shown(&of(123, Some(SERVICE_USER), None, &env, &Overrides::default())), system);
    }

    #[test]
    fn anybody_else_has_xdg_folders_and_looks_for_the_terminals_agent_first() {
        let home = of(1000, Some("li"), Some("/home/li"), &[], &Overrides::default());
        assert_eq!(
            shown(&home),
            [
                "/home/li/.config/pos-console",
                "/home/li/.local/state/pos-console",
                "/home/li/.local/state/pos-console/agent.sock",
                "/run/pos-console/agent.sock /home/li/.local/state/pos-console/agent.sock",
            ]
        );
        let env = [("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "/s"), ("XDG_RUNTIME_DIR", "/r")];
        assert_eq!(
            shown(&of(1000, Some("li"), Some("/home/li"), &env, &Overrides::default())),
            [
                "/c/pos-console",
                "/s/pos-console",
                "/r/pos-console/agent.sock",
                "/run/pos-console/agent.sock /r/pos-console/agent.sock /s/pos-console/agent.sock",
            ]
        );
        let homeless = of(1000, None, None, &[], &Overrides::default());
        assert_eq!(homeless.state, Path::new("/var/tmp/pos-console-1000"));
    }

    #[test]
    fn a_state_folder_alone_never_meets_the_terminals_agent() {
        for uid in [0, 1000] {
            let overrides = Overrides { state_dir: Some("/t/s".into()), ..Overrides::default() };
            let paths = of(uid, None, Some("/home/li"), &[("XDG_RUNTIME_DIR", "/r")], &overrides);
            assert_eq!(paths.socket, Path::new("/t/s/agent.sock"));
            assert_eq!(paths.dial, [PathBuf::from("/t/s/agent.sock")]);
        }
    }

    #[test]
    fn a_named_socket_and_config_are_taken_as_they_are() {
        let overrides =
            Overrides { config: Some("/t/a.toml".into()), socket: Some("/t/x.sock".into()), ..Overrides::default() };
        let paths = of(0, None, None, &[], &overrides);
        assert_eq!(paths.config, Path::new("/t"));
        assert_eq!(paths.runtime, Path::new("/t"));
        assert_eq!(paths.dial, [PathBuf::from("/t/x.sock"), PathBuf::from("/var/lib/pos-console/agent.sock")]);
        assert_eq!(paths.config_file(overrides.config.as_deref()), Path::new("/t/a.toml"));
    }
}
