//! Debian and Ubuntu: what is missing comes by apt-get, when this program may call it.

use std::collections::HashSet;

use super::Purpose;
use crate::{
    command::Cmd,
    error::{Error, Result},
    layout,
};

const BUILD: &[&str] = &[
    "build-essential",
    "git",
    "libayatana-appindicator3-dev",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// A screen, a session bus and a driver for the window; fonts for the languages it speaks; `import` for pictures of it;
/// what signs commits, and git LFS.
const TEST: &[&str] = &[
    "at-spi2-core",
    "dbus",
    "dbus-x11",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "git-lfs",
    "gnupg",
    "imagemagick",
    "openssh-client",
    "python3-venv",
    "systemd",
    "webkit2gtk-driver",
    "xauth",
    "xdg-utils",
    "xvfb",
];

/// A kernel of a test's own, in which it owns the cgroups. Not every release of every distribution has it.
const IF_THERE_IS: &[&str] = &["user-mode-linux"];

const PACKAGE: &[&str] = &["file", "patchelf", "xdg-utils"];

/// Debian's own Rust, whose sources let the standard library be built for a target that rustup has not got here.
const PLATFORMS: &[&str] = &[
    "cargo-web",
    "g++-mingw-w64-x86-64-win32",
    "gcc-mingw-w64-x86-64-win32",
    "pkg-config",
    "rust-web-src",
    "rustc-web",
];

fn wanted(purpose: Purpose) -> Vec<&'static str> {
    let lists: &[&[&'static str]] = match purpose {
        Purpose::Run => &[BUILD],
        Purpose::Test => &[BUILD, TEST],
        Purpose::Package => &[BUILD, PACKAGE],
        Purpose::Platforms => &[PLATFORMS],
    };
    lists.concat()
}

/// Whether this system is of the Debian family.
pub(super) fn is_here() -> bool {
    cfg!(target_os = "linux")
        && ["apt-get", "dpkg-query"].iter().all(|p| layout::on_path(p).is_some())
}

/// Installs what is missing, or says which command would.
pub(super) fn ensure(purpose: Purpose) -> Result {
    let required = missing(&wanted(purpose), &installed(&wanted(purpose))?);
    let optional = match purpose {
        Purpose::Test => missing(IF_THERE_IS, &installed(IF_THERE_IS)?),
        _ => Vec::new(),
    };
    let list = required.join(" ");
    let apt_get = match apt_get() {
        _ if required.is_empty() && optional.is_empty() => return Ok(()),
        Some(apt_get) => apt_get,
        None if required.is_empty() => return Ok(()),
        None => {
            return Err(Error::Missing {
                what: format!("These packages are missing, and installing them needs root: {list}"),
                install: format!(
                    "Run this, then the same command again:\n  sudo apt-get update && sudo apt-get install -y {list}"
                ),
            });
        }
    };
    apt_get.clone().words("update -qq").captured()?;
    let known = |name: &&str| Cmd::new("apt-cache").words("show").arg(name).answer().is_some();
    let all: Vec<&str> = required.into_iter().chain(optional.into_iter().filter(known)).collect();
    if all.is_empty() {
        return Ok(());
    }
    println!("set-up: installing {}", all.join(" "));
    // Debian's Rust stands against other packages of Rust: refuse rather than take away what somebody uses.
    apt_get
        .words("install -y -qq --no-install-recommends --no-remove")
        .args(all)
        .captured()
        .map(drop)
}

/// One question for all packages. Those it has never heard of are simply not in the answer.
fn installed(wanted: &[&str]) -> Result<HashSet<String>> {
    let query =
        Cmd::new("dpkg-query").words("-W -f=${db:Status-Status}:${Package}\\n").args(wanted);
    let output = query.std().output().map_err(|source| query.not_started(source))?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix("installed:"))
        .map(str::to_owned)
        .collect())
}

fn missing<'a>(wanted: &[&'a str], installed: &HashSet<String>) -> Vec<&'a str> {
    wanted.iter().filter(|name| !installed.contains(**name)).copied().collect()
}

/// `apt-get` as root or by a sudo that asks for no password; None where neither may be had.
fn apt_get() -> Option<Cmd> {
    let quiet = "DEBIAN_FRONTEND=noninteractive";
    if Cmd::new("id").arg("-u").answer()?.trim() == "0" {
        return Some(Cmd::new("env").arg(quiet).arg("apt-get"));
    }
    Cmd::new("sudo").words("-n true").answer()?;
    Some(Cmd::new("sudo").words("-n env").arg(quiet).arg("apt-get"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_there_is_installed() {
        let installed = HashSet::from(["git".to_owned()]);
        assert_eq!(missing(&["git", "xvfb"], &installed), ["xvfb"]);
        assert!(missing(&["git"], &installed).is_empty());
    }

    #[test]
    fn tests_need_all_that_running_needs() {
        let test = wanted(Purpose::Test);
        assert!(wanted(Purpose::Run).iter().all(|package| test.contains(package)));
    }
}
