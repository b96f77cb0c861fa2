//! `cargo xtask e2e`: drives the real window, on a screen and a session bus of its own where that can be (Linux).

use crate::{
    build::{self, WORKSPACE},
    command::Cmd,
    error::Result,
    layout, screen, setup,
};

/// Runs the end-to-end tests on what is built. Further arguments go to the test runner: a name.
pub(crate) fn run(args: &[String]) -> Result {
    let claude = setup::claude()?;
    // The target is named, since a plain run leaves it out: without a screen it could only fail. One test
    // at a time has the screen. Nextest takes names alone, and tries a failed one again (and says so).
    let tests = if layout::on_path("cargo-nextest").is_some() {
        Cmd::cargo("nextest run --test e2e --no-fail-fast --test-threads 1")
            .words(WORKSPACE)
            .args(args)
    } else {
        Cmd::cargo("test --test e2e").words(WORKSPACE).arg("--").args(args)
    };
    let tests = build::with_programs(tests, &build::programs("debug"), &claude)
        .env("BOSK_ARTIFACTS", layout::artifacts());
    screen::open()?.on(tests).run()
}
