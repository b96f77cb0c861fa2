//! `cargo xtask interface`: `bosk serve` as another program meets it. Clients are generated, and the description
//! tried out, by programs in Python, which have a place of their own in the build folder.

use std::{fs, path::PathBuf};

use crate::{build, command::Cmd, error::Result, layout};

/// What is used, at exactly these versions.
const PACKAGES: &[&str] = &["openapi-python-client==0.29.1", "schemathesis==4.32.5"];

/// Runs it on what is built.
pub(crate) fn run() -> Result {
    let python = python()?;
    let programs = build::programs("debug");
    Cmd::new(&python)
        .arg(layout::root().join("tests/interface/check.py"))
        .env("BOSK_BIN", &programs.bosk)
        .run()
}

/// A Python that has them.
fn python() -> Result<PathBuf> {
    let place = layout::target().join("python");
    let python = place.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let said = place.join("packages");
    let wanted = PACKAGES.join("\n");
    if fs::read_to_string(&said).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    println!("set-up: {}", PACKAGES.join(" "));
    Cmd::new("python3").words("-m venv --clear").arg(&place).captured()?;
    Cmd::new(&python)
        .words("-m pip install --quiet --disable-pip-version-check")
        .args(PACKAGES)
        .captured()?;
    // Where that cannot be noted, it is done again the next time.
    let _ = fs::write(said, wanted);
    Ok(python)
}
