#![cfg(unix)]

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::process::{ProcessIdentity, look_up};

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    folder: tempfile::TempDir,
    terminals: Terminals,
    session: SessionId,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("home")).unwrap();
        let session = SessionId::parse("00000000-0000-4000-8000-00000000000a").unwrap();
        Self { terminals: Terminals::new(&home), folder, session }
    }

    fn environment(&self) -> Environment {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let home = self.folder.path().into();
        let pairs =
            [("PATH", path), ("HOME", home), ("SHELL", "/bin/sh".into()), ("PS1", "".into())];
        let own: Environment = pairs.into_iter().collect();
        environment::beside(&own, Path::new("/shop"), self.folder.path(), Some(20_010))
    }

    fn open(&self) -> u32 {
        let environment = self.environment();
        let opened = self.terminals.open(&self.session, self.folder.path(), &environment, (80, 24));
        opened.unwrap().id
    }

    fn listen(&self, id: u32) -> Heard {
        let (to, said) = channel();
        self.terminals.listen(id, Box::new(move |one| to.send(one).is_ok())).unwrap();
        Heard { said, text: String::new() }
    }
}

struct Heard {
    said: Receiver<TerminalSaid>,
    text: String,
}

impl Heard {
    fn until(&mut self, wanted: &str) {
        while !self.text.contains(wanted) {
            match self.said.recv_timeout(PATIENCE) {
                Ok(TerminalSaid::Output { data }) => {
                    let bytes = STANDARD.decode(data).unwrap();
                    self.text.push_str(&String::from_utf8_lossy(&bytes));
                }
                other => panic!("never said {wanted:?} but {:?}, then {other:?}", self.text),
            }
        }
    }

    fn end(&mut self) -> Option<i32> {
        loop {
            match self.said.recv_timeout(PATIENCE) {
                Ok(TerminalSaid::Output { .. }) => {}
                Ok(TerminalSaid::Ended { code }) => return code,
                other => panic!("it never ended, but {other:?}"),
            }
        }
    }

    /// The number after `name=`, once a line with it is whole.
    fn number(&mut self, name: &str) -> u32 {
        loop {
            let found = self.text.lines().find_map(|line| line.strip_prefix(name));
            if let Some(found) = found.filter(|_| self.text.ends_with('\n')) {
                return found.trim().parse().unwrap();
            }
            self.until("\n");
            let all = std::mem::take(&mut self.text);
            self.until("\n");
            self.text = all + &self.text;
        }
    }
}

fn identity(pid: u32) -> ProcessIdentity {
    look_up(pid).unwrap().identity()
}

#[test]
fn a_shell_in_the_folder_that_is_typed_to_and_ends() {
    let stage = Stage::new();
    let id = stage.open();
    let mut heard = stage.listen(id);
    // It is told the session's ports and places, as the session's scripts are.
    stage.terminals.write(id, "echo \"$BOSK_PORT+$BOSK_PORTS $BOSK_REPOSITORY\"\n").unwrap();
    heard.until("20010+10 /shop");
    stage.terminals.write(id, "pwd; stty size; echo \"$TERM\"\n").unwrap();
    heard.until("xterm-256color");
    assert!(heard.text.contains("24 80"), "{}", heard.text);
    let folder = stage.folder.path().canonicalize().unwrap();
    assert!(heard.text.contains(folder.to_str().unwrap()), "{}", heard.text);
    stage.terminals.resize(id, (120, 40)).unwrap();
    stage.terminals.write(id, "stty size\n").unwrap();
    heard.until("40 120");
    assert_eq!(stage.terminals.of(&stage.session).len(), 1);
    stage.terminals.write(id, "exit 7\n").unwrap();
    assert_eq!(heard.end(), Some(7));
    assert!(!stage.terminals.of(&stage.session)[0].alive);
    assert!(stage.terminals.write(id, "more\n").is_err());
    stage.terminals.close(id).unwrap();
    assert!(stage.terminals.of(&stage.session).is_empty());
    assert!(stage.terminals.listen(id, Box::new(|_| true)).is_err());
}

#[test]
fn whoever_listens_later_gets_what_was_said_before() {
    let stage = Stage::new();
    let id = stage.open();
    let mut first = stage.listen(id);
    stage.terminals.write(id, "echo said be''fore\n").unwrap();
    first.until("said before");
    let mut second = stage.listen(id);
    second.until("said before");
    // The first is told, and then nothing more.
    let last = first.said.iter().last();
    assert_eq!(last, Some(TerminalSaid::Taken), "and its channel is gone with it");
    stage.terminals.write(id, "echo said af''ter\n").unwrap();
    second.until("said after");
}

#[test]
fn closing_ends_everything_that_was_started_in_it() {
    let stage = Stage::new();
    let id = stage.open();
    let mut heard = stage.listen(id);
    let script = "(trap '' HUP; setsid sh -c 'trap \"\" HUP TERM; echo own=$$; sleep 600' &) ; sleep 600 & echo job=$!\n";
    stage.terminals.write(id, script).unwrap();
    heard.until("job=");
    heard.until("own=");
    stage.terminals.write(id, "echo en''d\n").unwrap();
    heard.until("end");
    let (own, job) = (identity(heard.number("own=")), identity(heard.number("job=")));
    stage.terminals.close(id).unwrap();
    assert!(!own.is_alive() && !job.is_alive());
    let notes = std::fs::read_dir(stage.terminals.home.terminals()).unwrap();
    assert_eq!(notes.count(), 0);
}

#[test]
fn those_in_a_folder_that_goes_are_ended() {
    let stage = Stage::new();
    let (here, session) = (stage.open(), stage.session.clone());
    let mut heard = stage.listen(here);
    stage.terminals.close_in(&stage.folder.path().join("elsewhere"));
    assert_eq!(stage.terminals.of(&session).len(), 1);
    stage.terminals.close_in(stage.folder.path());
    heard.end();
    assert!(stage.terminals.of(&session).is_empty());
}

#[test]
fn what_a_killed_app_left_is_ended_by_the_next_one() {
    let stage = Stage::new();
    let cookie = crate::client::launch::new_id().unwrap();
    left::note(&stage.terminals.home, &cookie).unwrap();
    let mut child = std::process::Command::new("sleep")
        .arg("600")
        .env(crate::process::COOKIE, cookie.as_str())
        .spawn()
        .unwrap();
    // Killed, and by nobody else.
    stage.terminals.end_left();
    let status = child.wait().unwrap();
    assert!(!status.success());
    let notes = std::fs::read_dir(stage.terminals.home.terminals()).unwrap();
    assert_eq!(notes.count(), 0);
}

#[test]
fn a_flood_is_held_back_and_can_still_be_ended() {
    let stage = Stage::new();
    let id = stage.open();
    let heard = stage.listen(id);
    stage.terminals.write(id, "yes\n").unwrap();
    let mut got = 0;
    while got < flow::AHEAD {
        match heard.said.recv_timeout(PATIENCE).unwrap() {
            TerminalSaid::Output { data } => got += STANDARD.decode(data).unwrap().len(),
            other => panic!("it goes on, and said {other:?}"),
        }
    }
    assert!(got <= flow::AHEAD + (64 << 10), "{got}");
    // Ctrl+C ends what runs, and the shell goes on.
    stage.terminals.write(id, "\u{3}echo still ''here\n").unwrap();
    let mut text = String::new();
    while !text.contains("still here") {
        let said = heard.said.recv_timeout(Duration::from_millis(100));
        stage.terminals.shown(id, 1 << 20).unwrap();
        if let Ok(TerminalSaid::Output { data }) = said {
            text = String::from_utf8_lossy(&STANDARD.decode(data).unwrap()).into_owned();
        }
    }
}
