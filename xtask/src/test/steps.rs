//! The list of what is tested, in order: what is quick and often wrong first, what needs the built programs last.

use std::{env, path::Path};

use crate::{
    build::{self, WORKSPACE},
    command::Cmd,
    layout,
};

/// One entry of the list.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) why: &'static str,
    pub(crate) plan: Plan,
}

/// What to do for it here.
pub(crate) enum Plan {
    Run(Cmd),
    /// Not on this machine, and why.
    NotRun(String),
}

/// All steps. `claude` is the pinned CLI.
pub(crate) fn all(claude: &Path) -> Vec<Step> {
    let step = |name, why, plan| Step { name, why, plan };
    let run = |name, why, command| step(name, why, Plan::Run(command));
    let built = |command| build::with_programs(command, &build::programs("debug"), claude);
    vec![
        run("format", "Rust is formatted", Cmd::cargo("fmt --all --check")),
        run("page", "the page builds, and the window embeds it", build::page()),
        run("page-types", "TypeScript and Svelte type-check", Cmd::npm("run check")),
        run("page-lint", "the page keeps the house's rules and format", Cmd::npm("run lint")),
        run("page-tests", "unit tests of the page", Cmd::npm("test")),
        run(
            "lint",
            "clippy finds nothing",
            Cmd::cargo("clippy --all-targets").words(WORKSPACE).words("-- -D warnings"),
        ),
        step("licences", "licences, advisories, sources and bans of all dependencies", licences()),
        run("bindings", "the page's types are those of core", Cmd::cargo("xtask bindings --check")),
        run("build", "both programs build", build::both("debug")),
        run("rust-tests", "unit and integration tests, against the real CLI", built(rust_tests())),
        run(
            "doc-tests",
            "examples in the documentation",
            Cmd::cargo("test --doc").words(WORKSPACE),
        ),
        step("interface", "`bosk serve`, by a client generated from its description", interface()),
        step("window", "end to end, in the real window", window()),
        step("platforms", "the other platforms type-check", platforms()),
    ]
}

/// cargo-deny takes minutes to build, so it is used where it is, and named where it is not.
fn licences() -> Plan {
    if layout::on_path("cargo-deny").is_some() {
        Plan::Run(Cmd::cargo("deny --all-features check"))
    } else {
        Plan::NotRun("cargo-deny is not installed (`cargo install cargo-deny`)".to_owned())
    }
}

fn rust_tests() -> Cmd {
    if layout::on_path("cargo-nextest").is_some() {
        Cmd::cargo("nextest run --no-fail-fast").words(WORKSPACE)
    } else {
        Cmd::cargo("test --no-fail-fast --lib --bins --tests").words(WORKSPACE)
    }
}

/// The stand-in for the CLI speaks on Unix only.
fn interface() -> Plan {
    if cfg!(unix) && layout::on_path("python3").is_some() {
        Plan::Run(Cmd::cargo("xtask interface"))
    } else {
        Plan::NotRun("there is no python3 here".to_owned())
    }
}

/// Only WebKitGTK has a driver that reaches into the window on any machine without further licences or settings.
fn window() -> Plan {
    if cfg!(target_os = "linux") {
        Plan::Run(Cmd::cargo("xtask e2e"))
    } else {
        Plan::NotRun("the window is driven on Linux only".to_owned())
    }
}

/// Minutes long and rarely wrong: for the continuous checks, and by hand.
fn platforms() -> Plan {
    if !cfg!(target_os = "linux") {
        Plan::NotRun("done on Linux".to_owned())
    } else if env::var_os("CI").is_some() {
        Plan::Run(Cmd::cargo("xtask check-platforms"))
    } else {
        Plan::NotRun(
            "by hand: cargo xtask check-platforms (with CI=true it is run here)".to_owned(),
        )
    }
}
