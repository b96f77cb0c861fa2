//! The real CLI at the version that the tests are written against, from npm, in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    command::Cmd,
    error::{Error, Result, at},
    layout,
};

/// The version that tests, rehearsal and benchmarks run. Raise it together with the recordings that show what changed.
pub(crate) const PINNED: &str = "2.1.330";

const PACKAGE: &str = "@anthropic-ai/claude-code";

/// The program's path, fetched first if need be. It is known to start and to be of the pinned version.
pub(crate) fn ensure() -> Result<PathBuf> {
    let folder = layout::target().join("claude-cli");
    // npm's start-up script puts the platform's own binary here, under this name on every platform.
    let program = folder.join("node_modules").join(PACKAGE).join("bin/claude.exe");
    if is_pinned(&folder, &program) {
        return Ok(program);
    }
    println!("set-up: fetching {PACKAGE} {PINNED}");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let manifest = folder.join("package.json");
    let content = json!({ "private": true, "dependencies": { PACKAGE: PINNED } });
    fs::write(&manifest, format!("{content:#}\n")).map_err(at(&manifest))?;
    Cmd::npm("install --no-audit --no-fund --loglevel=error").dir(&folder).run()?;
    if is_pinned(&folder, &program) {
        return Ok(program);
    }
    Err(Error::Unexpected {
        what: format!("{} does not answer --version with {PINNED}.", program.display()),
        hint: format!("Remove {} and run the same command again.", folder.display()),
    })
}

/// Asks with a home of its own: the CLI writes to its home even for this.
fn is_pinned(folder: &Path, program: &Path) -> bool {
    let home = folder.join("home");
    let answer = Cmd::new(program)
        .arg("--version")
        .env("HOME", &home)
        .env("CLAUDE_CONFIG_DIR", &home)
        .env("DISABLE_AUTOUPDATER", "1")
        .answer();
    answer.is_some_and(|text| text.split_whitespace().next() == Some(PINNED))
}
