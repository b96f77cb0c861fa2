//! `cargo xtask run`: from a fresh clone to the window, or to the same main job in the terminal where there is no display.

use std::{env, fs, path::PathBuf};

use crate::{
    build,
    command::Cmd,
    error::{Result, at},
    layout,
    setup::{self, Purpose},
};

const PROMPT: &str = "Fix the failing total in cart.py and say what was wrong.";

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
    let sample = sample()?;
    let bosk = Cmd::new(programs.bosk)
        .words("run --rehearsal --permission-mode acceptEdits --repo")
        .arg(sample)
        .arg(PROMPT)
        .env("BOSK_HOME", layout::target().join("rehearsal/home"));
    println!("  {bosk}\n");
    claude.hand_to(bosk).run()
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

/// A small repository to rehearse on, made once and left as the last rehearsal left it.
fn sample() -> Result<PathBuf> {
    let folder = layout::target().join("rehearsal/sample");
    if folder.join(".git").is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let file = folder.join("cart.py");
    let source = "def total(prices):\n    return sum(prices[1:])\n\n\nassert total([1, 2]) == 3\n";
    fs::write(&file, source).map_err(at(&file))?;
    let git = || Cmd::new("git").dir(&folder);
    git().words("init -q -b main").run()?;
    git().words("add cart.py").run()?;
    git()
        .words("-c user.name=Sample -c user.email=sample@localhost -c commit.gpgsign=false commit -q -m")
        .arg("A cart that adds up wrongly")
        .run()?;
    Ok(folder)
}
