//! Git: repositories, worktrees, what changed, and removal that loses nothing.
//!
//! The git command line does every write and every status ([`command`]); reading of references goes
//! through libgit2 where it can open the repository ([`read`]). Nothing that a repository brings
//! (hooks, fsmonitor, external diffs) runs through any call made here. Not here: whether a
//! repository is trusted, and what a session does in its worktree.

pub mod adopt;
mod call;
pub mod changes;
pub mod checkpoint;
pub mod command;
pub mod compare;
pub mod deed;
mod error;
mod few;
pub mod furnish;
pub mod include;
pub mod kept;
pub mod lines;
pub mod listing;
pub mod lock;
pub mod losses;
pub mod merge;
pub mod moving;
pub(crate) mod paths;
pub(crate) mod programs;
pub mod put;
pub mod read;
pub mod remove;
pub mod repository;
pub mod restore;
pub mod snapshot;
mod staged;
#[cfg(test)]
pub(crate) mod testing;
pub mod trash;
pub mod worktree;
pub mod worktrees;

pub use command::{Git, GitError};
pub use repository::Repository;
