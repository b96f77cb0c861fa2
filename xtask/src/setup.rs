//! Brings a machine to where the other commands can work. Quick when nothing is missing; it never removes anything.
//! What is installed is named here; how, in the modules below.

mod advice;
mod claude;
mod debian;
mod node;
mod toolchain;

pub(crate) use claude::{PINNED, ensure as claude};

use crate::error::Result;

/// What a command is about to do, from which follows what has to be there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Build and open the window.
    Run,
    /// Lint, and drive the window without a screen.
    Test,
    /// Make installers.
    Package,
    /// Type-check for the other platforms.
    Platforms,
}

/// Sees to compilers, libraries, Node and its packages.
pub(crate) fn ensure(purpose: Purpose) -> Result {
    toolchain::ensure(purpose)?;
    system(purpose)?;
    if purpose == Purpose::Platforms {
        return Ok(());
    }
    node::ensure()
}

/// Libraries and programs that the system's own package manager brings.
fn system(purpose: Purpose) -> Result {
    if debian::is_here() { debian::ensure(purpose) } else { advice::check(purpose) }
}
