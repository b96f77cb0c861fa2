//! The real CLI against the rehearsal server. `BOSK_CLAUDE` names the CLI; `cargo xtask test` sets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cli;
mod protocol;
mod sample;
