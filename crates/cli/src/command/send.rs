//! `bosk send`: a message to a session; one that has ended is started again first.

use bosk_runtime::catalog;
use bosk_runtime::client::send::send;
use bosk_runtime::home::Home;

use crate::failure::{Exit, Failure};
use crate::screen::note;
use crate::typed::text_or_input;

/// What is sent.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// What Claude is to do next; `-` reads it from standard input
    text: String,
}

/// Sends.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let resumed = send(home, &id, &text_or_input(&arguments.text)?).await?;
    let first = if resumed { "Resumed, and sent." } else { "Sent." };
    note(&format!("{first} `bosk logs {} --follow` shows what comes of it.", id.short()));
    Ok(Exit::Done)
}
