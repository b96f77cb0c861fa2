//! Builds the page, the command `bosk` and the window. Every other command builds them this way, so that cargo's
//! cache serves all: the whole workspace's features, and the page inside the binary (`custom-protocol`).

use std::path::{Path, PathBuf};

use crate::{command::Cmd, layout};

/// What is given to cargo wherever the workspace is built, linted or tested.
pub(crate) const WORKSPACE: &str = "--workspace --features custom-protocol";

/// The two programs of a profile, as built.
pub(crate) struct Programs {
    pub(crate) bosk: PathBuf,
    pub(crate) desktop: PathBuf,
}

/// Where a profile's programs are (`debug` or `release`), whether built yet or not.
pub(crate) fn programs(profile: &str) -> Programs {
    Programs {
        bosk: layout::built(profile, "bosk"),
        desktop: layout::built(profile, "bosk-desktop"),
    }
}

/// The page: ui/dist.
pub(crate) fn page() -> Cmd {
    Cmd::npm("run build")
}

/// All programs. Plain cargo: the Tauri command line would do the same through a detour of 20 s.
pub(crate) fn both(profile: &str) -> Cmd {
    let build = Cmd::cargo("build --bin bosk --bin bosk-keep --bin bosk-desktop").words(WORKSPACE);
    if profile == "release" { build.arg("--release") } else { build }
}

/// Hands the programs and the CLI to what tests or measures them.
pub(crate) fn with_programs(command: Cmd, programs: &Programs, claude: &Path) -> Cmd {
    command
        .env("BOSK_BIN", &programs.bosk)
        .env("BOSK_DESKTOP", &programs.desktop)
        .env("BOSK_CLAUDE", claude)
}
