//! What Bosk uses of the disk: sizes of folders, and what of them builds made. Everything here reads whole folders, so
//! it blocks. Not here: what may be deleted ([`crate::client::archive`], [`crate::client::disk`]).

pub mod builds;
pub mod size;
