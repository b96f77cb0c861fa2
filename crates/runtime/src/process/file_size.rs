//! The one resource limit of a process that is safe for the CLI: how large a file it may write. Whoever
//! writes more gets SIGXFSZ, or the error EFBIG where that is caught. The others are not: RLIMIT_AS breaks the
//! CLI, RLIMIT_NPROC counts the user's other programs, RLIMIT_CPU kills long sessions (all measured).

use std::io;

use super::ProcessIdentity;

/// Limits this process. To be called between fork and exec.
#[cfg(unix)]
pub(super) fn limit_own(bytes: Option<u64>) -> io::Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    if let Some(bytes) = bytes {
        // The ceiling stays, as below.
        let (_, maximum) = getrlimit(Resource::RLIMIT_FSIZE)?;
        setrlimit(Resource::RLIMIT_FSIZE, bytes.min(maximum), maximum)?;
    }
    Ok(())
}

/// Limits a running process and what it starts from now on; none takes the limit away again.
///
/// # Errors
/// The process is gone, or the platform cannot limit a running process (only Linux can).
pub fn limit_file_size(process: &ProcessIdentity, bytes: Option<u64>) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
        let pid = pid.filter(|_| process.is_alive()).ok_or(io::ErrorKind::NotFound)?;
        // The ceiling stays, so that the limit can be raised again without privilege.
        let maximum = rustix::process::getrlimit(Resource::Fsize).maximum;
        let current = bytes.or(maximum);
        prlimit(Some(pid), Resource::Fsize, Rlimit { current, maximum })?;
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (process, bytes);
        Err(io::ErrorKind::Unsupported.into())
    }
}
