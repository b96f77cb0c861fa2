//! The keeper's loop: it waits for whatever happens, feeds it to the state machine, and performs
//! what that asks for. Everything else in this folder is called from here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use bosk_core::claude::tasks::Tasks;
use bosk_core::journal::{Decision, Kind, Note, Place, Point};
use bosk_core::limits::{Limits, Watchdog};
use bosk_core::session::{Ask, Effect, Input, Mailbox, State, StopReason, Tally, Turn};
use bosk_core::wire::{Killed, Status};
use bosk_core::{Problem, ProblemCode};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::cli::{Running, Said};
use super::partials::Partials;
use super::prepare::Prepared;
use super::script::Script;
use super::shared::{Asked, Facts, Shared};
use super::{Overrides, Patience, disk, replay, signals};
use crate::awaited::one_of;
use crate::home::{self, Home};
use crate::journal::{DECISIONS, JOURNAL, Writer};
use crate::ports::Held;
use crate::project::Timed;
use crate::session_record::SessionRecord;
use crate::{claude, process};

/// How long ending a tree may take.
pub(super) const KILL_LIMIT: Duration = Duration::from_secs(5);

/// What preparing came to.
pub(super) type Readied = (Result<Prepared, Problem>, Result<claude::Cli, Problem>);

/// A process that was started before its session was known, and the ports that it was told of.
pub(super) type Spare = (Option<Running>, Option<Held>);

/// What starting the CLI came to.
type Started = Result<Running, Problem>;

/// Everything that one keeper knows.
pub(super) struct Actor {
    pub(super) home: Home,
    pub(super) record: SessionRecord,
    pub(super) overrides: Overrides,
    pub(super) state: State,
    pub(super) journal: Writer,
    pub(super) decisions: Writer,
    pub(super) mailbox: Mailbox,
    pub(super) tally: Tally,
    pub(super) asks: Vec<(Ask, Value)>,
    pub(super) place: Option<Place>,
    pub(super) conversation: bool,
    /// The conversation, and where it goes on if that is not its end.
    pub(super) point: Point,
    pub(super) checkpoints: super::checkpoint::Checkpoints,
    pub(super) money: super::money::Money,
    /// The CLI has said that it does not have it: there is no second new beginning.
    pub(super) begun_anew: bool,
    /// The set-up script has run to its end, or the person has gone on without it.
    pub(super) set_up: bool,
    pub(super) cli: Option<claude::Cli>,
    pub(super) running: Option<Running>,
    /// A process that was started before this session was known.
    pub(super) spare: Option<Running>,
    /// While that is asked to become this session's: how long it has.
    pub(super) claim_until: Option<Instant>,
    /// The main work tree of a repository whose settings the person has agreed to.
    pub(super) trusted: Option<String>,
    pub(super) setup: Option<Timed>,
    /// The set-up script, or the check.
    pub(super) script: Option<Script>,
    pub(super) checking: Option<super::check::Checking>,
    pub(super) beside: super::beside::Beside,
    pub(super) ports: Option<Held>,
    pub(super) output: super::output::Output,
    pub(super) requests: HashMap<String, super::calls::Pending>,
    pub(super) request_number: u64,
    pub(super) left_behind: Vec<String>,
    pub(super) limits: Limits,
    pub(super) watchdog: Watchdog,
    /// How long the running turn has waited for the person, and since when it does: milliseconds.
    pub(super) waited_before: u64,
    pub(super) waits_since: Option<u64>,
    pub(super) throttle: super::throttle::Throttle,
    pub(super) confinement: super::confine::Confinement,
    /// The limit of the size of files as it was set last.
    pub(super) file_size: Option<u64>,
    /// What the last forced end came to.
    pub(super) killed: Killed,
    pub(super) meter: super::meter::Meter,
    /// The folder is being made ready at this moment.
    pub(super) preparing: bool,
    pub(super) prepared: (mpsc::Sender<Readied>, mpsc::Receiver<Readied>),
    pub(super) started: (mpsc::Sender<Started>, mpsc::Receiver<Started>),
    calls: mpsc::Receiver<Asked>,
    pub(super) shared: Shared,
    pub(super) wake: watch::Sender<u64>,
    pub(super) status_changed: bool,
    pub(super) patience: Patience,
    pub(super) last_word: Instant,
    /// What runs in the background.
    pub(super) tasks: Tasks,
    pub(super) let_go_at: Option<Instant>,
    pub(super) disk_full: bool,
    pub(super) sync_at: Option<Instant>,
    pub(super) syncing: Option<oneshot::Receiver<std::io::Result<()>>>,
}

impl Actor {
    /// Opens the session's journals and rebuilds what an earlier keeper left.
    pub(super) fn open(
        home: Home,
        record: SessionRecord,
        overrides: Overrides,
        spare: Spare,
    ) -> Result<Self, Problem> {
        let unwritable = |error: std::io::Error| home::unwritable(&error);
        let folder = home.session(&record.id);
        let (journal, repair) = Writer::open(&folder.join(JOURNAL)).map_err(unwritable)?;
        let (decisions, _) = Writer::open(&folder.join(DECISIONS)).map_err(unwritable)?;
        let past = replay::read(&folder, record.tally()).map_err(unwritable)?;
        disk::take_on_ballast(&home);
        if past.kept {
            // Nothing of an earlier keeper's may run beside what this one starts.
            let _ = process::sweep(&record.id, KILL_LIMIT);
        }
        let (wake, changed) = watch::channel(0);
        let (call_to, calls) = mpsc::channel(64);
        let status = Status {
            summary: past.tally.summary().clone(),
            asks: Vec::new(),
            queue: past.mailbox.view(),
        };
        let facts = Facts {
            end: journal.end(),
            status,
            version: 0,
            offer: None,
            usage: None,
            partials: Partials::default(),
        };
        let shared = Shared {
            facts: Rc::new(RefCell::new(facts)),
            changed,
            calls: call_to,
            looked: watch::channel(0).0,
            journal: folder.join(JOURNAL),
        };
        let mut actor = Self {
            home,
            record,
            overrides,
            state: State::Queued,
            journal,
            decisions,
            mailbox: past.mailbox,
            tally: past.tally,
            asks: Vec::new(),
            place: past.place,
            conversation: past.conversation,
            point: past.point,
            checkpoints: super::checkpoint::Checkpoints::new(past.kept),
            money: super::money::Money::default(),
            begun_anew: false,
            set_up: past.set_up,
            cli: None,
            running: None,
            spare: spare.0,
            claim_until: None,
            trusted: None,
            setup: None,
            script: None,
            checking: None,
            beside: super::beside::Beside::default(),
            ports: spare.1,
            output: super::output::Output::default(),
            requests: HashMap::new(),
            request_number: 0,
            left_behind: Vec::new(),
            limits: past.limits,
            watchdog: Watchdog::default(),
            waited_before: 0,
            waits_since: None,
            throttle: super::throttle::Throttle::default(),
            confinement: super::confine::Confinement::default(),
            file_size: None,
            killed: Killed::default(),
            meter: super::meter::Meter::default(),
            preparing: false,
            prepared: mpsc::channel(1),
            started: mpsc::channel(1),
            calls,
            shared,
            wake,
            status_changed: true,
            patience: Patience::of_environment(),
            last_word: Instant::now(),
            tasks: Tasks::default(),
            let_go_at: None,
            disk_full: false,
            sync_at: None,
            syncing: None,
        };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        actor.note(&Note::Keeper { version, resumed: past.kept });
        if repair.torn > 0 {
            let text = format!(
                "The journal ended in the middle of a record; its last {} bytes are kept apart.",
                repair.torn
            );
            actor.note(&Note::Warning { text });
        }
        Ok(actor)
    }

    pub(super) fn shared(&self) -> Shared {
        self.shared.clone()
    }

    /// Runs the session to its end.
    pub(super) async fn run(mut self) {
        let (mut end, mut child) = (signals::end(), signals::child());
        let _hang_up = signals::hang_up();
        let mut looked = self.shared.looked.subscribe();
        self.input(Input::Start);
        while !self.state.is_ended() {
            self.publish();
            let timer = self.next_timer();
            let reading = !self.disk_full;
            let errors = !self.output.in_long_line();
            tokio::select! {
                biased;
                Some((call, reply)) = self.calls.recv() => self.call(call, reply),
                Some(readied) = self.prepared.1.recv() => self.readied(readied),
                Some(said) = Script::next(&mut self.script) => self.script_said(said),
                Some(said) = Script::next(&mut self.beside.script) => self.beside_said(said),
                Some(started) = self.started.1.recv() => self.started(started),
                // A full disk leaves the pipes unread: the CLI waits, and nothing is lost.
                said = Running::next(&mut self.running, &mut self.output.buffer, errors), if reading => {
                    match said {
                        Said::Output => self.take_output(),
                        Said::Error => self.take_error(),
                        Said::Died => self.died(),
                        Said::Gone(status) => self.gone(status),
                    }
                }
                Some(result) = one_of(&mut self.syncing) => self.synced(result),
                measured = one_of(&mut self.meter.measuring) => self.measured(measured),
                kept = one_of(&mut self.checkpoints.keeping) => self.checkpoint_kept(kept),
                looked = one_of(&mut self.money.looking) => self.money_looked(looked),
                made = one_of(&mut self.confinement.making) => self.confined(made),
                () = super::confine::changed(&self.confinement.group) => self.look_what_was_ended(),
                // Whoever has just begun to look need not wait.
                Ok(()) = looked.changed() => {}
                () = end.came() => self.input(Input::Stop(StopReason::Shutdown)),
                // An orphan of the session's may have ended: as its new parent, the keeper buries it.
                () = child.came() => self.trees().iter().for_each(process::Tree::reap_adopted),
                () = tokio::time::sleep_until(timer) => self.tick(),
            }
        }
        self.finish().await;
    }

    /// Feeds the state machine, writes the new state down, and does what it asks for.
    pub(super) fn input(&mut self, input: Input) {
        if matches!(input, Input::Stop(_) | Input::Kill(_)) {
            // What is frozen cannot be asked to end.
            self.let_tools_run();
            self.thaw();
        }
        let before = self.state.clone();
        let state = std::mem::replace(&mut self.state, State::Queued);
        let (state, effects) = state.on(input, self.journal.now());
        self.state = state;
        if self.state != before {
            self.status_changed = true;
            if self.state == (State::Running { turn: Turn::Working }) {
                // How long it was silent before is no sign of anything.
                self.last_word = Instant::now();
            }
            if let State::Stopping { reason, step, .. } = self.state {
                self.note(&Note::Stopping { reason, step });
            }
            // The end is written by `finish`, with what was left behind.
            if !self.state.is_ended() {
                self.note(&Note::State { state: self.state.clone() });
            }
        }
        for effect in effects {
            self.perform(effect);
        }
        self.check_while_idle();
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::MakeWorktree => self.start_preparing(),
            Effect::RunSetup => self.run_setup(),
            Effect::StartCli => self.start_cli(),
            Effect::Interrupt => {
                self.control(bosk_core::claude::input::interrupt(), super::calls::Pending::Nobody);
            }
            Effect::CloseInput => {
                if let Some(running) = &mut self.running {
                    running.close_input();
                }
            }
            Effect::Terminate => {
                for tree in self.trees() {
                    tree.terminate();
                }
            }
            Effect::Kill => {
                for tree in self.trees() {
                    let killed = tree.kill(KILL_LIMIT);
                    tracing::info!(?killed, "killed");
                    self.was_killed(killed);
                }
            }
            Effect::Finish => {}
        }
    }

    pub(super) fn trees(&self) -> Vec<process::Tree> {
        let started = self.running.iter().chain(&self.spare);
        let script = self.script.iter().chain(&self.beside.script).map(Script::tree);
        started.map(Running::tree).chain(script).cloned().collect()
    }

    /// Appends a note, which is also what the fleet's row is made of.
    pub(super) fn note(&mut self, note: &Note) {
        self.tally.note(note, crate::journal::writer::wall_clock());
        self.status_changed = true;
        self.count_waiting();
        if let Ok(payload) = serde_json::to_vec(note) {
            self.record_line(Kind::Note, payload);
        }
    }

    /// Makes a decision durable. Only then may it be acted on.
    pub(super) fn decide(&mut self, decision: &Decision) -> Result<(), Problem> {
        let payload = serde_json::to_vec(decision)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        let before = self.decisions.mark();
        self.decisions.append(Kind::Decision, &payload);
        let synced = self.decisions.sync().or_else(|error| {
            if disk::is_full(&error) && disk::drop_ballast(&self.home) {
                self.decisions.sync()
            } else {
                Err(error)
            }
        });
        synced.map_err(|error| {
            // What is refused must not come true later, when there is room for it.
            if let Err(error) = self.decisions.take_back(before) {
                tracing::error!(%error, "a refused decision may still be in the journal");
            }
            Problem::new(
                ProblemCode::DiskFull,
                format!("Your decision could not be kept, so it was not acted on: {error}."),
            )
            .hint("Free some space on the disk, then try again.")
        })?;
        self.mailbox.decide(decision);
        self.status_changed = true;
        Ok(())
    }
}
