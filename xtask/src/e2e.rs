//! `cargo xtask e2e`: drives the real window, on a screen and a session bus of its own where that can be (Linux).

use crate::{
    build::{self, WORKSPACE},
    command::Cmd,
    error::Result,
    layout, screen, setup,
};

/// Runs the end-to-end tests on what is built. Further arguments go to the test program: a name, `--nocapture`.
pub(crate) fn run(args: &[String]) -> Result {
    let claude = setup::claude()?;
    // The target is named, since a plain `cargo test` leaves it out: without a screen it could only fail.
    let tests = Cmd::cargo("test --test e2e").words(WORKSPACE).arg("--").args(args);
    let tests = build::with_programs(tests, &build::programs("debug"), &claude)
        .env("BOSK_ARTIFACTS", layout::artifacts());
    screen::open()?.on(tests).run()
}
