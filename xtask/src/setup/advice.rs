//! Systems whose packages this program does not install: it looks for what it needs, and says what to type.

use std::fs;

use super::Purpose;
use crate::{
    command::Cmd,
    error::{Error, Result},
    layout,
};

/// Fails with the command to type when something is missing.
pub(super) fn check(purpose: Purpose) -> Result {
    if purpose == Purpose::Platforms {
        return Err(Error::Missing {
            what: "The check of other platforms uses the Rust that Debian packages.".to_owned(),
            install: "Here, check one by hand:\n  rustup target add x86_64-pc-windows-gnu\n  cargo check --workspace --target x86_64-pc-windows-gnu".to_owned(),
        });
    }
    let missing = missing(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    let family = fs::read_to_string("/etc/os-release").unwrap_or_default();
    Err(Error::Missing {
        what: format!("Not found here: {}", missing.join(", ")),
        install: install(&family, purpose),
    })
}

fn missing(purpose: Purpose) -> Vec<String> {
    if cfg!(target_os = "macos") {
        let tools = Cmd::new("xcode-select").arg("-p").answer().is_some();
        return if tools { vec![] } else { vec!["Xcode's command line tools".to_owned()] };
    }
    if cfg!(windows) {
        // rustup's own installer sees to the linker, and Windows 10 and later bring WebView2.
        return vec![];
    }
    let libraries = ["webkit2gtk-4.1", "ayatana-appindicator3-0.1", "librsvg-2.0", "dbus-1"];
    let programs: &[&str] = match purpose {
        Purpose::Run | Purpose::Platforms => &["cc", "git"],
        Purpose::Test => &[
            "cc",
            "git",
            "Xvfb",
            "WebKitWebDriver",
            "dbus-run-session",
            "gpg",
            "ssh-keygen",
            "git-lfs",
        ],
        Purpose::Package => &["cc", "file", "patchelf"],
    };
    let library =
        |name: &&str| Cmd::new("pkg-config").words("--exists").arg(name).answer().is_none();
    let program = |name: &&str| layout::on_path(name).is_none();
    let libraries = libraries.into_iter().filter(library).map(|name| format!("{name} (library)"));
    libraries.chain(programs.iter().copied().filter(program).map(str::to_owned)).collect()
}

/// What to type, by the `ID` and `ID_LIKE` lines of os-release. File names stand in for packages where they differ by release.
fn install(os_release: &str, purpose: Purpose) -> String {
    if cfg!(target_os = "macos") {
        return "Run: xcode-select --install".to_owned();
    }
    let is = |name: &str| {
        os_release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
            .any(|value| value.trim_matches('"').split(' ').any(|id| id.starts_with(name)))
    };
    let test = purpose == Purpose::Test;
    let (build, more) = if is("fedora") || is("rhel") {
        (
            "sudo dnf install gcc gcc-c++ git pkgconf-pkg-config webkit2gtk4.1-devel libayatana-appindicator-gtk3-devel librsvg2-devel dbus-devel",
            " xorg-x11-server-Xvfb dbus-daemon ImageMagick google-noto-sans-cjk-fonts /usr/bin/WebKitWebDriver gnupg2 openssh git-lfs",
        )
    } else if is("arch") {
        (
            "sudo pacman -S --needed base-devel git webkit2gtk-4.1 libayatana-appindicator librsvg dbus",
            " xorg-server-xvfb imagemagick noto-fonts-cjk gnupg openssh git-lfs",
        )
    } else if is("opensuse") || is("suse") {
        (
            "sudo zypper install gcc gcc-c++ git pkg-config webkit2gtk3-devel libayatana-appindicator3-devel librsvg-devel dbus-1-devel",
            " xorg-x11-server-Xvfb dbus-1-daemon ImageMagick /usr/bin/WebKitWebDriver gpg2 openssh-common git-lfs",
        )
    } else if is("alpine") {
        (
            "sudo apk add build-base git pkgconf webkit2gtk-4.1-dev libayatana-appindicator-dev librsvg-dev dbus-dev",
            " xvfb dbus imagemagick font-noto-cjk webkit2gtk-4.1 gnupg openssh-keygen git-lfs",
        )
    } else {
        return "Install these by your system's package manager (with their development files), then run the same command again.".to_owned();
    };
    format!("Run this, then the same command again:\n  {build}{}", if test { more } else { "" })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn each_family_gets_its_own_command() {
        let fedora = install("NAME=Fedora\nID=fedora\n", Purpose::Run);
        assert!(fedora.contains("dnf install") && !fedora.contains("Xvfb"));
        assert!(install("ID=manjaro\nID_LIKE=arch\n", Purpose::Test).contains("xorg-server-xvfb"));
        assert!(install("ID=\"opensuse-tumbleweed\"\n", Purpose::Run).contains("zypper"));
        assert!(install("ID=haiku\n", Purpose::Run).contains("package manager"));
    }
}
