//! What must hold of keepers, journals and clients whatever is killed, filled up or damaged. Each
//! module is one kind of mishap; the harness is this package's library.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod clients_killed;
mod damaged;
mod disk_full;
mod killed;
mod launching;
mod messages;
mod misbehaves;
mod promise;
mod set_up;
mod spare;
mod stop;
