//! `bosk doctor`: what Bosk needs, and whether it is there.

use std::path::Path;

use bosk_core::auth::TokenStore;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::{self, Billing, Cli, TokenShelf};
use bosk_runtime::client::room::room;
use bosk_runtime::git::Git;
use bosk_runtime::home::Home;
use bosk_runtime::process::Environment;
use bosk_runtime::settings;
use serde_json::{Value, json};

use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{BOLD, GREEN, RED, paint, print, print_json};
use crate::words::size;

/// How it is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Print one JSON object: `ok`, and `checks` with `name`, `ok`, `detail`, `hint`
    #[arg(long)]
    json: bool,
}

/// Less than this, in bytes, and Bosk's data may not fit much longer.
const LITTLE: u64 = 2 << 30;

struct Check {
    name: &'static str,
    found: Result<String, Problem>,
}

/// Checks all, and fails if something is wrong.
pub(crate) async fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let checks = checks().await;
    let ok = checks.iter().all(|check| check.found.is_ok());
    if arguments.json {
        let checks: Vec<Value> = checks.iter().map(as_json).collect();
        print_json(&json!({"ok": ok, "checks": checks}))?;
    } else {
        print(&checks.iter().map(shown).collect::<String>())?;
    }
    Ok(if ok { Exit::Done } else { Exit::Failed })
}

async fn checks() -> Vec<Check> {
    let home = Home::find();
    let shown = home.as_ref().map(|home| home.path().display().to_string()).map_err(Clone::clone);
    let mut checks = vec![Check { name: "Data folder", found: shown }];
    if let Ok(home) = &home {
        checks.push(Check { name: "Disk", found: disk(home) });
        let (_, problem) = settings::load(home);
        checks.push(Check {
            name: "Settings",
            found: problem.map_or_else(|| Ok("readable".to_owned()), Err),
        });
    }
    checks.push(Check { name: "Git", found: git().await });
    let named = home.as_ref().ok().and_then(|home| settings::load(home).0.claude);
    let cli = claude::find(&Environment::own(), named.as_deref().map(Path::new)).await;
    let version = |cli: &Cli| format!("{} at {}", cli.version, cli.path().display());
    checks.push(Check {
        name: "Claude Code",
        found: cli.as_ref().map(version).map_err(Clone::clone),
    });
    if let Ok(home) = &home {
        checks.push(Check { name: "Kept token", found: token(home).await });
        if let Ok(cli) = &cli {
            checks.push(Check { name: "Sign-in", found: sign_in(home, cli).await });
        }
    }
    checks
}

fn disk(home: &Home) -> Result<String, Problem> {
    let Some((free, total)) = room(home) else { return Ok("not told by this system".to_owned()) };
    if free < LITTLE.min(total / 20) {
        let message =
            format!("Only {} of the disk are free, so no session can be started.", size(free));
        return Err(Problem::new(ProblemCode::DiskFull, message).hint("Free some space."));
    }
    Ok(format!("{} free", size(free)))
}

async fn git() -> Result<String, Problem> {
    let git = Git::find().await?;
    let version = git.look(&std::env::temp_dir()).args(["version"]).run().await?.text();
    Ok(version.trim_start_matches("git version ").to_owned())
}

async fn token(home: &Home) -> Result<String, Problem> {
    let shelf = TokenShelf::of(home);
    let Some(note) = shelf.note() else {
        return Ok("none; sessions use Claude Code's own sign-in".to_owned());
    };
    if shelf.load().await?.is_none() {
        return Err(Problem::new(
            ProblemCode::KeyStore,
            "The kept token is gone from where it was kept.",
        )
        .hint("Paste it anew with `bosk token`."));
    }
    Ok(match note.store {
        TokenStore::Keychain => "in the system's key store".to_owned(),
        TokenStore::File => "in a private file, since no key store took it".to_owned(),
    })
}

async fn sign_in(home: &Home, cli: &Cli) -> Result<String, Problem> {
    let (settings, _) = settings::load(home);
    let shelf = TokenShelf::of(home);
    let token = shelf.load().await.ok().flatten();
    let billing =
        if settings.api_billing { Billing::ApiKey } else { Billing::Account(token.as_ref()) };
    let environment = claude::session_environment(&Environment::own(), cli.path(), billing, &[]);
    let status =
        claude::auth_status(cli, &environment, shelf.note().map(|note| note.store)).await?;
    if !status.logged_in {
        return Err(Problem::new(
            ProblemCode::SignedOut,
            "Nobody is signed in, so only rehearsals can run.",
        )
        .hint("Run `claude auth login` in a terminal, or paste a token with `bosk token`."));
    }
    let how = status.method.unwrap_or_else(|| "signed in".to_owned());
    let who = status.email.map_or_else(String::new, |email| format!(" as {email}"));
    let billed = if status.api_billing { ", billed by use" } else { "" };
    Ok(format!("{how}{who}{billed}"))
}

fn as_json(check: &Check) -> Value {
    match &check.found {
        Ok(detail) => json!({"name": check.name, "ok": true, "detail": detail, "hint": null}),
        Err(problem) => json!({"name": check.name, "ok": false, "code": problem.code,
                               "detail": problem.message, "hint": problem.hint}),
    }
}

fn shown(check: &Check) -> String {
    let name = paint(BOLD, &format!("{:12}", check.name));
    match &check.found {
        Ok(detail) => format!("{} {name} {}\n", paint(GREEN, "✓"), one_line(detail, 1000)),
        Err(problem) => {
            let mut text =
                format!("{} {name} {}\n", paint(RED, "✕"), one_line(&problem.message, 2000));
            if let Some(hint) = &problem.hint {
                text.push_str(&format!("{:15}{}\n", "", one_line(hint, 2000)));
            }
            text
        }
    }
}
