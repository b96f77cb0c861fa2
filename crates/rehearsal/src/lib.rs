//! A scripted Messages API on loopback, against which the unmodified Claude CLI runs for real: its
//! tools run, files change and permissions are asked; only the model's words come from a script.
//! Owned here: the scripts, how a request is matched to its place in one, the stream of events, the
//! server, and the sample repository of "Try it". Not here: starting the CLI or git.
//!
//! # How a script is chosen
//! The newest message of the conversation that names one decides: a line `@script NAME`, or
//! directives of its own (below), or that is word for word the `prompt` of a script. Without such a message it is the server's default script. The
//! place in the script is the number of answers since that message, so a restarted server, a resumed
//! and a forked session all go on where they were. What comes after a script's end gets its fallback.
//! A message that is folded into a running turn and has directives takes over from there.
//!
//! # Directives in a prompt
//! One a line; other lines are prose and are not looked at. Consecutive directives make one answer
//! of the model; after a tool call, anything but another tool call begins the next answer.
//!
//! | Line | What the model does |
//! |---|---|
//! | `@script NAME` | plays that script |
//! | `@text WORDS` | says the words (`\n` is a line break) |
//! | `@think WORDS` | thinks them |
//! | `@tool NAME JSON` | calls a tool, as in `@tool Bash {"command":"echo hi"}` |
//! | `@agent PROMPT` | starts a subagent and waits for it; its prompt may itself be a directive |
//! | `@pause MS` | waits |
//! | `@deltas RATE SECONDS WORD` | says `WORD1 WORD2 …`, RATE a second |
//! | `@bytes N` | says N bytes as fast as they are taken |
//! | `@error STATUS [TIMES [RETRY_AFTER_S]]` | answers with that HTTP status; TIMES 0 is for ever |
//! | `@cut [TIMES]` | breaks the connection |
//! | `@turn` | begins the next answer |
//!
//! In a JSON input `{cwd}` stands for the CLI's working directory.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
mod beats;
mod environment;
mod error;
mod inline;
mod request;
mod routes;
mod sample;
mod script;
mod scripts;
mod sent;
mod server;
mod toml_form;

pub use environment::{REMOVED_VARIABLES, environment};
pub use error::RehearsalError;
pub use sample::{
    SampleFile, TrySession, sample_repository, try_sessions, write_sample_repository,
};
pub use script::{Agent, Failure, How, Pace, Script, Step, Turn};
pub use scripts::Scripts;
pub use sent::{Conversation, Said};
pub use server::{Server, serve};
