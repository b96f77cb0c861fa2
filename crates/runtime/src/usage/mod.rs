//! Measuring: what trees of processes, Bosk itself and the machine use, and the files that keep it.
//! What figures mean is core's (`bosk_core::usage`); when they are taken is the keeper's and the fleet's.

pub mod condition;
mod history;
mod machine;
#[cfg(target_os = "linux")]
mod proc_files;
mod sampler;

pub use history::{Kept, history, peak};
pub use machine::Machine;
pub use sampler::{Sample, Sampler, tools, tools_cpu};

/// The file in a session's folder.
pub const USAGE: &str = "usage";

/// The machine's file, in Bosk's folder for what is used.
pub const MACHINE: &str = "machine";

/// Bosk's own.
pub const BOSK: &str = "bosk";
