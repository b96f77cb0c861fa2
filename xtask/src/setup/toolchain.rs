//! Rust's own parts: rustfmt and clippy, which a minimal rustup leaves out.

use super::Purpose;
use crate::{command::Cmd, error::Result};

/// Adds by rustup what is not there; cargo itself refuses a compiler older than the manifests allow.
pub(super) fn ensure(purpose: Purpose) -> Result {
    if purpose != Purpose::Test {
        return Ok(());
    }
    for (component, probe) in [("rustfmt", "fmt --version"), ("clippy", "clippy --version")] {
        if Cmd::cargo(probe).answer().is_none() {
            println!("set-up: adding {component}");
            Cmd::new("rustup").words("component add").arg(component).run()?;
        }
    }
    Ok(())
}
