//! Signals that cannot hit a stranger: through a pidfd on Linux, which names one process for ever;
//! elsewhere right after a look at who has the pid. Waiting for a process's end lives here too.

use std::io;
use std::time::Duration;

use super::ProcessIdentity;

/// What a process can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Give up what you are doing (SIGINT). Not on Windows.
    Interrupt,
    /// End, tidily (SIGTERM). Not on Windows.
    Terminate,
    /// Freeze (SIGSTOP; on Windows every thread).
    Stop,
    /// Go on (SIGCONT).
    Continue,
    /// End at once (SIGKILL).
    Kill,
}

impl ProcessIdentity {
    /// Sends the signal to this very process.
    ///
    /// # Errors
    /// It is gone, belongs to somebody else, or (Windows) cannot be asked.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Handle::open(self)?.signal(signal)
    }

    /// Blocks until it has ended (it may be a zombie then) or the time is over.
    pub fn wait_until_dead(&self, limit: Duration) {
        if let Ok(handle) = Handle::open(self) {
            wait_for_any(std::slice::from_ref(&handle), limit);
        }
    }
}

pub(super) use platform::{Handle, wait_for_any};

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the process is gone")
}

#[cfg(unix)]
fn send(identity: &ProcessIdentity, signal: Signal) -> io::Result<()> {
    use nix::sys::signal::{Signal as Number, kill};
    let number = match signal {
        Signal::Interrupt => Number::SIGINT,
        Signal::Terminate => Number::SIGTERM,
        Signal::Stop => Number::SIGSTOP,
        Signal::Continue => Number::SIGCONT,
        Signal::Kill => Number::SIGKILL,
    };
    let pid = i32::try_from(identity.pid).map_err(|_| gone())?;
    if identity.is_alive() {
        Ok(kill(nix::unistd::Pid::from_raw(pid), number)?)
    } else {
        Err(gone())
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    // nix has no pidfd.
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};

    use super::{ProcessIdentity, Signal, gone, send};

    /// One process, held so that its pid cannot come to mean another. Without a descriptor
    /// (a kernel before 5.3, or none left to open) it is looked at before each signal.
    pub(crate) struct Handle {
        identity: ProcessIdentity,
        descriptor: Option<OwnedFd>,
    }

    impl Handle {
        pub(crate) fn open(identity: &ProcessIdentity) -> io::Result<Self> {
            let pid = i32::try_from(identity.pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
            let descriptor = pidfd_open(pid, PidfdFlags::empty()).ok();
            // Checked after opening: from here on the descriptor means what was checked.
            if !identity.is_alive() {
                return Err(gone());
            }
            Ok(Self { identity: identity.clone(), descriptor })
        }

        pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
            use rustix::process::Signal as Number;
            let Some(descriptor) = &self.descriptor else { return send(&self.identity, signal) };
            let number = match signal {
                Signal::Interrupt => Number::INT,
                Signal::Terminate => Number::TERM,
                Signal::Stop => Number::STOP,
                Signal::Continue => Number::CONT,
                Signal::Kill => Number::KILL,
            };
            Ok(pidfd_send_signal(descriptor, number)?)
        }
    }

    /// Returns when one of them has ended, or the time is over. A pidfd becomes readable then.
    pub(crate) fn wait_for_any(handles: &[Handle], limit: Duration) {
        let descriptors = handles.iter().filter_map(|handle| handle.descriptor.as_ref());
        let mut polled: Vec<_> =
            descriptors.map(|descriptor| PollFd::new(descriptor, PollFlags::IN)).collect();
        // An interrupted wait ends early, and every caller looks again.
        let _ = poll(&mut polled, Timespec::try_from(limit).ok().as_ref());
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::io;
    use std::time::{Duration, Instant};

    use super::{ProcessIdentity, Signal, gone, send};

    /// One process, looked at before each signal.
    pub(crate) struct Handle(ProcessIdentity);

    impl Handle {
        pub(crate) fn open(identity: &ProcessIdentity) -> io::Result<Self> {
            if identity.is_alive() { Ok(Self(identity.clone())) } else { Err(gone()) }
        }

        pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
            send(&self.0, signal)
        }
    }

    /// Returns when one of them has ended, or the time is over. It has to look again and again:
    /// the end of somebody else's child is no event here.
    pub(crate) fn wait_for_any(handles: &[Handle], limit: Duration) {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && handles.iter().all(|handle| handle.0.is_alive()) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[cfg(windows)]
fn send(identity: &ProcessIdentity, signal: Signal) -> io::Result<()> {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    match signal {
        Signal::Stop if identity.is_alive() => return super::threads::stop(identity.pid),
        Signal::Continue if identity.is_alive() => return super::threads::go_on(identity.pid),
        Signal::Kill => {}
        _ => return Err(io::ErrorKind::Unsupported.into()),
    }
    let pid = Pid::from_u32(identity.pid);
    let mut system = System::new().map_err(|_| gone())?;
    let what = ProcessRefreshKind::nothing();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, what);
    let same = system.process(pid).filter(|found| found.start_time() == identity.started);
    if same.ok_or_else(gone)?.kill() { Ok(()) } else { Err(io::Error::last_os_error()) }
}
