//! What `bosk serve` is given.

use std::net::{IpAddr, Ipv4Addr};

/// Offers sessions to other programs, over HTTP and WebSocket.
///
/// Off unless started, on loopback unless told otherwise, and never without the token.
#[derive(Debug, clap::Parser)]
#[command(name = "bosk serve", bin_name = "bosk serve", version)]
pub(crate) struct Arguments {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8791)]
    pub(crate) port: u16,
    /// The address; anything but loopback can be reached by other machines, without encryption
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) address: IpAddr,
    /// A name, with its port, by which this machine may be called; may be repeated
    #[arg(long, value_name = "NAME:PORT")]
    pub(crate) host: Vec<String>,
    /// Print the token that callers have to show, and end
    #[arg(long)]
    pub(crate) show_token: bool,
    /// Make a new token first: the one before is no longer accepted once this is started again
    #[arg(long)]
    pub(crate) new_token: bool,
    /// Print the description of the interface (OpenAPI, JSON), and end
    #[arg(long)]
    pub(crate) describe: bool,
}
