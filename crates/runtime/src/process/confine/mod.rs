//! A group of the system's own around a session's processes, in which it holds what a session may use: a
//! cgroup on Linux, a Job Object on Windows. It holds at once, and whatever the processes do. Where there is
//! none (macOS, a Linux whose cgroups are not ours to use) the keeper's measuring is all that holds.

#[cfg(target_os = "linux")]
mod systemd;

use bosk_core::limits::{Limits, Rung};

pub use platform::Confined;

/// What the system is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Whether the system may end what goes beyond that. Otherwise it slows it down where it can, so that
    /// whoever measures has the time to act.
    pub may_end: bool,
    /// Processes.
    pub processes: Option<u32>,
}

impl Bounds {
    /// What these limits leave to the system. It ends the largest tool, which is for the person to want: who
    /// wants a pause first, or only to be told, gets that.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        let first = limits.ladder.first();
        Self {
            memory: limits.memory.filter(|_| first.is_some()),
            may_end: first == Some(&Rung::StopTool),
            processes: limits.processes.filter(|_| first.is_some()),
        }
    }

    /// Whether there is nothing to hold.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.memory.is_none() && self.processes.is_none()
    }
}

#[cfg(target_os = "linux")]
#[path = "cgroup.rs"]
mod platform;

#[cfg(windows)]
#[path = "job.rs"]
mod platform;

#[cfg(not(any(target_os = "linux", windows)))]
mod platform {
    use std::io;

    use bosk_core::limits::Mechanism;

    use super::Bounds;
    use crate::process::Tree;

    /// There are no groups here.
    #[derive(Debug)]
    pub enum Confined {}

    impl Confined {
        /// How it holds.
        pub const MECHANISM: Mechanism = Mechanism::Watchdog;

        /// # Errors
        /// Always.
        pub fn around(_: &[Tree], _: &str) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        /// Takes more processes in.
        ///
        /// # Errors
        /// Never.
        pub fn take_in(&self, _: &[Tree]) -> io::Result<()> {
            match *self {}
        }

        /// Changes what is held.
        ///
        /// # Errors
        /// Never.
        pub fn bound(&self, _: &Bounds) -> io::Result<()> {
            match *self {}
        }

        /// What counts against the limit, in bytes.
        pub fn memory(&self) -> Option<u64> {
            match *self {}
        }

        /// How many were ended since this was asked before.
        pub fn ended(&mut self) -> u64 {
            match *self {}
        }

        /// Returns when something was ended.
        pub async fn changed(&self) {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_ends_nothing_that_the_person_wants_paused_and_holds_nothing_they_only_want_told()
    {
        let limits = Limits { memory: Some(1 << 31), processes: Some(50), ..Limits::default() };
        let bounds = Bounds { memory: Some(1 << 31), may_end: true, processes: Some(50) };
        assert_eq!(Bounds::of(&limits), bounds);
        let paused = Limits { ladder: vec![Rung::Pause], ..limits.clone() };
        assert_eq!(Bounds::of(&paused), Bounds { may_end: false, ..bounds });
        let told = Limits { ladder: vec![], ..limits };
        assert!(Bounds::of(&told).is_empty() && Bounds::of(&Limits::default()).is_empty());
    }
}
