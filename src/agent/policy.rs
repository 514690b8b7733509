//! Who may do what. The uid comes from the kernel; the role from the groups of that uid; a client's word counts for
//! nothing but the place it says it is used from.

use crate::config::RolesConfig;
use crate::model::{Actor, Role, Session};
use crate::platform;

/// The person behind this uid.
pub fn actor(uid: u32, from: &str, roles: &RolesConfig) -> Actor {
    let name = platform::user_name(uid);
    Actor {
        uid,
        name,
        role: role(uid, own_uid(), &platform::groups_of(uid), roles),
        from: from.to_owned(),
        session: None,
    }
}

/// The person who started this process.
pub fn owner(roles: &RolesConfig) -> Actor {
    Actor { session: session(), ..actor(own_uid(), &platform::remote_from_env(), roles) }
}

/// The TCP connection that the person who started this process sits behind.
pub fn session() -> Option<Session> {
    platform::ssh_connection().and_then(|text| Session::of_ssh(&text))
}

/// Effective uid of this process.
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Root and the agent's own user could do anything to it anyway: technician. Others by the most able of their groups;
/// whoever is in none of them looks only.
fn role(uid: u32, owner: u32, groups: &[String], roles: &RolesConfig) -> Role {
    if uid == 0 || uid == owner {
        return Role::Technician;
    }
    let in_any = |wanted: &[String]| wanted.iter().any(|group| groups.contains(group));
    [(Role::Technician, &roles.technician), (Role::Merchant, &roles.merchant), (Role::Support, &roles.support)]
        .into_iter()
        .find(|(_, wanted)| in_any(wanted))
        .map_or(Role::Viewer, |(role, _)| role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_follow_groups_and_default_to_looking() {
        let roles = RolesConfig::default();
        let of = |groups: &[&str]| role(1000, 990, &groups.iter().map(|g| (*g).to_owned()).collect::<Vec<_>>(), &roles);
        assert_eq!(of(&[]), Role::Viewer);
        assert_eq!(of(&["users", "pos-viewer"]), Role::Viewer);
        assert_eq!(of(&["pos-support"]), Role::Support);
        assert_eq!(of(&["pos-merchant", "pos-support"]), Role::Merchant);
        assert_eq!(of(&["pos-viewer", "pos-technician"]), Role::Technician);
        assert_eq!(role(0, 990, &[], &roles), Role::Technician);
        assert_eq!(role(990, 990, &[], &roles), Role::Technician);
    }
}
