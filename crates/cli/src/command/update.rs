//! `bosk update`: brings what its base has got since into a session's branch.

use bosk_core::review::merge::MergeHow;
use bosk_runtime::home::Home;
use serde_json::json;

use super::{conflicts, signing, work};
use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{print, print_json};

/// What is brought, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The branch that is brought in; its base when absent
    #[arg(long)]
    from: Option<String>,
    /// Put the session's own commits on top, one after the other
    #[arg(long)]
    rebase: bool,
    /// Do not sign what is made, even where git is set up to
    #[arg(long)]
    no_sign: bool,
    /// Print what stands half-way then as one JSON object
    #[arg(long)]
    json: bool,
}

/// Updates.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let work = signing(work(home, &arguments.id).await?, arguments.no_sign);
    let how = if arguments.rebase { MergeHow::Rebase } else { MergeHow::Merge };
    let left = work.update_branch(arguments.from.as_deref(), how).await?;
    let is_done = left.operation.is_none();
    if arguments.json {
        print_json(&json!(left))?;
    } else if is_done {
        let from = arguments.from.as_deref().unwrap_or("its base");
        print(&format!("The session's branch has all of {}.\n", one_line(from, 200)))?;
    } else {
        conflicts::tell(&arguments.id, &left)?;
    }
    Ok(if is_done { Exit::Done } else { Exit::Failed })
}
