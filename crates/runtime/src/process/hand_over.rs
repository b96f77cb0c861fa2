//! Letting another program of Bosk's go on in this one's place.

use std::ffi::OsString;
use std::io;
use std::process::Command;

/// Becomes the program of that name that stands beside this one. Returns only where that cannot be, or, where a
/// process cannot become another (Windows), when that one has ended: with its exit code.
///
/// # Errors
/// It is not there, or may not be used.
pub fn hand_over(name: &str, words: &[OsString]) -> io::Result<u8> {
    let program =
        std::env::current_exe()?.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(program);
    command.args(words);
    #[cfg(unix)]
    {
        Err(std::os::unix::process::CommandExt::exec(&mut command))
    }
    #[cfg(not(unix))]
    {
        let status = command.status()?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }
}
