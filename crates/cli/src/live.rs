//! A session while it is watched in a terminal: what it says, what it asks, and what Ctrl-C does.
//! Not here: what is printed for an entry ([`crate::print`]) or said as JSON ([`crate::told`]).

use std::collections::HashSet;
use std::sync::Arc;

use bosk_core::session::{Ask, Outcome, PrepareStep, State, StopReason, Turn};
use bosk_core::transcript::EntryBody;
use bosk_core::transcript::fold::Change;
use bosk_core::wire::{Call, Status};
use bosk_core::{Problem, SessionId};
use bosk_runtime::client::Connection;
use bosk_runtime::home::Home;
use tokio::sync::mpsc;

use crate::ask::{self, Interview, Next, describe};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::follow::{Following, Heard};
use crate::print::Printer;
use crate::screen::{self, AMBER, DIM, paint};
use crate::told::Told;
use crate::typed::Typed;

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

/// How the session stands as far as the exit code is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct LastTurn {
    over: bool,
    failed: bool,
    interrupted: bool,
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
    typed: Option<Typed>,
    presses: u8,
    turn: LastTurn,
    outcome: Option<Outcome>,
}

/// Watches until the session has ended, or the person leaves it.
pub(crate) async fn watch(
    home: &Home,
    id: &SessionId,
    watching: Watching,
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
        typed: None,
        presses: 0,
        turn: LastTurn::default(),
        outcome: None,
    };
    let mut pressed = presses();
    loop {
        let keeper = following.connection.clone();
        tokio::select! {
            heard = following.next() => match heard? {
                Some(heard) => live.hear(heard, keeper.as_ref()).await?,
                None => return live.end().await,
            },
            line = typed_line(&mut live.typed), if live.is_asking() => {
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

async fn typed_line(typed: &mut Option<Typed>) -> Option<String> {
    typed.get_or_insert_with(Typed::start).line().await
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
            self.note(change);
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
        if self.watching.finish && self.turn.over {
            self.finish_if_idle(keeper).await?;
        }
        Ok(())
    }

    /// Remembers what the exit code depends on.
    fn note(&mut self, change: &Change) {
        let Change::Push(entry) = change else { return };
        match &entry.body {
            EntryBody::TurnEnd { is_error, subtype, .. } => {
                let interrupted = subtype == "interrupted";
                self.turn = LastTurn { over: true, failed: *is_error && !interrupted, interrupted };
            }
            EntryBody::Prompt { .. } => self.turn = LastTurn::default(),
            EntryBody::Ended { outcome, .. } => self.outcome = Some(outcome.clone()),
            EntryBody::Resumed => self.outcome = None,
            // It has run once more; the state alone does not tell a second failure from the first.
            EntryBody::Setup { exit: Some(_), .. } => self.setup_told = false,
            _ => {}
        }
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

    fn can_ask(&self) -> bool {
        self.watching.steers && !self.watching.json && screen::is_interactive()
    }

    fn is_asking(&self) -> bool {
        self.interview.is_some() || self.choosing_setup
    }

    fn offer(&mut self, ask: Ask) -> Result<(), Failure> {
        if self.is_asking() || self.asked.contains(&ask.request_id) {
            return Ok(());
        }
        self.asked.insert(ask.request_id.clone());
        if self.can_ask() {
            let (interview, text) = Interview::begin(ask, &self.printer.folder);
            self.interview = Some(interview);
            return self.say(&text);
        }
        let text = describe::ask(&ask, &self.printer.folder)
            + &describe::details(&ask)
            + &describe::how_to_answer(&ask, self.id.short());
        self.say(&text)
    }

    fn offer_setup(&mut self, state: &State) -> Result<(), Failure> {
        let State::Preparing { step: PrepareStep::SetupFailed { problem } } = state else {
            (self.choosing_setup, self.setup_told) = (false, false);
            return Ok(());
        };
        if std::mem::replace(&mut self.setup_told, true) {
            return Ok(());
        }
        if self.can_ask() {
            self.choosing_setup = true;
            return self.say(&ask::about_setup(&problem.message));
        }
        let id = self.id.short();
        self.say(&format!(
            "\n{} {}\n  Choose with `bosk setup {id} retry`, `bosk setup {id} go-on` or `bosk setup {id} drop`.\n",
            paint(AMBER, "◆"),
            one_line(&problem.message, 2000)
        ))
    }

    async fn typed_line(
        &mut self,
        line: Option<String>,
        keeper: Option<&Arc<Connection>>,
    ) -> Result<(), Failure> {
        let Some(line) = line else {
            let id = self.id.short();
            (self.interview, self.choosing_setup) = (None, false);
            return self.say(&format!(
                "\nNothing more can be typed here. `bosk show {id}` says what waits.\n"
            ));
        };
        let call = if let Some(interview) = &mut self.interview {
            match interview.line(&line) {
                Next::Say(text) => return self.say(&text),
                Next::Answer(answer) => {
                    let request_id = interview.ask.request_id.clone();
                    self.interview = None;
                    Call::Answer { request_id, answer }
                }
            }
        } else {
            let Some(choice) = ask::setup_choice(&line) else {
                return self.say("Type r, g or d: ");
            };
            self.choosing_setup = false;
            Call::Setup { choice }
        };
        self.call(keeper, call).await?;
        // Another may have come meanwhile.
        let next = self.status.as_ref().and_then(|status| {
            status.asks.iter().find(|ask| !self.asked.contains(&ask.request_id)).cloned()
        });
        next.map_or(Ok(()), |ask| self.offer(ask))
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
        if self.presses == 1 && !running {
            self.presses = 2;
        }
        match self.presses {
            1 => {
                self.interview = None;
                self.say("\nInterrupting the turn. Ctrl-C again stops the session.\n")?;
                self.turn.interrupted = true;
                self.call(keeper, Call::Interrupt).await?;
            }
            2 => {
                (self.interview, self.choosing_setup) = (None, false);
                self.say("\nStopping the session. Ctrl-C again leaves it to itself.\n")?;
                self.turn.interrupted = true;
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
        if idle && status.queue.is_empty() {
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
        let exit = match &self.outcome {
            Some(Outcome::NotStarted { problem }) => {
                self.say(
                    &problem
                        .hint
                        .as_ref()
                        .map_or_else(String::new, |hint| format!("  {}\n", one_line(hint, 1000))),
                )?;
                Exit::Refused
            }
            Some(Outcome::Finished | Outcome::Stopped { reason: StopReason::Finished }) => {
                match self.turn {
                    LastTurn { interrupted: true, .. } => Exit::Stopped,
                    LastTurn { failed: true, .. } => Exit::Failed,
                    _ => Exit::Done,
                }
            }
            Some(Outcome::Stopped { .. }) => Exit::Stopped,
            _ => Exit::Failed,
        };
        Ok(exit)
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
