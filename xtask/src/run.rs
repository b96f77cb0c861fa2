//! `cargo xtask run`: from a fresh clone to the window, or to the same main job in the terminal where there is no display.

use std::{
    env,
    io::{self, IsTerminal},
    path::PathBuf,
};

use crate::{
    build,
    command::Cmd,
    error::Result,
    layout,
    setup::{self, Purpose},
};

/// Sets up, builds, and opens the window.
pub(crate) fn run() -> Result {
    setup::ensure(Purpose::Run)?;
    build::page().run()?;
    build::both("debug").run()?;
    let programs = build::programs("debug");
    let claude = claude()?;
    if has_display() {
        println!("Opening the window.");
        return claude.hand_to(Cmd::new(programs.desktop)).run();
    }
    println!(
        "There is no display here, so the window cannot open. The same main job, in this terminal:"
    );
    // It makes a sample repository of its own.
    let bosk = claude.hand_to(Cmd::new(programs.bosk).words("run --rehearsal"));
    // Where nobody can answer, the script's commands on that sample are allowed beforehand.
    let attended = io::stdin().is_terminal();
    let allowed = "--permission-mode acceptEdits --allow Bash";
    let bosk = if attended { bosk } else { bosk.words(allowed) };
    println!("  {bosk}\n");
    bosk.run()
}

/// Which CLI the programs are told to use.
enum Claude {
    /// They find it themselves, as they do when installed.
    Found,
    /// None is installed: the pinned one, so that the rehearsal works at once.
    Fetched(PathBuf),
}

impl Claude {
    fn hand_to(&self, command: Cmd) -> Cmd {
        match self {
            Self::Found => command,
            Self::Fetched(path) => command.env("BOSK_CLAUDE", path),
        }
    }
}

fn claude() -> Result<Claude> {
    if env::var_os("BOSK_CLAUDE").is_some() || layout::on_path("claude").is_some() {
        return Ok(Claude::Found);
    }
    println!(
        "No claude on PATH: fetching version {} for the rehearsal, into target/.",
        setup::PINNED
    );
    setup::claude().map(Claude::Fetched)
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
