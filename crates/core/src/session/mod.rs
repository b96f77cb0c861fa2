//! A session's life as a pure state machine. [`machine`] holds the rules, [`state`] the values,
//! [`summary`] what the fleet shows of it. Not here: who performs the effects (the keeper).

pub mod ask;
pub mod machine;
pub mod mailbox;
pub mod points;
pub mod state;
pub mod summary;
pub mod tally;

pub use ask::{Answer, Ask, AskKind, Question, QuestionOption};
pub use machine::{Effect, Input};
pub use mailbox::Mailbox;
pub use points::{Asked, Points, went_back_last};
pub use state::{
    Glance, Outcome, Paused, PausedBy, PrepareStep, State, StopReason, StopStep, Turn,
};
pub use summary::{
    Beside, Check, ContextUse, Doing, PORTS, Rewound, SessionSummary, Stalled, Tokens, UsageWindow,
    Verdict,
};
pub use tally::Tally;
