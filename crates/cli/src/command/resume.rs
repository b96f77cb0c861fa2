//! `bosk resume`: starts a session's process again, in the same conversation.

use bosk_runtime::home::Home;
use bosk_runtime::journal::JOURNAL;
use bosk_runtime::{catalog, client};

use crate::failure::{Exit, Failure};
use crate::live::{self, Watching};
use crate::screen::{note, print};
use crate::typed::Typed;

/// What is resumed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Leave it running instead of showing it
    #[arg(long)]
    detach: bool,
    /// Print JSON lines
    #[arg(long, conflicts_with = "detach")]
    json: bool,
}

/// Resumes.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let length = std::fs::metadata(home.session(&id).join(JOURNAL)).map_or(0, |file| file.len());
    client::resume(home, &id).await?;
    if arguments.detach {
        print(&format!("{id}\n"))?;
        return Ok(Exit::Done);
    }
    note(&format!(
        "It runs again and takes messages: `bosk send {} TEXT`. Ctrl-C stops it.",
        id.short()
    ));
    let watching = Watching { json: arguments.json, finish: false, from: length, steers: true };
    live::watch(home, &id, watching, Typed::default()).await
}
