//! `bosk adopt`: a conversation that was begun in a terminal or an editor becomes a session of Bosk's.

use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::client::adopt::adopt;
use bosk_runtime::foreign::Elsewhere;
use bosk_runtime::home::Home;

use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::print;

/// What is taken over.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The conversation's whole id; without it, those that run elsewhere are listed
    id: Option<String>,
}

/// Takes it over.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let Some(id) = &arguments.id else { return list(home) };
    let id = SessionId::parse(id).map_err(|_| {
        Problem::new(ProblemCode::InvalidInput, format!("`{id}` is no conversation's id."))
            .hint("`/status` in Claude shows it; so does the name of its transcript.")
    })?;
    adopt(home, &id).await?;
    print(&format!("It is here. `bosk send {} TEXT` goes on with it.\n", id.short()))?;
    Ok(Exit::Done)
}

fn list(home: &Home) -> Result<Exit, Failure> {
    let sessions = Elsewhere::new(home).alive();
    if sessions.is_empty() {
        print("No session runs elsewhere.\n")?;
    }
    for session in sessions {
        let busy = if session.busy { "busy" } else { "idle" };
        let folder = one_line(&session.folder, 200);
        print(&format!("{}  {busy}  {folder}\n", session.id))?;
    }
    Ok(Exit::Done)
}
