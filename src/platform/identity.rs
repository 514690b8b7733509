//! Who and what this is: machine name, serial number, users and their groups, where the person sits.

use std::ffi::CString;

use nix::unistd::{Gid, Group, Uid, User, getgrouplist};

/// Name of the machine, `-` where it has none.
pub fn machine_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// Serial number of the device from DMI or the device tree; makers' placeholders count as none.
pub fn serial() -> Option<String> {
    const PLACES: [&str; 4] = [
        "/sys/class/dmi/id/product_serial",
        "/proc/device-tree/serial-number",
        "/sys/firmware/devicetree/base/serial-number",
        "/sys/class/dmi/id/board_serial",
    ];
    PLACES.iter().find_map(|place| serial_from(&std::fs::read(place).ok()?))
}

/// A serial number out of the bytes a firmware gives.
fn serial_from(bytes: &[u8]) -> Option<String> {
    const PLACEHOLDERS: [&str; 7] =
        ["none", "default string", "to be filled by o.e.m.", "not specified", "system serial number", "n/a", "0"];
    let bytes = bytes.get(..64).unwrap_or(bytes);
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    let text = text.trim();
    (!text.is_empty() && !PLACEHOLDERS.contains(&text.to_ascii_lowercase().as_str())).then(|| text.to_owned())
}

/// Login name of a user, `uid N` where the system knows none.
pub fn user_name(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        _ => format!("uid {uid}"),
    }
}

/// Names of every group a user is in, by the name service (not those of a running process).
pub fn groups_of(uid: u32) -> Vec<String> {
    let Ok(Some(user)) = User::from_uid(Uid::from_raw(uid)) else { return Vec::new() };
    let Ok(name) = CString::new(user.name) else { return Vec::new() };
    let groups: Vec<Gid> = getgrouplist(&name, user.gid).unwrap_or_else(|_| vec![user.gid]);
    groups.into_iter().filter_map(|gid| Group::from_gid(gid).ok().flatten()).map(|group| group.name).collect()
}

/// Gives a file to a group by name; an error where the system does not know the group or does not allow it.
pub fn give_to_group(path: &std::path::Path, group: &str) -> std::io::Result<()> {
    let group = Group::from_name(group)?.ok_or(std::io::ErrorKind::NotFound)?;
    rustix::fs::chown(path, None, Some(rustix::fs::Gid::from_raw(group.gid.as_raw()))).map_err(Into::into)
}

/// Programs that let people in from afar: whoever is below one of them sits elsewhere, whatever his environment says.
const DOORS: [&str; 7] = ["sshd", "sshd-session", "sshd-auth", "dropbear", "mosh-server", "in.telnetd", "telnetd"];
/// Processes above this one that are looked at.
const ABOVE: usize = 64;

/// Where the person sits: `ssh 192.0.2.7`, `ssh pts/3`, `tty1`, `pts/3`, or `local`. Evidence for the audit, never a
/// right.
pub fn remote_from_env() -> String {
    let tty = std::fs::read_link("/proc/self/fd/0").ok().map(|path| path.to_string_lossy().into_owned());
    place(ssh_connection().as_deref(), tty.as_deref(), above().1)
}

/// `SSH_CONNECTION` of this process, or, where `sudo` has taken that away, of one above it.
pub fn ssh_connection() -> Option<String> {
    std::env::var("SSH_CONNECTION").ok().or_else(|| {
        let environ = |pid: &i32| std::fs::read(format!("/proc/{pid}/environ")).ok();
        above().0.iter().filter_map(environ).find_map(|bytes| {
            let mut words = bytes.split(|byte| *byte == 0);
            let found = words.find_map(|word| word.strip_prefix(b"SSH_CONNECTION="))?;
            Some(String::from_utf8_lossy(found).into_owned())
        })
    })
}

/// Processes above this one, up to the one that let the person in from afar, where there is one.
fn above() -> (Vec<i32>, bool) {
    let me = i32::try_from(std::process::id()).unwrap_or(0);
    climb(me, |pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok())
}

fn climb(me: i32, stat: impl Fn(i32) -> Option<String>) -> (Vec<i32>, bool) {
    let (mut pids, mut pid) = (Vec::new(), me);
    while pids.len() < ABOVE
        && let Some(text) = stat(pid)
        // proc_pid_stat(5): the name may hold anything, brackets too.
        && let Some((name, rest)) = text.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'))
    {
        if DOORS.contains(&name) {
            return (pids, true);
        }
        let parent = rest.split_whitespace().nth(1).and_then(|word| word.parse::<i32>().ok());
        let Some(parent) = parent.filter(|parent| *parent > 0 && *parent != pid) else { break };
        pids.push(parent);
        pid = parent;
    }
    (pids, false)
}

fn place(ssh: Option<&str>, stdin: Option<&str>, from_afar: bool) -> String {
    if let Some(peer) = ssh.and_then(|text| text.split_whitespace().next())
        && let Ok(ip) = peer.split('%').next().unwrap_or(peer).parse::<std::net::IpAddr>()
    {
        return format!("ssh {ip}");
    }
    let tty = match stdin.and_then(|path| path.strip_prefix("/dev/")) {
        Some(tty) if tty.starts_with("tty") || tty.starts_with("pts/") => Some(tty),
        _ => None,
    };
    match (from_afar, tty) {
        (true, tty) => format!("ssh {}", tty.unwrap_or("-")),
        (false, tty) => tty.unwrap_or("local").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sits_where_the_session_says() {
        assert_eq!(place(Some("192.0.2.7 50122 192.0.2.1 22"), Some("/dev/pts/3"), false), "ssh 192.0.2.7");
        assert_eq!(place(Some("fe80::1%eth0 1 fe80::2 22"), None, true), "ssh fe80::1");
        assert_eq!(place(Some("rm -rf /"), Some("/dev/tty1"), false), "tty1");
        assert_eq!(place(None, Some("/dev/null"), false), "local");
        assert_eq!(place(None, None, false), "local");
        assert_eq!(place(None, Some("/dev/pts/3"), true), "ssh pts/3");
    }

    #[test]
    fn whoever_took_the_environment_away_still_came_in_by_a_door() {
        let all = |door: &'static str| {
            move |pid: i32| {
                let (name, parent) = match pid {
                    90 => ("pos-console", 80),
                    80 => ("sudo (x) y", 70),
                    70 => (door, 1),
                    1 => ("systemd", 0),
                    _ => return None,
                };
                Some(format!("{pid} ({name}) S {parent} 1 1 0"))
            }
        };
        assert_eq!(climb(90, all("sshd")), (vec![80, 70], true));
        assert_eq!(climb(90, all("login")), (vec![80, 70, 1], false));
        // A parent that cannot be seen, and one that is its own.
        assert_eq!(climb(7, |pid| (pid == 7).then(|| "7 (a) S 6 1".to_owned())), (vec![6], false));
        assert_eq!(climb(7, |_| Some("7 (a) S 7 1".to_owned())), (Vec::new(), false));
    }

    #[test]
    fn root_is_in_its_own_group_and_a_stranger_in_none() {
        assert_eq!(user_name(0), "root");
        assert!(groups_of(0).contains(&"root".to_owned()));
        assert_eq!(user_name(3_999_999_999), "uid 3999999999");
        assert!(groups_of(3_999_999_999).is_empty());
    }

    #[test]
    fn a_makers_placeholder_is_no_serial_number() {
        assert_eq!(serial_from(b"Default string\n"), None);
        assert_eq!(serial_from(b"  \0"), None);
        assert_eq!(serial_from(b"PX7-004512\0"), Some("PX7-004512".to_owned()));
    }
}
