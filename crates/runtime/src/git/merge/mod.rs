//! What git does when a branch's work is committed, merged and published: each file one deed, in a folder and without a
//! session. Hooks of a repository run only where the person has said so. Not here: when any of it may happen
//! ([`crate::merging`]).

pub mod advance;
pub(crate) mod built;
pub mod commit;
pub mod conflict;
pub mod hook;
pub mod log;
pub mod operation;
pub mod push;
pub mod status;
pub mod tree;
