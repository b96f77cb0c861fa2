//! Reviewing against real git.

mod deeds;
mod edit;
mod lines;
mod list;
mod strange;
