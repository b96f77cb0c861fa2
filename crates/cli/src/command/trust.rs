//! Agreeing to what a repository brings, before anything of it can run.

use std::path::Path;

use bosk_core::launch::LaunchSpec;
use bosk_core::trust::{Finding, FindingKind, TrustReport, TrustState};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::client::plan::sources;
use bosk_runtime::git::Repository;
use bosk_runtime::home::Home;
use bosk_runtime::trust::{Source, Trust};

use crate::clean::one_line;
use crate::failure::Failure;
use crate::screen::{AMBER, BOLD, DIM, is_interactive, note, paint, print};
use crate::typed::Typed;

/// Sees to it that the person has agreed: they have before, do with `--trust`, or are asked.
pub(super) async fn settle(
    home: &Home,
    spec: &LaunchSpec,
    agreed: bool,
    typed: &mut Typed,
) -> Result<(), Failure> {
    let repository = Repository::discover(Path::new(&spec.repository)).await?;
    for source in sources(home, &repository, spec).await? {
        settle_one(home, &repository, &source, agreed, typed).await?;
    }
    Ok(())
}

async fn settle_one(
    home: &Home,
    repository: &Repository,
    source: &Source,
    agreed: bool,
    typed: &mut Typed,
) -> Result<(), Failure> {
    let trust = Trust::new(home);
    let report = trust.status(repository, source).await?;
    if report.state == TrustState::Trusted {
        return Ok(());
    }
    let listed = listed(&repository.name(), &report);
    if agreed {
        note(&listed);
    } else if is_interactive() {
        print(&format!("{listed}\nDo you agree to all of this? [y/N] "))?;
        if !typed.agrees().await {
            return Err(refused(&repository.name()).into());
        }
    } else {
        note(&listed);
        return Err(refused(&repository.name()).into());
    }
    Ok(trust.accept(repository, source, &report.fingerprint).await?)
}

fn refused(repository: &str) -> Problem {
    Problem::new(
        ProblemCode::NotTrusted,
        format!("The repository `{repository}` brings settings that you have not agreed to, so nothing was started."),
    )
    .hint("Look at the list above; `--trust`, as in `bosk run --trust …`, agrees to exactly what is there now.")
}

fn listed(repository: &str, report: &TrustReport) -> String {
    let why = match report.state {
        TrustState::Changed => "What it brings has changed since you agreed:",
        _ => "It brings these, which can act on their own:",
    };
    let repository = one_line(repository, 200);
    let title = paint(BOLD, &format!("Do you trust the repository {repository}?"));
    let mut lines = vec![format!("{} {title}", paint(AMBER, "◆")), format!("  {why}")];
    lines.extend(report.findings.iter().map(finding));
    lines.join("\n")
}

fn finding(finding: &Finding) -> String {
    // All of a command: whoever agrees to it must have seen it.
    let detail = finding
        .detail
        .as_deref()
        .map_or_else(String::new, |detail| format!(": {}", one_line(detail, 10_000)));
    format!(
        "  {} {}{detail}  {}",
        kind(finding.kind),
        paint(BOLD, &one_line(&finding.name, 1000)),
        paint(DIM, &one_line(&finding.file, 1000))
    )
}

const fn kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Hook => "hook",
        FindingKind::McpServer => "MCP server",
        FindingKind::Permission => "permission",
        FindingKind::Environment => "environment variable",
        FindingKind::Command => "command",
        FindingKind::Plugin => "plugin",
        FindingKind::Setting => "setting",
        FindingKind::Agent => "agent",
        FindingKind::Skill => "skill",
        FindingKind::SlashCommand => "slash command",
        FindingKind::HookFile => "hook file",
        FindingKind::SetupScript => "set-up script",
        FindingKind::RunScript => "command beside Claude",
        FindingKind::TeardownScript => "tear-down script",
        FindingKind::Check => "check",
        FindingKind::Submodule => "submodule",
        FindingKind::GitConfig => "git command",
        FindingKind::Unreadable => "unreadable file",
    }
}
