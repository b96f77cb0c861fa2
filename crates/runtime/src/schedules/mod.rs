//! Schedules: the file that keeps them, the calendar, and running what is due. They are run by the dispatcher, which is
//! there as long as one of them is on. Not here: when one is due (`bosk_core::schedule`).

mod change;
mod file;
mod refs;
mod run;
mod times;

pub use change::{enable, remove, run_now, save};
pub(crate) use file::SCHEDULES;
pub use file::{any_open, list};
pub(crate) use run::Runner;
pub use times::times;
