//! What a rehearsal is played on when nothing else is named: a sample repository in Bosk's folder,
//! and the prompt of a sample session.

use std::path::{Path, PathBuf};

use bosk_core::Problem;
use bosk_rehearsal::{Scripts, try_sessions, write_sample_repository};
use bosk_runtime::client::rehearsal;
use bosk_runtime::home::Home;

/// The prompt that the script answers; the first sample session's where none is named.
pub(super) fn session(script: Option<&str>) -> Result<String, Problem> {
    let Some(named) = script else {
        let first = try_sessions().into_iter().next();
        return Ok(first.map(|session| session.prompt).unwrap_or_default());
    };
    let scripts = Scripts::named(Some(named)).map_err(Problem::from)?;
    let of_script = scripts.get(named).map(|script| script.prompt.clone()).unwrap_or_default();
    // A script without a prompt of its own answers whatever is said.
    Ok(if of_script.is_empty() { "Hello".to_owned() } else { of_script })
}

/// The sample repository, made if it is not there yet.
pub(super) async fn repository(home: &Home) -> Result<PathBuf, Problem> {
    let write = |folder: &Path| write_sample_repository(folder).map(drop).map_err(Problem::from);
    rehearsal::sample_repository(home, write).await
}
