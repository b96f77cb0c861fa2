//! The queue as a file that everybody may write an order to, and the one process that acts on it. The file is
//! the truth: whoever is killed, what was decided stands in it, and the next dispatcher goes on from there. Not
//! here: which task may start, and what an order does (`bosk_core::queue`).

mod add;
mod batch;
mod capacity;
mod dispatch;
pub(crate) mod last_words;
mod log;
mod money;
mod task;

pub use add::add;
pub(crate) use add::{add_as, check, has};
pub use batch::prompts;
pub use capacity::{Peaks, caps, load};
pub use dispatch::{dispatch, ensure};
pub(crate) use log::ORDERS;
pub use log::{Log, file, order};
