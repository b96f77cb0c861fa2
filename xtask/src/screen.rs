//! A screen without a display: an X server in memory and a session bus, both ended with the value.
//! Elsewhere than on Linux the desktop at hand is used.

#[cfg(target_os = "linux")]
pub(crate) use linux::open;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::open;

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        env, fs,
        io::{BufRead, BufReader},
        os::unix::fs::DirBuilderExt,
        path::PathBuf,
        process::{self, Child, Stdio},
    };

    use crate::{
        command::Cmd,
        error::{Error, Result, at},
    };

    /// The server and a folder for sockets.
    pub(crate) struct Screen {
        server: Child,
        number: String,
        runtime: PathBuf,
    }

    /// Starts the server and returns when it takes connections. It picks a free number by itself.
    pub(crate) fn open() -> Result<Screen> {
        let command = Cmd::new("Xvfb").words("-displayfd 1 -screen 0 1600x1000x24 -nolisten tcp");
        let mut server = command
            .std()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| command.not_started(source))?;
        let mut number = String::new();
        if let Some(pipe) = server.stdout.take() {
            // The number comes once the server is ready; an end of file means that it has ended instead.
            let _ = BufReader::new(pipe).read_line(&mut number);
        }
        let number = number.trim().to_owned();
        // Short, since the paths of sockets may have 107 bytes only.
        let runtime = env::temp_dir().join(format!("bosk-screen-{}", process::id()));
        let screen = Screen { server, number, runtime };
        if screen.number.is_empty() {
            return Err(Error::Unexpected {
                what: "The X server ended at once.".to_owned(),
                hint: format!("See what it says: {command}"),
            });
        }
        fs::DirBuilder::new().mode(0o700).create(&screen.runtime).map_err(at(&screen.runtime))?;
        Ok(screen)
    }

    impl Screen {
        /// The command as it runs on this screen, in English, drawn by software.
        pub(crate) fn on(&self, command: Cmd) -> Cmd {
            command
                .inside(Cmd::new("dbus-run-session").arg("--"))
                .env("DISPLAY", format!(":{}", self.number))
                .env("XDG_RUNTIME_DIR", &self.runtime)
                .env("GDK_BACKEND", "x11")
                .env("LIBGL_ALWAYS_SOFTWARE", "1")
                .env("LANG", "en_US.UTF-8")
                .env("LANGUAGE", "en_US")
                .unset("LC_ALL")
                .unset("WAYLAND_DISPLAY")
        }
    }

    impl Drop for Screen {
        fn drop(&mut self) {
            let _ = self.server.kill();
            let _ = self.server.wait();
            let _ = fs::remove_dir_all(&self.runtime);
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_runs_on_a_screen_sees_it_and_a_bus_and_both_end_with_it() {
            let screen = open().unwrap();
            let shown =
                screen.on(Cmd::new("sh").arg("-c").arg("echo $DISPLAY $DBUS_SESSION_BUS_ADDRESS"));
            let text = shown.answer().unwrap();
            assert!(text.starts_with(&format!(":{} unix:", screen.number)), "{text}");
            let (server, runtime) = (screen.server.id(), screen.runtime.clone());
            drop(screen);
            assert!(!PathBuf::from(format!("/proc/{server}")).exists() && !runtime.exists());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use crate::{command::Cmd, error::Result};

    /// The desktop that this runs on.
    pub(crate) struct Screen;

    /// Nothing to start.
    pub(crate) fn open() -> Result<Screen> {
        Ok(Screen)
    }

    impl Screen {
        /// The command as it is.
        pub(crate) fn on(&self, command: Cmd) -> Cmd {
            command
        }
    }
}
