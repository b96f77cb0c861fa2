//! The real window, end to end, by WebDriver: what a person does, sees, and finds again. Every state
//! that is reached is photographed (`artifacts/screenshots`) and held against axe-core. Each module is
//! one thing that a person goes through. Linux only: WebKitGTK has the one driver that needs no licence.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod by_hand;
mod desk;
mod first_run;
mod killed;
mod looks;
mod main_job;
mod many;
mod misbehaves;
mod outside;
mod planned;
mod problems;
mod queue;
mod resources;
mod review;
mod services;
mod steering;
mod transcript;
mod variants;
mod webdriver;
mod window;
mod worktrees;
