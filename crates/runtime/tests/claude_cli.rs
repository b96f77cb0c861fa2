//! Questions to the real CLI, in a home of its own and with made-up secrets. It calls nobody: these
//! questions are answered from what is on the computer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bosk_core::auth::TokenStore;
use bosk_runtime::claude::{Billing, Cli, MINIMUM, Secret, auth_status, find, session_environment};
use bosk_runtime::process::Environment;

/// A parent's environment with only what these tests mean.
struct Parent {
    folder: tempfile::TempDir,
    environment: Environment,
}

fn parent(more: &[(&str, &str)]) -> Parent {
    let named = std::env::var_os("BOSK_CLAUDE")
        .expect("BOSK_CLAUDE names no Claude Code CLI: run the tests with `cargo xtask test`, which sets it");
    let folder = tempfile::tempdir().unwrap();
    let mut environment: Environment = more.iter().copied().collect();
    environment.set("BOSK_CLAUDE", named);
    environment.set("HOME", folder.path());
    environment.set("USERPROFILE", folder.path());
    environment.set("CLAUDE_CONFIG_DIR", folder.path().join("config"));
    for name in ["PATH", "SystemRoot"] {
        if let Some(value) = std::env::var_os(name) {
            environment.set(name, value);
        }
    }
    Parent { folder, environment }
}

async fn cli(parent: &Parent) -> Cli {
    find(&parent.environment, None).await.unwrap()
}

#[tokio::test]
async fn it_is_found_and_new_enough() {
    let parent = parent(&[]);
    let cli = cli(&parent).await;
    assert!(cli.version >= MINIMUM, "{cli:?}");
    assert!(cli.path().is_absolute(), "{cli:?}");
}

#[tokio::test]
async fn nobody_is_signed_in_in_an_empty_home() {
    let parent = parent(&[("ANTHROPIC_API_KEY", "made-up"), ("CLAUDECODE", "1")]);
    let cli = cli(&parent).await;
    let session = session_environment(&parent.environment, cli.path(), Billing::Account(None), &[]);
    let status = auth_status(&cli, &session, None).await.unwrap();
    assert!(!status.logged_in && !status.api_billing, "the key stays out: {status:?}");
    assert_eq!(status.method, None);
    assert!(parent.folder.path().is_dir());
}

#[tokio::test]
async fn a_kept_token_signs_in() {
    let parent = parent(&[]);
    let cli = cli(&parent).await;
    let token = Secret::parse("sk-ant-oat01-made-up-for-a-test").unwrap();
    let billing = Billing::Account(Some(&token));
    let session = session_environment(&parent.environment, cli.path(), billing, &[]);
    let status = auth_status(&cli, &session, Some(TokenStore::File)).await.unwrap();
    assert!(status.logged_in && !status.api_billing, "{status:?}");
    assert_eq!(status.method.as_deref(), Some("oauth_token"));
    assert_eq!(status.token_stored, Some(TokenStore::File));
}

#[tokio::test]
async fn an_api_key_that_was_chosen_is_told_as_billing() {
    let parent = parent(&[("ANTHROPIC_API_KEY", "sk-ant-api03-made-up-for-a-test")]);
    let cli = cli(&parent).await;
    let session = session_environment(&parent.environment, cli.path(), Billing::ApiKey, &[]);
    let status = auth_status(&cli, &session, None).await.unwrap();
    assert!(status.logged_in && status.api_billing, "{status:?}");
}
