//! The commands, one file each. Here is what several of them need.

use crate::failure::Failure;
use crate::screen::{is_interactive, print};
use crate::typed::Typed;
use bosk_core::launch::{Effort, PermissionMode};
use bosk_core::queue::Priority;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::Connection;
use bosk_runtime::home::Home;
use bosk_runtime::merging::Work;
use clap::builder::{PossibleValuesParser, TypedValueParser};

pub(crate) mod adopt;
pub(crate) mod answer;
pub(crate) mod archive;
pub(crate) mod back;
pub(crate) mod batch;
pub(crate) mod comment;
pub(crate) mod commit;
pub(crate) mod conflicts;
pub(crate) mod delete;
pub(crate) mod diff;
pub(crate) mod disk;
pub(crate) mod doctor;
pub(crate) mod kill;
pub(crate) mod limit;
pub(crate) mod log;
pub(crate) mod logs;
pub(crate) mod ls;
pub(crate) mod merge;
pub(crate) mod pause;
pub(crate) mod pr;
pub(crate) mod push;
pub(crate) mod queue;
pub(crate) mod resume;
pub(crate) mod rm;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod stage;
pub(crate) mod stop;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod top;
pub(crate) mod update;
pub(crate) mod usage;
pub(crate) mod variants;
pub(crate) mod wait;
pub(crate) mod worktrees;

mod chosen;
mod table;
mod trial;
mod trust;

/// The modes by the CLI's own words.
pub(crate) fn permission_modes() -> impl TypedValueParser<Value = PermissionMode> {
    let words = ["manual", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions"];
    // Only these words come through, and each of them names a mode.
    PossibleValuesParser::new(words).map(|word| PermissionMode::from_cli(&word).unwrap_or_default())
}

/// The efforts by the CLI's own words.
pub(crate) fn efforts() -> impl TypedValueParser<Value = Effort> {
    let all = [Effort::Low, Effort::Medium, Effort::High, Effort::Xhigh, Effort::Max];
    PossibleValuesParser::new(all.map(Effort::as_str)).map(move |word| {
        all.into_iter().find(|effort| effort.as_str() == word).unwrap_or(Effort::Medium)
    })
}

/// How urgent a task can be.
pub(crate) fn priorities() -> impl TypedValueParser<Value = Priority> {
    PossibleValuesParser::new(["low", "normal", "high"]).map(|word| match word.as_str() {
        "low" => Priority::Low,
        "high" => Priority::High,
        _ => Priority::Normal,
    })
}

/// The keeper of a session that must be running.
pub(crate) async fn keeper(home: &Home, id: &SessionId) -> Result<Connection, Problem> {
    // A dead keeper's session is first told the truth about.
    bosk_runtime::client::standing(home, id).await?;
    Connection::open(home, id).await
}

/// Whether the person agrees: asked, unless that is known already.
pub(crate) async fn agreed(yes: bool, question: &str, refused: &str) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !is_interactive() {
        let text = format!("Nobody can be asked here, so {refused}.");
        let problem = Problem::new(ProblemCode::InvalidInput, text);
        return Err(problem.hint("Add --yes if that is what you want.").into());
    }
    print(&format!("{question} [y/N] "))?;
    if Typed::default().agrees().await {
        return Ok(true);
    }
    let mut letters = refused.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    print(&format!("{first}{}.\n", letters.as_str()))?;
    Ok(false)
}

/// The work of the one session whose id begins so.
pub(crate) async fn work(home: &Home, id: &str) -> Result<Work, Problem> {
    let id = catalog::find(home, id)?;
    let index = Index::open(home);
    Work::open(home, &catalog::summary(home, &index, &id).await?).await
}

/// The same, where nothing is to be signed if so.
pub(crate) fn signing(work: Work, not: bool) -> Work {
    if not { work.unsigned() } else { work }
}

/// The session is not in a state in which that can be done.
pub(crate) fn wrong_state(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::SessionState, message)
}
