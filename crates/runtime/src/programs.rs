//! The person's own programs: their editor and the system's terminal, opened on a session's folder. Not here: the
//! file manager, which the desktop's own way of opening finds.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bosk_core::{Problem, ProblemCode};

use crate::claude::environment::clean;
use crate::process::{Environment, detach};

/// Editors with windows of their own, in the order in which they are looked for where none is set.
const EDITORS: [&str; 9] =
    ["code", "cursor", "windsurf", "zed", "zeditor", "subl", "idea", "gnome-text-editor", "kate"];

/// Terminals, and how each is told its folder: what stands before it.
#[cfg(all(unix, not(target_os = "macos")))]
const TERMINALS: [(&str, &[&str]); 8] = [
    ("x-terminal-emulator", &[]),
    ("gnome-terminal", &["--working-directory"]),
    ("konsole", &["--workdir"]),
    ("ptyxis", &["--new-window", "--working-directory"]),
    ("kitty", &["--directory"]),
    ("alacritty", &["--working-directory"]),
    ("wezterm", &["start", "--cwd"]),
    ("xterm", &[]),
];
#[cfg(target_os = "macos")]
const TERMINALS: [(&str, &[&str]); 1] = [("open", &["-a", "Terminal"])];
#[cfg(windows)]
const TERMINALS: [(&str, &[&str]); 1] = [("wt", &["-d"])];

/// A file to open, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<u32>,
}

/// Opens the folder in the person's editor, at a file if one is given. `chosen` is the program that they have set.
///
/// # Errors
/// There is no editor, or it does not start.
pub fn edit(chosen: Option<&str>, folder: &Path, spot: Option<&Spot>) -> Result<(), Problem> {
    let environment = clean(&Environment::own());
    let chosen = chosen.map(str::trim).filter(|name| !name.is_empty());
    let found = match chosen {
        Some(name) => find(&environment, name).map(|path| (name, path)),
        None => EDITORS.into_iter().find_map(|name| Some((name, find(&environment, name)?))),
    };
    let Some((name, program)) = found else {
        let text = match chosen {
            Some(name) => format!("The editor `{name}` was not found, so nothing was opened."),
            None => "No editor was found, so nothing was opened.".to_owned(),
        };
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("Name your editor's program in the settings, such as `code`."));
    };
    start(&program, &arguments(name, folder, spot), folder, &environment)
}

/// Opens the system's terminal in the folder.
///
/// # Errors
/// There is none, or it does not start.
pub fn terminal(folder: &Path) -> Result<(), Problem> {
    let environment = clean(&Environment::own());
    let known = TERMINALS.into_iter();
    let found = known.filter_map(|(name, args)| Some((find(&environment, name)?, args))).next();
    let Some((program, before)) = found else {
        let text = "No terminal was found, so none was opened.";
        return Err(Problem::new(ProblemCode::InvalidInput, text)
            .hint("Use the terminal inside Bosk instead."));
    };
    let mut args: Vec<OsString> = before.iter().map(OsString::from).collect();
    // One that takes no folder begins in the one that it is started in.
    if !args.is_empty() {
        args.push(folder.into());
    }
    start(&program, &args, folder, &environment)
}

/// How an editor is told the folder and a place in it.
fn arguments(editor: &str, folder: &Path, spot: Option<&Spot>) -> Vec<OsString> {
    let name = Path::new(editor).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut args = vec![OsString::from(folder)];
    let Some(Spot { file, line }) = spot else { return args };
    let at = |line: &u32| {
        let mut at = file.clone().into_os_string();
        at.push(format!(":{line}"));
        at
    };
    match (name.as_str(), line) {
        ("code" | "code-insiders" | "codium" | "cursor" | "windsurf", Some(line)) => {
            args.extend(["--goto".into(), at(line)]);
        }
        ("zed" | "zeditor" | "subl", Some(line)) => args.push(at(line)),
        ("idea" | "webstorm" | "pycharm" | "clion" | "rustrover" | "kate", Some(line)) => {
            args.extend(["--line".into(), line.to_string().into(), file.into()]);
        }
        // One that knows no projects gets the file alone.
        ("gnome-text-editor" | "gedit" | "notepad", _) => args = vec![file.into()],
        _ => args.push(file.into()),
    }
    args
}

fn find(environment: &Environment, name: &str) -> Option<PathBuf> {
    let path = environment.get("PATH");
    which::which_in(name, path, ".").ok().filter(|path| path.is_absolute())
}

fn start(
    program: &Path,
    args: &[OsString],
    folder: &Path,
    environment: &Environment,
) -> Result<(), Problem> {
    detach::let_go(program, args, folder, environment).map_err(|error| {
        let text = format!("{} could not be started: {error}.", program.display());
        Problem::new(ProblemCode::InvalidInput, text).hint("Try to start it by hand.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_is_told_the_line_in_its_own_way() {
        let spot = Spot { file: "/w/a file.rs".into(), line: Some(7) };
        let told = |editor| {
            let args = arguments(editor, Path::new("/w"), Some(&spot));
            args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(told("/usr/bin/code"), ["/w", "--goto", "/w/a file.rs:7"]);
        assert_eq!(told("zed"), ["/w", "/w/a file.rs:7"]);
        assert_eq!(told("idea"), ["/w", "--line", "7", "/w/a file.rs"]);
        assert_eq!(told("gnome-text-editor"), ["/w/a file.rs"]);
        assert_eq!(told("something"), ["/w", "/w/a file.rs"]);
        assert_eq!(arguments("code", Path::new("/w"), None), ["/w"]);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_chosen_editor_is_started_in_the_folder_and_a_missing_one_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let editor = folder.path().join("editor");
        let said = folder.path().join("said");
        nix::unistd::mkfifo(&said, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
        std::fs::write(&editor, "#!/bin/sh\necho \"$PWD $*\" > said\n").unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
        edit(editor.to_str(), folder.path(), None).unwrap();
        let told = tokio::task::spawn_blocking(move || std::fs::read_to_string(said));
        let folder = folder.path().to_string_lossy();
        assert_eq!(told.await.unwrap().unwrap(), format!("{folder} {folder}\n"));
        let problem = edit(Some("no-such-editor"), Path::new("."), None).unwrap_err();
        assert!(problem.message.contains("no-such-editor"));
    }
}
