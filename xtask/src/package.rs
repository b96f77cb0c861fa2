//! `cargo xtask package`: installers, with the command `bosk` beside the window.

use std::{fs, path::PathBuf};

use serde_json::json;

use crate::{
    build::WORKSPACE,
    command::Cmd,
    error::{Error, Result, at},
    layout,
    setup::{self, Purpose},
};

/// Makes the kinds named (`deb`, `appimage`, `rpm`, `dmg`, `msi`, …), or this platform's usual one.
pub(crate) fn run(kinds: &[String]) -> Result {
    setup::ensure(Purpose::Package)?;
    let tauri = tauri()?;
    Cmd::cargo("build --release --bin bosk --bin bosk-keep").words(WORKSPACE).run()?;
    let config = sidecars()?;
    let usual = if cfg!(target_os = "macos") {
        "dmg"
    } else if cfg!(windows) {
        "msi"
    } else {
        "deb"
    };
    let kinds = if kinds.is_empty() { usual.to_owned() } else { kinds.join(",") };
    let bundle = layout::target().join("release/bundle");
    if bundle.exists() {
        fs::remove_dir_all(&bundle).map_err(at(&bundle))?;
    }
    // Run from the root, where its configuration is; it builds the page and the window by itself.
    tauri.words("build --bundles").arg(kinds).arg("--config").arg(config).run()?;
    for path in made(bundle)? {
        let size = fs::metadata(&path).map_err(at(&path))?.len();
        println!("{} ({:.1} MB)", path.display(), size as f64 / 1e6);
    }
    Ok(())
}

/// The Tauri command line, at the version that ui/'s lock file names.
fn tauri() -> Result<Cmd> {
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let program = layout::ui().join("node_modules/.bin").join(name);
    if program.exists() {
        return Ok(Cmd::new(program));
    }
    Err(Error::Missing {
        what: "The Tauri command line is not among ui/'s packages.".to_owned(),
        install: "Run: npm install --prefix ui --save-dev @tauri-apps/cli@2".to_owned(),
    })
}

/// Puts `bosk` and `bosk-keep` where the bundler takes them from, under the names with the target's triple that it
/// asks for, and writes the configuration that says so. It is apart from tauri.conf.json, or every build of the window would need the file.
fn sidecars() -> Result<PathBuf> {
    let folder = layout::target().join("sidecar");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let programs = ["bosk", "bosk-keep"];
    for program in programs {
        let name = format!("{program}-{}{}", host()?, std::env::consts::EXE_SUFFIX);
        let built = layout::built("release", program);
        fs::copy(&built, folder.join(name)).map_err(at(&built))?;
    }
    let config = folder.join("tauri.json");
    let content =
        json!({ "bundle": { "externalBin": programs.map(|program| folder.join(program)) } });
    fs::write(&config, content.to_string()).map_err(at(&config))?;
    Ok(config)
}

fn host() -> Result<String> {
    let answer = Cmd::new("rustc").arg("-vV").answer().unwrap_or_default();
    answer.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).ok_or_else(
        || Error::Unexpected {
            what: "rustc does not say which platform it builds for.".to_owned(),
            hint: "Try it: rustc -vV".to_owned(),
        },
    )
}

/// The installers: the files right below each kind's folder.
fn made(bundle: PathBuf) -> Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for kind in fs::read_dir(&bundle).map_err(at(&bundle))? {
        let kind = kind.map_err(at(&bundle))?.path();
        for entry in fs::read_dir(&kind).map_err(at(&kind))? {
            made.push(entry.map_err(at(&kind))?.path());
        }
    }
    made.retain(|path| path.is_file());
    Ok(made)
}
