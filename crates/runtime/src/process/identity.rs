//! Which process is meant: a pid together with what tells it from a later process with the same
//! pid. Not here: signals.

use serde::{Deserialize, Serialize};

use super::table;

/// A process, told apart from every other one that has had or will have its pid.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// The process id.
    pub pid: u32,
    /// When the kernel started it. Linux: clock ticks since boot (`/proc/<pid>/stat`, field 22).
    /// Elsewhere: seconds since 1970.
    pub started: u64,
    /// Which boot `started` counts from. Linux: `/proc/sys/kernel/random/boot_id`. Empty
    /// elsewhere, where `started` needs none.
    pub boot_id: String,
}

impl ProcessIdentity {
    /// The identity of the process that has this pid now, be it a zombie; none if there is none.
    #[must_use]
    pub fn of(pid: u32) -> Option<Self> {
        Some(table::look_up(pid)?.identity())
    }

    /// The process that the kernel started as this pid at that time, in its own unit.
    #[must_use]
    pub fn at(pid: u32, started: u64) -> Self {
        Self { pid, started, boot_id: table::boot_id().to_owned() }
    }

    /// This very process.
    #[must_use]
    pub fn own() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// Whether it still runs. A zombie does not, and neither does a stranger with the same pid.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        table::look_up(self.pid).is_some_and(|process| !process.dead && process.identity() == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_survives_serde() {
        let own = ProcessIdentity::own().unwrap();
        assert!(own.is_alive());
        let text = serde_json::to_string(&own).unwrap();
        assert_eq!(serde_json::from_str::<ProcessIdentity>(&text).unwrap(), own);
    }

    #[test]
    fn a_reused_pid_and_another_boot_are_strangers() {
        let own = ProcessIdentity::own().unwrap();
        assert!(!ProcessIdentity { started: own.started + 1, ..own.clone() }.is_alive());
        assert!(!ProcessIdentity { boot_id: "another".into(), ..own }.is_alive());
    }

    #[cfg(unix)]
    #[test]
    fn a_zombie_is_dead_and_a_reaped_one_is_gone() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let identity = ProcessIdentity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        identity.signal(super::super::Signal::Kill).unwrap();
        identity.wait_until_dead(std::time::Duration::from_secs(5));
        assert!(!identity.is_alive());
        assert_eq!(ProcessIdentity::of(child.id()), Some(identity.clone()), "a zombie has a name");
        child.wait().unwrap();
        assert_eq!(ProcessIdentity::of(child.id()), None);
        assert!(identity.signal(super::super::Signal::Kill).is_err());
    }
}
