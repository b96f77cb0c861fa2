//! The clients' side: launching and resuming sessions, talking to their keepers, and telling the
//! truth about sessions whose keeper is gone. The window and the command `bosk` both stand on this.
//! Not here: what is shown, and the keeper itself ([`crate::keeper`]).

pub mod account;
pub mod adopt;
pub mod again;
pub mod all;
pub mod archive;
pub mod back;
pub mod connection;
pub mod disk;
pub mod ended;
pub mod expire;
pub mod forget;
mod fork;
pub mod hand_over;
pub mod launch;
pub mod plan;
pub mod points;
pub mod reconcile;
pub mod rehearsal;
pub mod room;
pub mod run;
pub mod send;
pub mod spare;
pub mod start;
pub mod suggestions;
pub mod teardown;
pub mod worktree;
pub mod worktrees;

pub use connection::{Connection, News};
pub use launch::{Launched, launch, launch_with};
pub(crate) use launch::{check, new_id};
pub use plan::plan;
pub(crate) use plan::source;
pub(crate) use reconcile::blocking;
pub use reconcile::{Standing, standing};
pub use spare::Spare;
pub use start::resume;
