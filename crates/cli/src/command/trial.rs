//! What a rehearsal is played on when nothing else is named: a sample repository in Bosk's folder,
//! and the prompt of a sample session.

use std::path::PathBuf;

use bosk_core::{Problem, ProblemCode};
use bosk_rehearsal::{try_sessions, write_sample_repository};
use bosk_runtime::git::{Git, Repository};
use bosk_runtime::home::Home;

use crate::keep;

/// The folder's name; it is also what the repository is called.
const NAME: &str = "larder";

/// The prompt that the script answers; the first sample session's where none is named.
pub(super) fn session(script: Option<&str>) -> Result<String, Problem> {
    let Some(named) = script else {
        let first = try_sessions().into_iter().next();
        return Ok(first.map(|session| session.prompt).unwrap_or_default());
    };
    let scripts = keep::scripts(Some(named))?;
    let of_script = scripts.get(named).map(|script| script.prompt.clone()).unwrap_or_default();
    // A script without a prompt of its own answers whatever is said.
    Ok(if of_script.is_empty() { "Hello".to_owned() } else { of_script })
}

/// The sample repository, made if it is not there yet.
pub(super) async fn repository(home: &Home) -> Result<PathBuf, Problem> {
    let folder = home.path().join("sample").join(NAME);
    let git = Git::find().await?;
    if folder.join(".git").exists() {
        let found = Repository::open(git, &folder).await?;
        // A first try that was broken off before its commit is taken up again.
        if !matches!(found.head().await?, bosk_core::git::Head::Unborn { .. }) {
            return Ok(folder);
        }
        write_sample_repository(&folder).map_err(Problem::from)?;
        found.first_commit(true).await?;
        return Ok(folder);
    }
    write_sample_repository(&folder).map_err(Problem::from)?;
    match Repository::init(git, &folder, true).await {
        Ok(_) => Ok(folder),
        // Two may begin at once: the other one's is as good.
        Err(problem)
            if problem.code == ProblemCode::InvalidInput && folder.join(".git").exists() =>
        {
            Ok(folder)
        }
        Err(problem) => Err(problem),
    }
}
