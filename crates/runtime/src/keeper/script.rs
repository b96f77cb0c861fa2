//! A script of the repository's or the person's, run in the session's folder and in its keeper's own tree: its
//! words as they come, and its end. Not here: what it is for, and what follows (the set-up, the check).

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::process::{self, Environment};
use crate::project::Run;
use crate::session_record::SessionRecord;

/// How long the pipes of a script that has ended are read when something that it left running holds
/// them. What the script itself has written is there to be read at once.
const DRAIN: Duration = Duration::from_millis(250);

/// What everything that comes of a script carries in its environment, besides the session's cookie.
const MARK: &str = "BOSK_SCRIPT";

/// What a running script says.
#[derive(Debug)]
pub(super) enum Said {
    Output(String),
    /// It is over: how, or that it was lost; none where it took too long and was ended.
    Ended(Option<io::Result<ExitStatus>>),
}

/// A script that runs.
#[derive(Debug)]
pub(super) struct Script {
    tree: process::Tree,
    said: mpsc::Receiver<Said>,
    mark: String,
    task: JoinHandle<()>,
}

impl Script {
    /// Starts it. `number` is one that no other script of this keeper's has.
    pub(super) fn start(
        run: &Run,
        folder: &Path,
        mut env: Environment,
        record: &SessionRecord,
        file_size: Option<u64>,
        (limit, number): (Duration, u64),
    ) -> io::Result<Self> {
        let (program, args) = command(run);
        let mark = format!("{}-{number}", record.id.short());
        env.set(MARK, &mark);
        let cookie = record.id.clone();
        let child = process::spawn(&process::Spec {
            program,
            args,
            cwd: folder.to_owned(),
            env,
            file_size,
            cookie,
        })?;
        let tree = child.tree().clone();
        let (to, said) = mpsc::channel(16);
        let mark = format!("{MARK}={mark}");
        let task = tokio::task::spawn_local(follow(child, limit, mark.clone(), to));
        Ok(Self { tree, said, mark, task })
    }

    pub(super) const fn tree(&self) -> &process::Tree {
        &self.tree
    }

    /// Ends it and whatever came of it, and nothing else of the session's. That it has ended is still to be said.
    pub(super) fn kill(&self, limit: Duration) -> process::Killed {
        self.tree.kill_marked(&self.mark, limit)
    }

    /// Asks it and whatever came of it to end, and ends what is left of it after a while. That it has ended is still
    /// to be said.
    pub(super) fn end_soon(&self, grace: Duration, limit: Duration) {
        let (tree, mark) = (self.tree.clone(), self.mark.clone());
        tree.terminate_marked(&mark);
        tokio::task::spawn_local(async move {
            tokio::time::sleep(grace).await;
            let killed = tree.kill_marked(&mark, limit);
            tracing::debug!(?killed, "after being asked");
        });
    }

    /// The same, where nobody wants to hear of it any more.
    pub(super) fn end(self, limit: Duration) -> process::Killed {
        self.task.abort();
        self.kill(limit)
    }

    /// What it says next.
    pub(super) async fn next(script: &mut Option<Self>) -> Option<Said> {
        match script {
            Some(script) => script.said.recv().await,
            None => std::future::pending().await,
        }
    }
}

async fn follow(mut child: process::Child, limit: Duration, mark: String, to: mpsc::Sender<Said>) {
    drop(child.stdin.take());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let words = async {
        tokio::join!(pass_on(out, &to), pass_on(err, &to));
    };
    tokio::pin!(words);
    let mut all_said = false;
    let ended = tokio::time::timeout(limit, async {
        loop {
            tokio::select! {
                status = child.wait() => return status,
                () = &mut words, if !all_said => all_said = true,
            }
        }
    })
    .await;
    if ended.is_err() {
        let _ = child.tree().kill_marked(&mark, Duration::from_secs(2));
    }
    // The end of the script counts, not that of its pipes: what it left running may hold them.
    if !all_said {
        let _ = tokio::time::timeout(DRAIN, &mut words).await;
    }
    let _ = to.send(Said::Ended(ended.ok())).await;
}

/// A script runs in the platform's shell as it stands; nothing is put into it.
pub(crate) fn command(run: &Run) -> (PathBuf, Vec<OsString>) {
    match run {
        Run::Script(script) if cfg!(windows) => {
            let args = ["-NoProfile", "-NonInteractive", "-Command", script];
            ("powershell.exe".into(), args.map(OsString::from).to_vec())
        }
        Run::Script(script) => ("/bin/sh".into(), vec!["-c".into(), script.into()]),
        Run::Program(words) => {
            let mut words = words.iter();
            let program = words.next().map(PathBuf::from).unwrap_or_default();
            (program, words.map(OsString::from).collect())
        }
    }
}

async fn pass_on(from: Option<impl tokio::io::AsyncRead + Unpin>, to: &mpsc::Sender<Said>) {
    let Some(mut from) = from else { return };
    let mut piece = vec![0; 8 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        let text = String::from_utf8_lossy(&piece[..read]).into_owned();
        if to.send(Said::Output(text)).await.is_err() {
            return;
        }
    }
}
