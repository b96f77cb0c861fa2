//! Following a session: its transcript from an offset to its end, and what its keeper says meanwhile.
//! Not here: how any of it is shown.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use bosk_core::lines::Lines;
use bosk_core::transcript::fold::{Change, LONGEST_LINE};
use bosk_core::transcript::{Fold, Partial};
use bosk_core::wire::{Call, LONGEST_READ, Status};
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::client::ended::ended;
use bosk_runtime::client::{Connection, News};
use bosk_runtime::home::Home;
use bosk_runtime::journal::JOURNAL;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What was heard at once. Its parts are to be taken in the order of the fields.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Changes of the transcript.
    pub(crate) changes: Vec<Change>,
    /// Streamed blocks that are over.
    pub(crate) done: Vec<u64>,
    /// Streamed text.
    pub(crate) partials: Vec<Partial>,
    /// The session, if it has changed.
    pub(crate) status: Option<Box<Status>>,
}

/// A session that is being followed. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct Following {
    /// The keeper, while there is one.
    pub(crate) connection: Option<Arc<Connection>>,
    heard: mpsc::Receiver<Result<Heard, Problem>>,
    task: JoinHandle<()>,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Following {
    /// Follows from `from`, an offset at which a record begins: what lies before is not told.
    pub(crate) async fn start(home: &Home, id: &SessionId, from: u64) -> Self {
        // Nobody listens where the session has ended: then its journal tells it all.
        let connection = Connection::open(home, id).await.ok().map(Arc::new);
        let (to, heard) = mpsc::channel(1);
        let (home, id, keeper) = (home.clone(), id.clone(), connection.clone());
        let task = tokio::spawn(async move {
            let mut book = Book::new(from, to);
            if let Err(problem) = book.tell(&home, &id, keeper).await {
                let _ = book.to.send(Err(problem)).await;
            }
        });
        Self { connection, heard, task }
    }

    /// Waits for something new; `None` once the session has ended and everything is told.
    pub(crate) async fn next(&mut self) -> Result<Option<Heard>, Problem> {
        self.heard.recv().await.transpose()
    }
}

/// Where the reading of a journal stands.
struct Book {
    lines: Lines,
    fold: Fold,
    at: u64,
    from: u64,
    to: mpsc::Sender<Result<Heard, Problem>>,
}

impl Book {
    fn new(from: u64, to: mpsc::Sender<Result<Heard, Problem>>) -> Self {
        Self { lines: Lines::new(LONGEST_LINE), fold: Fold::default(), at: 0, from, to }
    }

    async fn tell(
        &mut self,
        home: &Home,
        id: &SessionId,
        keeper: Option<Arc<Connection>>,
    ) -> Result<(), Problem> {
        if let Some(keeper) = keeper {
            match self.listen(&keeper).await {
                // It went away in the middle of an answer: the file has the rest.
                Err(problem) if problem.code != ProblemCode::KeeperUnreachable => {
                    return Err(problem);
                }
                _ => {}
            }
        }
        ended(home, id).await?;
        self.read_file(home, id).await
    }

    /// Tells what the keeper says until it is gone.
    async fn listen(&mut self, keeper: &Connection) -> Result<(), Problem> {
        keeper.call(Call::Watch { partials: true, usage: false }).await?;
        while let Some(news) = keeper.news().await {
            let mut heard = Heard::default();
            let (mut next, mut looks) = (Some(news), 0);
            // An entry may have overtaken the word that its streamed block is over; the answers to
            // the reads come after that word, so another look has it. Bounded: news may never end.
            while let Some(news) = next.take() {
                let end = news.end;
                merge(&mut heard, news);
                if let Some(end) = end {
                    self.read(keeper, end, &mut heard).await?;
                }
                looks += 1;
                if looks < 4 {
                    next = tokio::select! {
                        biased;
                        more = keeper.news() => more,
                        () = std::future::ready(()) => None,
                    };
                }
            }
            if self.to.send(Ok(heard)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn read(
        &mut self,
        keeper: &Connection,
        end: u64,
        heard: &mut Heard,
    ) -> Result<(), Problem> {
        while self.at < end {
            let (_, bytes) = keeper.read(self.at, LONGEST_READ).await?;
            if bytes.is_empty() {
                return Ok(());
            }
            self.take(&bytes, &mut heard.changes);
            // A long past is told in pieces, so that it is never held whole.
            if self.at < end && !heard.changes.is_empty() {
                let changes = std::mem::take(&mut heard.changes);
                let _ = self.to.send(Ok(Heard { changes, ..Heard::default() })).await;
            }
        }
        Ok(())
    }

    async fn read_file(&mut self, home: &Home, id: &SessionId) -> Result<(), Problem> {
        let damaged = |error: std::io::Error| {
            let message = format!("The session's journal cannot be read: {error}.");
            Problem::new(ProblemCode::FileDamaged, message)
        };
        let mut file = match File::open(home.session(id).join(JOURNAL)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(damaged(error)),
        };
        file.seek(SeekFrom::Start(self.at)).map_err(damaged)?;
        let mut piece = vec![0; 256 << 10];
        loop {
            let read = file.read(&mut piece).map_err(damaged)?;
            if read == 0 {
                return Ok(());
            }
            let mut heard = Heard::default();
            self.take(&piece[..read], &mut heard.changes);
            if self.to.send(Ok(heard)).await.is_err() {
                return Ok(());
            }
        }
    }

    fn take(&mut self, bytes: &[u8], changes: &mut Vec<Change>) {
        // `from` is an end that was once published, so no line lies across it.
        let before = self.from.saturating_sub(self.at).min(bytes.len() as u64) as usize;
        let (silent, told) = bytes.split_at(before);
        self.at += bytes.len() as u64;
        let Self { lines, fold, .. } = self;
        lines.feed(silent, |line| drop(fold.apply(line)));
        lines.feed(told, |line| changes.extend(fold.apply(line)));
    }
}

fn merge(heard: &mut Heard, news: News) {
    heard.partials.extend(news.partials);
    heard.partials.retain(|partial| !news.done.contains(&partial.block));
    heard.done.extend(news.done);
    heard.status = news.status.or(heard.status.take());
}
