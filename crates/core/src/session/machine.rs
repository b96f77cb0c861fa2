//! The rules of a session's life: which input leads from which state to which, and what is to be
//! done then. Pure: the keeper performs the effects and feeds back what came of them.

use super::state::{Outcome, PrepareStep, State, StopReason, StopStep, Turn};
use crate::journal::SetupChoice;
use crate::{Problem, ProblemCode};

/// How long each rung of the stop ladder has, in milliseconds. The CLI ends a turn 40 ms after an
/// `interrupt` and exits 0.1–1.6 s after SIGTERM (measured on 2.1.330); these leave room for hooks.
pub const STEP_GRACE: [(StopStep, u64); 4] = [
    (StopStep::Interrupt, 3_000),
    (StopStep::CloseInput, 3_000),
    (StopStep::Terminate, 3_000),
    (StopStep::Kill, 2_000),
];

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The session's turn to start has come.
    Start,
    /// The folder is ready; `setup` says whether a script is to run first.
    WorktreeReady {
        /// Whether the repository brings a set-up script.
        setup: bool,
    },
    /// The set-up script ended; a problem says how it failed.
    SetupEnded {
        /// How it failed, if it did.
        problem: Option<Problem>,
    },
    /// The person chose what to do after a failed set-up script.
    SetupChosen(SetupChoice),
    /// Preparing failed for good.
    PrepareFailed(Problem),
    /// The CLI answered for the first time.
    CliReady,
    /// A turn began.
    TurnStarted,
    /// A turn ended.
    TurnEnded,
    /// How many requests wait for the person now.
    Asks(usize),
    /// The person or a rule wants the session to stop.
    Stop(StopReason),
    /// The person wants all of it to end at once.
    Kill(StopReason),
    /// The deadline of the present rung has passed.
    Deadline,
    /// The CLI is gone, and so is everything it left behind.
    Exited {
        /// The exit code.
        code: Option<i32>,
        /// The signal that killed it.
        signal: Option<i32>,
        /// The last words of its standard error.
        last_words: String,
        /// Processes killed after it was gone.
        left_behind: u32,
    },
}

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Make the branch and the worktree.
    MakeWorktree,
    /// Run the set-up script.
    RunSetup,
    /// Start the CLI and greet it.
    StartCli,
    /// Send the protocol's `interrupt`.
    Interrupt,
    /// Close the CLI's standard input.
    CloseInput,
    /// SIGTERM to the whole tree.
    Terminate,
    /// SIGKILL to the whole tree.
    Kill,
    /// Write down that nothing runs any more, and leave.
    Finish,
}

impl State {
    /// The next state, and what is to be done. `now` is in milliseconds on the keeper's monotonic
    /// clock. An input that means nothing in this state changes nothing.
    #[must_use]
    pub fn on(self, input: Input, now: u64) -> (Self, Vec<Effect>) {
        use PrepareStep::{Setup, SetupFailed, Starting, Worktree};
        match (self, input) {
            (Self::Queued, Input::Start) => (preparing(Worktree), vec![Effect::MakeWorktree]),
            (Self::Preparing { step: Worktree }, Input::WorktreeReady { setup: true })
            | (
                Self::Preparing { step: SetupFailed { .. } },
                Input::SetupChosen(SetupChoice::Retry),
            ) => (preparing(Setup), vec![Effect::RunSetup]),
            (Self::Preparing { step: Worktree }, Input::WorktreeReady { setup: false })
            | (Self::Preparing { step: Setup }, Input::SetupEnded { problem: None })
            | (
                Self::Preparing { step: SetupFailed { .. } },
                Input::SetupChosen(SetupChoice::GoOn),
            ) => (preparing(Starting), vec![Effect::StartCli]),
            (Self::Preparing { step: Setup }, Input::SetupEnded { problem: Some(problem) }) => {
                (preparing(SetupFailed { problem }), vec![])
            }
            (
                Self::Preparing { step: SetupFailed { problem } },
                Input::SetupChosen(SetupChoice::Drop),
            )
            | (Self::Preparing { .. }, Input::PrepareFailed(problem)) => {
                ended(Outcome::NotStarted { problem }, 0)
            }
            (Self::Preparing { step: Starting }, Input::CliReady) => {
                (Self::Running { turn: Turn::Idle }, vec![])
            }
            (Self::Running { turn: Turn::Idle }, Input::TurnStarted) => {
                (Self::Running { turn: Turn::Working }, vec![])
            }
            (Self::Running { .. }, Input::TurnEnded) => {
                (Self::Running { turn: Turn::Idle }, vec![])
            }
            (Self::Running { turn: Turn::Asking }, Input::Asks(0)) => {
                (Self::Running { turn: Turn::Working }, vec![])
            }
            (Self::Running { .. }, Input::Asks(1..)) => {
                (Self::Running { turn: Turn::Asking }, vec![])
            }
            (state, Input::Stop(reason)) => state.stop(reason, now),
            (
                state @ (Self::Queued
                | Self::Preparing { step: Worktree | SetupFailed { .. } }
                | Self::Ended { .. }),
                Input::Kill(reason),
            ) => state.stop(reason, now),
            // What is being stopped already keeps its reason.
            (Self::Stopping { reason, .. }, Input::Kill(_)) => {
                stopping(reason, StopStep::Kill, now)
            }
            (_, Input::Kill(reason)) => stopping(reason, StopStep::Kill, now),
            // The turn that was interrupted is over: the next rung need not wait.
            (
                Self::Stopping { reason, step: StopStep::Interrupt, .. },
                Input::TurnEnded | Input::Deadline,
            ) => stopping(reason, StopStep::CloseInput, now),
            (Self::Stopping { reason, step: StopStep::CloseInput, .. }, Input::Deadline) => {
                stopping(reason, StopStep::Terminate, now)
            }
            (Self::Stopping { reason, step, .. }, Input::Deadline)
                if step >= StopStep::Terminate =>
            {
                stopping(reason, StopStep::Kill, now)
            }
            (Self::Ended { outcome, left_behind }, _) => {
                (Self::Ended { outcome, left_behind }, vec![])
            }
            (state, Input::Exited { code, signal, last_words, left_behind }) => {
                ended(state.outcome(code, signal, &last_words), left_behind)
            }
            (state, _) => (state, vec![]),
        }
    }

    fn stop(self, reason: StopReason, now: u64) -> (Self, Vec<Effect>) {
        match self {
            Self::Queued
            | Self::Preparing { step: PrepareStep::Worktree | PrepareStep::SetupFailed { .. } } => {
                ended(Outcome::Stopped { reason }, 0)
            }
            // A script, or a CLI that has not answered, has no protocol to be asked by.
            Self::Preparing { .. } => stopping(reason, StopStep::Terminate, now),
            Self::Running { turn: Turn::Idle } => stopping(reason, StopStep::CloseInput, now),
            Self::Running { .. } => stopping(reason, StopStep::Interrupt, now),
            // Pressing Stop again does not wait for the deadline.
            Self::Stopping { reason, step, .. } => {
                let next = match step {
                    StopStep::Interrupt => StopStep::CloseInput,
                    StopStep::CloseInput => StopStep::Terminate,
                    StopStep::Terminate | StopStep::Kill => StopStep::Kill,
                };
                stopping(reason, next, now)
            }
            Self::Ended { outcome, left_behind } => (Self::Ended { outcome, left_behind }, vec![]),
        }
    }

    /// How the session ended, told by what it was doing and how the process ended.
    fn outcome(&self, code: Option<i32>, signal: Option<i32>, last_words: &str) -> Outcome {
        match (self, code, signal) {
            (Self::Stopping { reason: StopReason::Finished, .. }, Some(0), _) => Outcome::Finished,
            (Self::Stopping { reason, .. }, ..) => Outcome::Stopped { reason: *reason },
            (Self::Running { .. }, Some(0), _) => Outcome::Finished,
            // The CLI catches SIGTERM and exits with 128 + 15.
            (Self::Running { .. }, Some(143), _) => Outcome::Killed { signal: Some(15) },
            (Self::Running { .. }, None, signal) => Outcome::Killed { signal },
            (Self::Running { .. }, Some(code), _) => Outcome::Failed {
                problem: exit_problem(&format!("Claude ended with exit code {code}"), last_words),
            },
            _ => {
                let how = match (code, signal) {
                    (Some(code), _) => {
                        format!("Claude ended with exit code {code} before it answered")
                    }
                    (None, Some(signal)) => {
                        format!("Claude was killed by signal {signal} before it answered")
                    }
                    (None, None) => "Claude ended before it answered".to_owned(),
                };
                Outcome::NotStarted { problem: exit_problem(&how, last_words) }
            }
        }
    }
}

fn preparing(step: PrepareStep) -> State {
    State::Preparing { step }
}

fn ended(outcome: Outcome, left_behind: u32) -> (State, Vec<Effect>) {
    (State::Ended { outcome, left_behind }, vec![Effect::Finish])
}

fn stopping(reason: StopReason, step: StopStep, now: u64) -> (State, Vec<Effect>) {
    let grace = STEP_GRACE.iter().find(|(at, _)| *at == step).map_or(0, |(_, grace)| *grace);
    let effect = match step {
        StopStep::Interrupt => Effect::Interrupt,
        StopStep::CloseInput => Effect::CloseInput,
        StopStep::Terminate => Effect::Terminate,
        StopStep::Kill => Effect::Kill,
    };
    (State::Stopping { reason, step, deadline: now.saturating_add(grace) }, vec![effect])
}

fn exit_problem(how: &str, last_words: &str) -> Problem {
    let last_words = last_words.trim();
    let message = if last_words.is_empty() {
        format!("{how}. What it had done is kept.")
    } else {
        format!("{how}: {last_words}. What it had done is kept.")
    };
    Problem::new(ProblemCode::CliFailed, message)
        .hint("Resume the session to go on, or run `bosk doctor` to check the Claude command.")
}

#[cfg(test)]
mod tests;
