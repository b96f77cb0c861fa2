//! How many files and sockets this process may have open.

/// Raises this to what the system allows: a program starts with 1,024 on most Linux, and each client is one.
/// Windows has no such limit.
pub fn raise_file_limit() {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
            // What cannot be raised stays as it is. macOS refuses more than this.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, most.min(10_240), most);
        }
    }
}
