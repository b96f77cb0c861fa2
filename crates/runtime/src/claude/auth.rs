//! Who is signed in, asked of the CLI itself (`claude auth status --json`). Not here: signing in,
//! which the CLI does in a terminal of its own, and the kept token.

use bosk_core::auth::{AuthStatus, TokenStore};
use bosk_core::{Problem, ProblemCode};
use serde::Deserialize;

use super::find::Cli;
use super::probe;
use crate::process::Environment;

/// The part that Bosk reads. Of 2.1.330, with fields that older or newer ones may leave out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    logged_in: bool,
    auth_method: Option<String>,
    email: Option<String>,
    /// Where an API key comes from; only there if one is used.
    api_key_source: Option<String>,
}

/// Asks how the CLI would sign in with the environment of a session. It answers from what is on
/// this computer: a token that has expired still counts as signed in until it is used.
///
/// # Errors
/// [`ProblemCode::CliFailed`]: it would not start, gave no answer, or one that cannot be read.
pub async fn auth_status(
    cli: &Cli,
    session: &Environment,
    token_stored: Option<TokenStore>,
) -> Result<AuthStatus, Problem> {
    let asked =
        probe::ask(&cli.program, &["auth", "status", "--json"], session, probe::LIMIT).await;
    let asked = asked.map_err(|error| unknown(&format!("it did not answer ({error})")))?;
    // It ends with 1 when nobody is signed in, and answers all the same.
    let answer: Answer = serde_json::from_str(&asked.stdout)
        .map_err(|_| unknown(&format!("its answer cannot be read ({})", asked.status)))?;
    let api_billing =
        answer.api_key_source.is_some() || answer.auth_method.as_deref() == Some("api_key");
    Ok(AuthStatus {
        logged_in: answer.logged_in,
        method: answer.auth_method.filter(|_| answer.logged_in),
        email: answer.email,
        token_stored,
        api_billing,
    })
}

fn unknown(why: &str) -> Problem {
    let message = format!(
        "Bosk asked the Claude Code CLI who is signed in, and {why}. Sessions may fail to start."
    );
    Problem::new(ProblemCode::CliFailed, message)
        .hint("Run `claude auth status` in a terminal to see what it says.")
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::find::{MINIMUM, Program};
    use super::super::stand_in;
    use super::*;

    async fn answering(script: &str) -> Result<AuthStatus, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claude");
        stand_in::write(&path, &format!("#!/bin/sh\n{script}\n"));
        let cli = Cli { program: Program { path, first_args: Vec::new() }, version: MINIMUM };
        auth_status(&cli, &Environment::default(), None).await
    }

    #[tokio::test]
    async fn reads_an_account() {
        let script = r#"echo '{"loggedIn":true,"authMethod":"claude.ai","email":"a@b.c","new":1}'"#;
        let status = answering(script).await.unwrap();
        assert!(status.logged_in && !status.api_billing);
        assert_eq!(status.email.as_deref(), Some("a@b.c"));
        assert_eq!(status.method.as_deref(), Some("claude.ai"));
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_is_a_problem_that_does_not_quote_it() {
        let problem = answering("echo sk-ant-oat01-canary; exit 3").await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::CliFailed);
        assert!(!format!("{problem:?}").contains("canary"), "{problem:?}");
    }
}
