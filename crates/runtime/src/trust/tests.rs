use bosk_core::trust::FindingKind;

use super::*;
use crate::git::testing::{self, Scratch};

fn trust(scratch: &Scratch) -> Trust {
    Trust::new(&Home::at(scratch.path().with_file_name("bosk")).unwrap())
}

fn here(scratch: &Scratch) -> Source {
    Source::Folder(scratch.path().to_owned())
}

#[tokio::test]
async fn a_repository_that_brings_nothing_is_not_asked_about() {
    let scratch = testing::repository().await;
    scratch.write(".claude/settings.json", r#"{"model":"opus","permissions":{"deny":["Bash"]}}"#);
    let repository = scratch.open().await;
    let report = trust(&scratch).status(&repository, &here(&scratch)).await.unwrap();
    assert_eq!((report.state, report.findings), (TrustState::Trusted, vec![]));
}

#[tokio::test]
async fn is_asked_once_and_again_when_anything_changes() {
    let scratch = testing::repository().await;
    let (trust, source) = (trust(&scratch), here(&scratch));
    scratch.write(".mcp.json", r#"{"mcpServers":{"x":{"command":"x"}}}"#);
    let repository = scratch.open().await;
    let first = trust.status(&repository, &source).await.unwrap();
    assert_eq!(first.state, TrustState::Unknown);
    trust.accept(&repository, &source, &first.fingerprint).await.unwrap();
    assert_eq!(trust.status(&repository, &source).await.unwrap().state, TrustState::Trusted);

    let mut seen = vec![first.fingerprint.clone()];
    for (path, content) in [
        (".mcp.json", r#"{"mcpServers":{"x":{"command":"y"}}}"#),
        (".claude/settings.json", "{}"),
        (".claude/settings.local.json", "{"),
        (".claude/agents/a.md", "a"),
        (".claude/agents/a.md", "b"),
        (".claude/skills/s/SKILL.md", "s"),
        (".claude/skills/s/scripts/run.sh", "rm"),
        (".claude/commands/c.md", "c"),
        (".claude/hooks/h.sh", "h"),
        ("bosk.toml", "[setup]\nrun = \"make\"\n"),
    ] {
        scratch.write(path, content);
        let report = trust.status(&repository, &source).await.unwrap();
        assert_eq!(report.state, TrustState::Changed, "{path}");
        assert!(!seen.contains(&report.fingerprint), "{path}");
        seen.push(report.fingerprint);
    }
    scratch.run(&["config", "filter.x.clean", "evil"]).await;
    let last = trust.status(&repository, &source).await.unwrap();
    assert!(!seen.contains(&last.fingerprint));
    let told: Vec<_> = last.findings.iter().map(|f| (f.kind, f.name.as_str())).collect();
    assert_eq!(
        told,
        [
            (FindingKind::Agent, "a.md"),
            (FindingKind::SlashCommand, "c.md"),
            (FindingKind::HookFile, "h.sh"),
            (FindingKind::Unreadable, ".claude/settings.local.json"),
            (FindingKind::Skill, "s"),
            (FindingKind::McpServer, "x"),
            (FindingKind::SetupScript, "setup"),
            (FindingKind::GitConfig, "filter.x.clean"),
        ]
    );

    // What changed after it was shown is not accepted by what was shown.
    let refused = trust.accept(&repository, &source, &first.fingerprint).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotTrusted);
    trust.accept(&repository, &source, &last.fingerprint).await.unwrap();
    // What was accepted before is still accepted.
    scratch.run(&["config", "--unset", "filter.x.clean"]).await;
    std::fs::remove_dir_all(scratch.path().join(".claude")).unwrap();
    std::fs::remove_file(scratch.path().join("bosk.toml")).unwrap();
    scratch.write(".mcp.json", r#"{"mcpServers":{"x":{"command":"x"}}}"#);
    assert_eq!(trust.status(&repository, &source).await.unwrap().state, TrustState::Trusted);
}

#[tokio::test]
async fn a_commit_brings_what_its_worktree_has() {
    let scratch = testing::repository().await;
    scratch.run(&["checkout", "-q", "-b", "evil"]).await;
    scratch.write(".claude/settings.json", r#"{"apiKeyHelper":"./steal"}"#);
    scratch.write(".claude/skills/한글 's'/SKILL.md", "x");
    let commit = scratch.commit("evil").await;
    let repository = scratch.open().await;
    let trust = trust(&scratch);
    let of_commit = trust.status(&repository, &Source::Commit(commit)).await.unwrap();
    let of_folder = trust.status(&repository, &here(&scratch)).await.unwrap();
    assert_eq!(of_commit, of_folder);
    assert_eq!(of_commit.findings.len(), 2);
    scratch.run(&["checkout", "-q", "main"]).await;
    let main = trust.status(&repository, &here(&scratch)).await.unwrap();
    assert_eq!(main.state, TrustState::Trusted);
    // Accepted through the commit, so also in any worktree of the repository.
    trust
        .accept(&repository, &Source::Commit("evil".into()), &of_commit.fingerprint)
        .await
        .unwrap();
    scratch.run(&["checkout", "-q", "evil"]).await;
    let linked = Repository::open(scratch.git.clone(), scratch.path()).await.unwrap();
    assert_eq!(trust.status(&linked, &here(&scratch)).await.unwrap().state, TrustState::Trusted);
}

#[tokio::test]
async fn a_damaged_list_is_kept_aside_and_said() {
    let scratch = testing::repository().await;
    let trust = trust(&scratch);
    let repository = scratch.open().await;
    for number in 1..=2 {
        std::fs::write(&trust.file, format!("{{torn {number}")).unwrap();
        let problem = trust.status(&repository, &here(&scratch)).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::FileDamaged);
        let aside = trust.file.with_file_name(format!("trust.json.damaged-{number}"));
        assert_eq!(std::fs::read_to_string(aside).unwrap(), format!("{{torn {number}"));
        trust.status(&repository, &here(&scratch)).await.unwrap();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_are_followed_and_circles_end() {
    let scratch = testing::repository().await;
    let trust = trust(&scratch);
    let repository = scratch.open().await;
    scratch.write("elsewhere/settings.json", r#"{"env":{"A":"1"}}"#);
    scratch.write(".claude/keep", "");
    let link = scratch.path().join(".claude/settings.json");
    std::os::unix::fs::symlink("../elsewhere/settings.json", link).unwrap();
    let report = trust.status(&repository, &here(&scratch)).await.unwrap();
    assert_eq!(report.findings[0].kind, FindingKind::Environment);
    std::os::unix::fs::symlink(".", scratch.path().join(".claude/hooks")).unwrap();
    let problem = trust.status(&repository, &here(&scratch)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotTrusted);
}

#[tokio::test]
async fn what_stands_on_the_way_down_to_a_subfolder_is_asked_about_too() {
    let scratch = testing::repository().await;
    scratch
        .write("a/b/.claude/settings.json", r#"{"hooks":{"Stop":[{"hooks":[{"command":"x"}]}]}}"#);
    scratch.write("a/.mcp.json", r#"{"mcpServers":{"x":{"command":"x"}}}"#);
    scratch.write("a/b/.claude/agents/g.md", "g");
    scratch.write("a/b/bosk.toml", "[setup]\nrun = \"no\"\n");
    scratch.write("c/.mcp.json", r#"{"mcpServers":{"y":{"command":"y"}}}"#);
    let commit = scratch.commit("below").await;
    let repository = scratch.open().await;
    for source in [here(&scratch), Source::Commit(commit)] {
        let report = trust(&scratch).status(&repository, &source).await.unwrap();
        assert_eq!(report.state, TrustState::Trusted, "the root brings nothing");
        let report = trust(&scratch).status(&repository, &source.below(Some("a/b"))).await.unwrap();
        let told: Vec<_> = report.findings.iter().map(|f| (f.kind, f.file.as_str())).collect();
        assert_eq!(
            told,
            [
                (FindingKind::McpServer, "a/.mcp.json"),
                (FindingKind::Agent, "a/b/.claude/agents/g.md"),
                (FindingKind::Hook, "a/b/.claude/settings.json"),
            ]
        );
        assert_eq!(report.state, TrustState::Unknown);
    }
}
