//! `cargo xtask check-platforms`: type-checks from Linux what only Windows and macOS compile, with Debian's own Rust:
//! it brings the standard library's sources, so any target can be checked without that target's toolchain.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    command::Cmd,
    error::{Result, at},
    layout,
    setup::{self, Purpose},
};

/// Checks core, runtime, cli and the window for Windows, and all but the window for macOS.
pub(crate) fn run() -> Result {
    setup::ensure(Purpose::Platforms)?;
    let windows = check("x86_64-pc-windows-gnu").words("-p bosk-desktop");
    println!("== Windows\n   {windows}");
    windows.run()?;
    let tools = stand_ins()?;
    let macos = check("aarch64-apple-darwin")
        .env("CC_aarch64_apple_darwin", tools.join("cc"))
        .env("AR_aarch64_apple_darwin", tools.join("ar"))
        // Named, so that the build scripts do not ask Xcode for one.
        .env("SDKROOT", &tools);
    println!("== macOS\n   {macos}");
    macos.run()
}

/// Debian's cargo by its full path, since rustup's comes first on PATH; in a build folder of its own, since two
/// compilers in one would undo each other's work.
fn check(target: &str) -> Cmd {
    Cmd::new("/usr/bin/cargo")
        .words(
            "check --locked -Zbuild-std=std,panic_abort -p bosk-core -p bosk-runtime -p bosk-cli",
        )
        .arg("--target")
        .arg(target)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", layout::target().join("platforms"))
        .unset("CARGO")
        .unset("RUSTUP_TOOLCHAIN")
}

/// A compiler and an archiver that make empty files, for build scripts of C libraries.
fn stand_ins() -> Result<PathBuf> {
    let folder = layout::target().join("platforms/stand-ins");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    for (name, script) in
        [("cc", include_str!("platforms/cc.sh")), ("ar", include_str!("platforms/ar.sh"))]
    {
        let path = folder.join(name);
        fs::write(&path, script).map_err(at(&path))?;
        executable(&path)?;
    }
    Ok(folder)
}

#[cfg(unix)]
fn executable(path: &Path) -> Result {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(at(path))
}

/// Not reached: set-up has refused by then.
#[cfg(not(unix))]
fn executable(_: &Path) -> Result {
    Ok(())
}
