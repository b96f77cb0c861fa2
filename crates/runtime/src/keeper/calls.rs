//! What clients ask of the loop, and what Bosk asks of the CLI for them. A decision of the person is
//! durable before it is acted on.

use bosk_core::claude::input;
use bosk_core::journal::{Decision, Message, Note};
use bosk_core::session::{Answer, Input, PrepareStep, State, Turn};
use bosk_core::wire::{Call, Edit, Subject};
use bosk_core::{Problem, ProblemCode};
use serde_json::Value;
use tokio::sync::oneshot;

use super::actor::Actor;
use super::cli::Running;

type Reply = oneshot::Sender<Result<Value, Problem>>;

/// Who waits for the CLI's answer to a request.
pub(super) enum Pending {
    /// Nobody.
    Nobody,
    /// The greeting: the CLI is ready.
    Greeting,
    /// The session is given to a spare process, and what it was asked for with it.
    Claim {
        /// After this one it is ready.
        last: bool,
    },
    /// A client, as the answer came.
    Client(Reply),
    /// A client that takes a message back, and what to send instead.
    Cancel(String, Option<Message>, Reply),
    /// Nobody; the message is to be held.
    Back(String),
}

impl Pending {
    pub(super) fn resolve(self, actor: &mut Actor, result: Result<Value, String>) {
        match self {
            Self::Nobody => {}
            Self::Greeting => {
                if let Ok(offer) = result {
                    actor.offered(&offer);
                    actor.ready();
                }
            }
            Self::Claim { last } => actor.claimed(last, result),
            Self::Client(reply) => {
                let result = result.map_err(|error| {
                    Problem::new(ProblemCode::SessionState, format!("Claude refused: {error}"))
                });
                drop(reply.send(result));
            }
            Self::Back(uuid) => {
                let cancelled = result.is_ok_and(|answer| answer["cancelled"] == true);
                actor.given_back(uuid, cancelled);
            }
            Self::Cancel(uuid, instead, reply) => {
                let cancelled = result.is_ok_and(|answer| answer["cancelled"] == true);
                drop(reply.send(actor.cancelled(uuid, instead, cancelled)));
            }
        }
    }
}

impl Actor {
    /// Does what a client asks.
    pub(super) fn call(&mut self, call: Call, reply: Reply) {
        let done = match call {
            Call::Send(message) => self.send(message),
            Call::Remove { uuid } => return self.remove(uuid, None, reply),
            Call::Edit(Edit { replaces, message }) => {
                return self.remove(replaces, Some(message), reply);
            }
            Call::Answer { request_id, answer } => self.answer(&request_id, answer),
            Call::Interrupt { drop_queued } => self.interrupt(drop_queued),
            Call::Stop { reason } => self.decide(&Decision::Stop { reason }).map(|()| {
                self.input(Input::Stop(reason));
            }),
            Call::Kill => return drop(reply.send(self.kill())),
            Call::Pause { by } => self.pause(by),
            Call::GoOn => self.go_on(),
            Call::SetLimits { limits } => self.set_limits(limits),
            Call::Processes => return drop(reply.send(self.processes())),
            Call::SetMode { mode } => {
                let decided = self.decide(&Decision::Mode { mode });
                return self.request(decided, input::set_permission_mode(mode), reply);
            }
            Call::SetModel { model } => {
                let request = input::set_model(&model);
                let decided = self.decide(&Decision::Model { model });
                return self.request(decided, request, reply);
            }
            Call::SetEffort { effort } => {
                let decided = self.decide(&Decision::Effort { effort });
                if decided.is_ok() {
                    self.tally.set_effort(effort);
                }
                return self.request(decided, input::set_effort(effort), reply);
            }
            Call::About { subject } => return self.about(subject, reply),
            Call::StopTask { task } => {
                let decided = self.decide(&Decision::StopTask { task: task.clone() });
                return self.request(decided, input::stop_task(&task), reply);
            }
            Call::Reconnect { server } => {
                return self.request(Ok(()), input::reconnect(&server), reply);
            }
            Call::Setup { choice } => {
                let failed = matches!(
                    self.state,
                    State::Preparing { step: PrepareStep::SetupFailed { .. } }
                );
                let decided =
                    if failed { self.decide(&Decision::Setup { choice }) } else { Err(gone()) };
                decided.map(|()| self.input(Input::SetupChosen(choice)))
            }
            Call::StartRun => self.start_run(),
            Call::StopRun => {
                self.stop_run();
                Ok(())
            }
            Call::RunLog { from } => return self.run_log(from, reply),
            Call::SuggestFiles { query } => {
                return self.request(Ok(()), input::file_suggestions(&query), reply);
            }
            // Answered by the connection itself.
            Call::Hello { .. } | Call::Watch { .. } | Call::Read { .. } | Call::Stat => Ok(()),
        };
        drop(reply.send(done.map(|()| Value::Null)));
    }

    fn send(&mut self, message: Message) -> Result<(), Problem> {
        if matches!(self.state, State::Stopping { .. } | State::Ended { .. }) {
            return Err(super::ended());
        }
        self.decide(&Decision::Sent(message))?;
        self.hand_over();
        Ok(())
    }

    /// Writes the messages that wait to the CLI, once it can take them.
    pub(super) fn hand_over(&mut self) {
        if !matches!(self.state, State::Running { .. }) {
            return;
        }
        if self.waits_for_money() {
            return;
        }
        // Before the work tree is kept, as it may be writing there.
        if self.mailbox.next().is_some() {
            self.break_off_check();
        }
        if self.keeps_before_next() {
            return;
        }
        for message in self.next_messages() {
            self.send_line(input::user(&message));
            if self.state == (State::Running { turn: Turn::Idle }) {
                let Message { uuid, text, images } = message;
                self.mailbox.begin(&uuid);
                let images = u32::try_from(images.len()).unwrap_or(u32::MAX);
                self.note(&Note::Prompt { uuid, text, images });
                self.input(Input::TurnStarted);
            }
        }
        self.changed();
        self.hand_over_waiting();
    }

    /// Takes a message back, and sends another in its place where one is given.
    fn remove(&mut self, uuid: String, instead: Option<Message>, reply: Reply) {
        if !self.mailbox.has(&uuid) {
            drop(reply.send(Err(gone())));
        } else if self.running.is_some() && self.mailbox.is_handed_over(&uuid) {
            // Only the CLI knows whether it has begun with it.
            let request = input::cancel_message(&uuid);
            self.control(request, Pending::Cancel(uuid, instead, reply));
        } else {
            let done = self.cancelled(uuid, instead, true);
            drop(reply.send(done));
        }
    }

    fn cancelled(
        &mut self,
        uuid: String,
        instead: Option<Message>,
        cancelled: bool,
    ) -> Result<Value, Problem> {
        if !cancelled {
            return Err(gone());
        }
        self.decide(&Decision::Removed { uuid })?;
        if let Some(message) = instead {
            self.send(message)?;
        }
        Ok(Value::Null)
    }

    fn answer(&mut self, request_id: &str, answer: Answer) -> Result<(), Problem> {
        let found = self.asks.iter().position(|(ask, _)| ask.request_id == request_id);
        let Some(at) = found else { return Err(gone()) };
        self.decide(&Decision::Answered {
            request_id: request_id.to_owned(),
            answer: answer.clone(),
        })?;
        let (ask, tool_input) = self.asks.remove(at);
        self.send_line(input::answer(&ask, &tool_input, &answer));
        self.note(&Note::Answered {
            request_id: ask.request_id,
            tool_use_id: ask.tool_use_id,
            answer,
        });
        self.input(Input::Asks(self.asks.len()));
        Ok(())
    }

    fn interrupt(&mut self, drop_queued: bool) -> Result<(), Problem> {
        if self.checking.is_some() {
            self.decide(&Decision::Interrupted)?;
            self.break_off_check();
            return Ok(());
        }
        if !matches!(self.state, State::Running { turn: Turn::Working | Turn::Asking }) {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "No turn is running, so there is nothing to interrupt.",
            ));
        }
        self.decide(&Decision::Interrupted)?;
        if drop_queued {
            for uuid in self.mailbox.view().into_iter().map(|message| message.uuid) {
                // One that the CLI has just begun with goes with the turn.
                let (nobody, _) = oneshot::channel();
                self.remove(uuid, None, nobody);
            }
        }
        self.interrupt_turn();
        Ok(())
    }

    fn processes(&self) -> Result<Value, Problem> {
        let processes = serde_json::to_value(&self.meter.last.processes);
        processes.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
    }

    /// The CLI's own answer, or what it has told already.
    fn about(&mut self, subject: Subject, reply: Reply) {
        match input::about(subject) {
            Some(question) => self.request(Ok(()), question, reply),
            None => drop(reply.send(Ok(self.tasks.told()))),
        }
    }

    fn request(&mut self, decided: Result<(), Problem>, request: Value, reply: Reply) {
        match decided {
            Ok(()) if self.running.is_some() => self.control(request, Pending::Client(reply)),
            Ok(()) => drop(reply.send(Err(super::ended()))),
            Err(problem) => drop(reply.send(Err(problem))),
        }
    }

    /// Sends a request of Bosk's own to the CLI.
    pub(super) fn control(&mut self, request: Value, pending: Pending) {
        self.request_number += 1;
        let name = format!("bosk-{}", self.request_number);
        let line = input::request(&name, &request);
        self.requests.insert(name, pending);
        self.send_line(line);
    }

    /// Writes a line to the CLI. One that does not read any more is told by its silence or its end.
    pub(super) fn send_line(&mut self, line: Vec<u8>) {
        if let Some(running) = &self.running
            && let Err(problem) = running.send(line)
        {
            self.note(&Note::Warning { text: problem.message });
        }
    }

    /// The CLI can be talked to: it gets what waits for it.
    pub(super) fn ready(&mut self) {
        if self.ready_waits() {
            return;
        }
        self.input(Input::CliReady);
        self.hand_over();
        self.let_go();
    }

    /// The CLI was started, or could not be.
    pub(super) fn started(&mut self, started: Result<Running, Problem>) {
        match started {
            Ok(running) => {
                self.take_process(running);
                let greeting = input::initialize(self.trusted.as_deref());
                self.control(greeting, Pending::Greeting);
            }
            // There is nothing to end any more.
            Err(problem) if matches!(self.state, State::Stopping { .. }) => {
                let last_words = problem.message;
                let gone = Input::Exited { code: None, signal: None, last_words, left_behind: 0 };
                self.input(gone);
            }
            Err(problem) => self.input(Input::PrepareFailed(problem)),
        }
    }

    /// This process is the session's from now on.
    pub(super) fn take_process(&mut self, running: Running) {
        let pid = running.tree().root().pid;
        let version = self.cli.as_ref().map(|cli| cli.version.to_string());
        self.running = Some(running);
        self.last_word = tokio::time::Instant::now();
        self.patience.set(&crate::settings::peek(&self.home));
        self.note(&Note::CliStarted { pid, version: version.unwrap_or_default() });
        self.file_size = None;
        self.limit_file_size();
        self.confine();
    }
}

fn gone() -> Problem {
    Problem::new(
        ProblemCode::RequestGone,
        "This has been taken or withdrawn already, so nothing was changed.",
    )
}
