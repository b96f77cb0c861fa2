//! A session while it is watched in a terminal: what it says, what it asks, and what Ctrl-C does.
//! Not here: what is printed for an entry ([`crate::print`]) or said as JSON ([`crate::told`]).

mod asking;
mod verdict;

use std::collections::HashSet;
use std::sync::Arc;

use bosk_core::session::{Outcome, PrepareStep, State, StopReason, Turn};
use bosk_core::transcript::fold::Change;
use bosk_core::transcript::{Entry, EntryBody};
use bosk_core::wire::{Call, Status};
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::Connection;
use bosk_runtime::home::Home;
use tokio::sync::mpsc;

use crate::ask::Interview;
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::follow::{Following, Heard};
use crate::print::Printer;
use crate::screen::{self, AMBER, DIM, paint};
use crate::told::Told;
use crate::typed::Typed;
use verdict::Verdict;

/// How a session is watched.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watching {
    /// JSON lines instead of text.
    pub(crate) json: bool,
    /// Whether the session is finished when its turn is over.
    pub(crate) finish: bool,
    /// From which offset of the journal.
    pub(crate) from: u64,
    /// Whether Ctrl-C steers the session, or only ends the watching.
    pub(crate) steers: bool,
}

struct Live<'a> {
    home: &'a Home,
    id: &'a SessionId,
    watching: Watching,
    printer: Printer,
    told: Told,
    status: Option<Status>,
    asked: HashSet<String>,
    interview: Option<Interview>,
    choosing_setup: bool,
    setup_told: bool,
    typed: Typed,
    presses: u8,
    verdict: Verdict,
}

/// Watches until the session has ended, or the person leaves it.
pub(crate) async fn watch(
    home: &Home,
    id: &SessionId,
    watching: Watching,
    typed: Typed,
) -> Result<Exit, Failure> {
    let mut following = Following::start(home, id, watching.from).await;
    let mut live = Live {
        home,
        id,
        watching,
        printer: Printer::default(),
        told: Told::default(),
        status: None,
        asked: HashSet::new(),
        interview: None,
        choosing_setup: false,
        setup_told: false,
        typed,
        presses: 0,
        verdict: Verdict::default(),
    };
    let mut pressed = presses();
    loop {
        let keeper = following.connection.clone();
        tokio::select! {
            heard = following.next() => match heard? {
                Some(heard) => live.hear(heard, keeper.as_ref()).await?,
                None => return live.end().await,
            },
            line = live.typed.line(), if live.is_asking() => {
                live.typed_line(line, keeper.as_ref()).await?;
            }
            Some(()) = pressed.recv() => {
                if !live.press(keeper.as_ref()).await? {
                    return Ok(Exit::Stopped);
                }
            }
        }
    }
}

/// Each Ctrl-C. A task of its own waits for them, so that none is missed while something is done.
fn presses() -> mpsc::UnboundedReceiver<()> {
    let (to, from) = mpsc::unbounded_channel();
    tokio::spawn(
        async move { while tokio::signal::ctrl_c().await.is_ok() && to.send(()).is_ok() {} },
    );
    from
}

impl Live<'_> {
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        if self.watching.json {
            screen::note(text.trim_matches('\n'));
            return Ok(());
        }
        let mut out = String::new();
        self.printer.close(&mut out);
        screen::print(&(out + text))
    }

    async fn hear(
        &mut self,
        heard: Heard,
        keeper: Option<&Arc<Connection>>,
    ) -> Result<(), Failure> {
        let mut out = String::new();
        for change in &heard.changes {
            self.verdict.note(change);
            // It has run once more; the state alone does not tell a second failure from the first.
            if let Change::Push(Entry { body: EntryBody::Setup { exit: Some(_), .. }, .. }) = change
            {
                self.setup_told = false;
            }
            if self.watching.json {
                self.told.change(change)?;
            } else {
                out.push_str(&self.printer.change(change));
            }
        }
        self.printer.done(&heard.done);
        if !self.watching.json {
            out.push_str(&self.printer.partials(&heard.partials));
        }
        if !out.is_empty() {
            screen::print(&out)?;
        }
        if let Some(status) = heard.status {
            self.see(*status)?;
        }
        if self.watching.finish && self.verdict.turn_is_over() {
            self.finish_if_idle(keeper).await?;
        }
        Ok(())
    }

    fn see(&mut self, status: Status) -> Result<(), Failure> {
        if self.watching.json {
            self.told.status(&status)?;
        }
        self.printer.folder.clone_from(&status.summary.folder);
        let problem = status.summary.problem.as_ref();
        let known = self.status.as_ref().and_then(|status| status.summary.problem.as_ref());
        // What ends a turn is told with the turn; this is what goes on, such as a silence.
        if problem.is_some() && problem != known && is_going_on(&status.summary.state) {
            let text = problem.map(described).unwrap_or_default();
            self.say(&text)?;
        }
        if let Some(interview) = &self.interview
            && !status.asks.iter().any(|ask| ask.request_id == interview.ask.request_id)
        {
            self.interview = None;
            self.say(&format!("\n{}\n", paint(DIM, "That was answered or withdrawn meanwhile.")))?;
        }
        let asks = status.asks.clone();
        let state = status.summary.state.clone();
        self.status = Some(status);
        self.offer_setup(&state)?;
        for ask in asks {
            self.offer(ask)?;
        }
        Ok(())
    }

    /// Calls the keeper; a problem is said, and changes nothing else.
    async fn call(
        &mut self,
        keeper: Option<&Arc<Connection>>,
        call: Call,
    ) -> Result<bool, Failure> {
        let Some(keeper) = keeper else { return Ok(false) };
        match keeper.call(call).await {
            Ok(_) => Ok(true),
            Err(problem) => self.say(&described(&problem)).map(|()| false),
        }
    }

    /// Ctrl-C: the turn, then the session, then only the watching. Whether to go on watching.
    async fn press(&mut self, keeper: Option<&Arc<Connection>>) -> Result<bool, Failure> {
        if !self.watching.steers {
            return Ok(false);
        }
        self.presses = self.presses.saturating_add(1);
        let running = self.status.as_ref().is_some_and(|status| {
            matches!(status.summary.state, State::Running { turn: Turn::Working | Turn::Asking })
        });
        let checking = self.status.as_ref().is_some_and(|one| one.summary.is_checking());
        if self.presses == 1 && !running && !checking {
            self.presses = 2;
        }
        match self.presses {
            1 => {
                self.interview = None;
                self.say("\nInterrupting the turn. Ctrl-C again stops the session.\n")?;
                self.call(keeper, Call::Interrupt { drop_queued: false }).await?;
            }
            2 => {
                (self.interview, self.choosing_setup) = (None, false);
                self.say("\nStopping the session. Ctrl-C again leaves it to itself.\n")?;
                self.call(keeper, Call::Stop { reason: StopReason::Person }).await?;
            }
            _ => {
                let id = self.id.short();
                self.say(&format!(
                    "\nLeft to itself. `bosk logs {id} --follow` shows it again.\n"
                ))?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finishes the session once its turn is over and nobody has sent anything more.
    async fn finish_if_idle(&mut self, keeper: Option<&Arc<Connection>>) -> Result<(), Failure> {
        let Some(keeper) = keeper else { return Ok(()) };
        let Ok(status) = keeper.status().await else { return Ok(()) };
        let idle = status.summary.state == (State::Running { turn: Turn::Idle });
        if idle && status.queue.is_empty() && !status.summary.is_checking() {
            self.watching.finish = false;
            self.call(Some(keeper), Call::Stop { reason: StopReason::Finished }).await?;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<Exit, Failure> {
        let index = bosk_runtime::catalog::Index::open(self.home);
        let summary = bosk_runtime::catalog::summary(self.home, &index, self.id).await?;
        if self.watching.json {
            self.told.summary(&summary)?;
        }
        if let Some(Outcome::NotStarted { problem: Problem { hint: Some(hint), .. } }) =
            self.verdict.outcome.clone()
        {
            self.say(&format!("  {}\n", one_line(&hint, 1000)))?;
        }
        Ok(self.verdict.exit())
    }
}

fn is_going_on(state: &State) -> bool {
    matches!(
        state,
        State::Preparing { step: PrepareStep::Starting }
            | State::Running { turn: Turn::Working | Turn::Asking }
    )
}

/// A problem on two lines.
pub(crate) fn described(problem: &Problem) -> String {
    let hint = problem
        .hint
        .as_ref()
        .map_or_else(String::new, |hint| format!("  {}\n", one_line(hint, 2000)));
    format!("\n{} {}\n{hint}", paint(AMBER, "◆"), one_line(&problem.message, 4000))
}
