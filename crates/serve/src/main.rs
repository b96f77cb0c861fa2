//! `bosk serve`: the interface as a program of its own, since the keepers are the command `bosk`, and each page of
//! code that they do without is memory for every session.

mod arguments;

use std::process::ExitCode;

use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::{Secret, TokenShelf};
use bosk_runtime::home::Home;
use bosk_serve::Options;
use clap::Parser as _;

use arguments::Arguments;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            note(&problem.message);
            if let Some(hint) = &problem.hint {
                note(hint);
            }
            // As `bosk` has it: nothing was begun.
            ExitCode::from(2)
        }
    }
}

/// Serves until it is interrupted.
async fn run(arguments: Arguments) -> Result<(), Problem> {
    if arguments.describe {
        let text = bosk_serve::description().to_pretty_json();
        say(&text.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?);
        return Ok(());
    }
    let home = Home::find()?;
    let token = token(&home, arguments.new_token).await?;
    // What was added and nobody started, as after a restart of the machine, goes on.
    if !arguments.show_token {
        bosk_runtime::queue::ensure(&home).await?;
    }
    if arguments.show_token {
        say(token.reveal());
        return Ok(());
    }
    let unusable = |error: std::io::Error| {
        Problem::new(ProblemCode::InvalidInput, format!("The port cannot be opened: {error}."))
            .hint("Choose another one with --port; 0 takes a free one.")
    };
    let listener = tokio::net::TcpListener::bind((arguments.address, arguments.port)).await;
    let listener = listener.map_err(unusable)?;
    bosk_runtime::process::raise_file_limit();
    say(&format!("http://{}", listener.local_addr().map_err(unusable)?));
    note(
        "Callers show the token that `bosk serve --show-token` prints. Ctrl-C ends this; sessions go on.",
    );
    if !arguments.address.is_loopback() {
        note("Other machines can reach it, and nothing is encrypted on the way.");
    }
    let serving = bosk_serve::serve(home, listener, Options { token, hosts: arguments.host });
    tokio::select! {
        served = serving => served,
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

async fn token(home: &Home, new: bool) -> Result<Secret, Problem> {
    let shelf = TokenShelf::of_interface(home);
    if !new && let Some(token) = shelf.load().await? {
        return Ok(token);
    }
    let token = Secret::new_for_interface();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    shelf.store(&token, now.map_or(0, |since| since.as_secs())).await?;
    Ok(token)
}

fn say(text: &str) {
    use std::io::Write as _;
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn note(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}
