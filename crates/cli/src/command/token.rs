//! `bosk token`: keeps a token of `claude setup-token`, which comes by standard input only, so that
//! no list of processes and no history of a shell has it.

use bosk_core::auth::TokenStore;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::{Secret, TokenShelf};
use bosk_runtime::home::Home;

use crate::failure::{Exit, Failure};
use crate::screen::{is_interactive, note};
use crate::typed::{Typed, text_or_input};
use crate::words;

/// What is done with it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Forget the kept token
    #[arg(long)]
    forget: bool,
}

/// Keeps or forgets.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let shelf = TokenShelf::of(home);
    if arguments.forget {
        shelf.forget().await?;
        note("No token is kept any more.");
        return Ok(Exit::Done);
    }
    let pasted = if is_interactive() {
        note("Paste what `claude setup-token` printed, then press Enter:");
        Typed::default().line().await.unwrap_or_default()
    } else {
        text_or_input("-")?
    };
    let token = Secret::parse(&pasted).map_err(Problem::from)?;
    let seconds = u64::try_from(words::now() / 1000)
        .map_err(|_| Problem::new(ProblemCode::Internal, "This machine's clock is before 1970."))?;
    note(match shelf.store(&token, seconds).await? {
        TokenStore::Keychain => "Kept in the system's key store.",
        TokenStore::File => {
            "Kept in a file that only you can read, since this system has no key store that answers."
        }
    });
    Ok(Exit::Done)
}
