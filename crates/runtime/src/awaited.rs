//! Waiting for what may not be expected at all: a branch of a `select!` that then never comes.

use tokio::sync::oneshot;

/// What comes, or none where it never will; it waits for ever where nothing is expected.
pub(crate) async fn one_of<T>(channel: &mut Option<oneshot::Receiver<T>>) -> Option<T> {
    match channel {
        Some(channel) => channel.await.ok(),
        None => std::future::pending().await,
    }
}
