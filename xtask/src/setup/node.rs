//! Node, and the packages of ui/ as its lock file names them.

use std::{fs, path::Path, time::SystemTime};

use crate::{
    command::Cmd,
    error::{Error, Result},
    layout,
};

/// Vite 8 and ESLint want at least this Node.
const OLDEST: (u32, u32) = (20, 19);

/// Wants Node, then runs `npm ci` when the lock file is newer than what was last installed from it.
pub(super) fn ensure() -> Result {
    let found = Cmd::new("node").arg("--version").answer();
    if found.as_deref().and_then(version).is_none_or(|version| version < OLDEST) {
        let found = found.map_or("none".to_owned(), |text| text.trim().to_owned());
        return Err(Error::Missing {
            what: format!("The page is built with Node {}.{} or newer; found: {found}.", OLDEST.0, OLDEST.1),
            install: "Install it from https://nodejs.org, or by a version manager such as fnm, nvm or Homebrew.".to_owned(),
        });
    }
    let ui = layout::ui();
    let lock = ui.join("package-lock.json");
    let Some(locked) = changed(&lock) else {
        return Err(Error::Unexpected {
            what: format!("{} is not there, so the page cannot be built.", lock.display()),
            hint: "Restore it from git; after a change of package.json, run `npm install` in ui/ and commit both.".to_owned(),
        });
    };
    // npm writes this file last, so an installation that was cut short counts as none.
    if changed(&ui.join("node_modules/.package-lock.json")).is_some_and(|done| done >= locked) {
        return Ok(());
    }
    println!("set-up: npm ci in ui/");
    Cmd::npm("ci --no-audit --no-fund --loglevel=error").run()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Major and minor of what `node --version` prints: `v20.19.4`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(version("v20.19.4\n"), Some((20, 19)));
        assert!(version("v9.11.2") < Some(OLDEST) && version("v100.0.0") > Some(OLDEST));
        assert_eq!(version("20"), None);
    }
}
