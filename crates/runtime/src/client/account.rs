//! The CLI and the account as a person asks about them, outside any session.

use std::path::Path;

use bosk_core::auth::{AuthStatus, TokenStore};
use bosk_core::view::CliStatus;
use bosk_core::{Problem, ProblemCode};

use crate::claude::{self, Billing, Cli, Secret, TokenShelf};
use crate::home::Home;
use crate::process::Environment;

/// Finds the CLI.
///
/// # Errors
/// It is missing, too old or broken.
pub async fn find(home: &Home) -> Result<Cli, Problem> {
    let (settings, _) = crate::settings::load(home);
    claude::find(&Environment::own(), settings.claude.as_deref().map(Path::new)).await
}

/// Whether there is a CLI to run.
pub async fn cli_status(home: &Home) -> CliStatus {
    match find(home).await {
        Ok(cli) => CliStatus::Ready {
            path: cli.path().to_string_lossy().into_owned(),
            version: cli.version.to_string(),
        },
        Err(problem) => CliStatus::Unusable { problem },
    }
}

/// Who is signed in, with what a session would be started with.
///
/// # Errors
/// There is no CLI, or it does not say.
pub async fn auth(home: &Home) -> Result<AuthStatus, Problem> {
    let cli = find(home).await?;
    let (settings, _) = crate::settings::load(home);
    let shelf = TokenShelf::of(home);
    let token = if settings.api_billing { None } else { shelf.load().await? };
    let billing =
        if settings.api_billing { Billing::ApiKey } else { Billing::Account(token.as_ref()) };
    let session = claude::session_environment(&Environment::own(), cli.path(), billing, &[]);
    claude::auth_status(&cli, &session, shelf.note().map(|note| note.store)).await
}

/// Keeps a pasted token.
///
/// # Errors
/// It is none, or it cannot be kept. No error says what it was.
pub async fn store_token(home: &Home, text: &str) -> Result<TokenStore, Problem> {
    let token = Secret::parse(text).map_err(|not| {
        Problem::new(ProblemCode::InvalidInput, not.to_string()).hint(
            "Run `claude setup-token` in a terminal and paste all of the token that it prints.",
        )
    })?;
    let now = u64::try_from(crate::journal::writer::wall_clock() / 1000).unwrap_or_default();
    TokenShelf::of(home).store(&token, now).await
}

/// Forgets the token.
///
/// # Errors
/// It cannot be taken out.
pub async fn forget_token(home: &Home) -> Result<(), Problem> {
    TokenShelf::of(home).forget().await
}
