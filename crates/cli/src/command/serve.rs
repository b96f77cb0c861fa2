//! `bosk serve`: sessions for other programs, over HTTP and WebSocket. Not here: the interface itself (`bosk_serve`).

use std::net::{IpAddr, Ipv4Addr};

use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::{Secret, TokenShelf};
use bosk_runtime::home::Home;
use bosk_serve::Options;

use crate::failure::{Exit, Failure};
use crate::screen::{note, print};

/// How they are offered.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8791)]
    port: u16,
    /// The address; anything but loopback can be reached by other machines, without encryption
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// A name, with its port, by which this machine may be called; may be repeated
    #[arg(long, value_name = "NAME:PORT")]
    host: Vec<String>,
    /// Print the token that callers have to show, and end
    #[arg(long)]
    show_token: bool,
    /// Make a new token first: the one before is no longer accepted once this is started again
    #[arg(long)]
    new_token: bool,
    /// Print the description of the interface (OpenAPI, JSON), and end
    #[arg(long)]
    describe: bool,
}

/// Serves until it is interrupted.
pub(crate) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    if arguments.describe {
        let text = bosk_serve::description().to_pretty_json();
        let text = text.map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        print(&(text + "\n"))?;
        return Ok(Exit::Done);
    }
    let home = Home::find()?;
    let token = token(&home, arguments.new_token).await?;
    if arguments.show_token {
        print(&format!("{}\n", token.reveal()))?;
        return Ok(Exit::Done);
    }
    // What was added and nobody started, as after a restart of the machine, goes on.
    bosk_runtime::queue::ensure(&home).await?;
    let unusable = |error: std::io::Error| {
        Problem::new(ProblemCode::InvalidInput, format!("The port cannot be opened: {error}."))
            .hint("Choose another one with --port; 0 takes a free one.")
    };
    let listener = tokio::net::TcpListener::bind((arguments.address, arguments.port)).await;
    let listener = listener.map_err(unusable)?;
    bosk_runtime::process::raise_file_limit();
    print(&format!("http://{}\n", listener.local_addr().map_err(unusable)?))?;
    note(
        "Callers show the token that `bosk serve --show-token` prints. Ctrl-C ends this; sessions go on.",
    );
    if !arguments.address.is_loopback() {
        note("Other machines can reach it, and nothing is encrypted on the way.");
    }
    let serving = bosk_serve::serve(home, listener, Options { token, hosts: arguments.host });
    tokio::select! {
        served = serving => served?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(Exit::Done)
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
