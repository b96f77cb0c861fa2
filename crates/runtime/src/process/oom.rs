//! Who dies first when the machine has no memory left: a tool before its session, a session before the
//! desktop, and never Bosk. Linux only; elsewhere nothing is done.

/// How much likelier a session's CLI is chosen than an ordinary program: `oom_score_adj`, see proc(5).
#[cfg(target_os = "linux")]
const SESSION: &[u8] = b"200";

/// The same of a tool.
const TOOL: &str = "500";

/// Makes this process the one of a session. Between fork and exec: it only makes system calls.
#[cfg(target_os = "linux")]
pub(super) fn become_session() {
    use nix::fcntl::{OFlag, open};
    let flags = OFlag::O_WRONLY | OFlag::O_CLOEXEC;
    // Whoever may not is as likely as everybody else.
    if let Ok(file) = open(c"/proc/self/oom_score_adj", flags, nix::sys::stat::Mode::empty()) {
        let _ = nix::unistd::write(&file, SESSION);
    }
}

/// Makes a process the one that goes first.
pub fn goes_first(pid: u32) {
    if cfg!(target_os = "linux") {
        let _ = std::fs::write(format!("/proc/{pid}/oom_score_adj"), TOOL);
    }
}
