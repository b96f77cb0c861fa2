//! The signals that a keeper listens to. Not here: those that it sends (`process`).

/// A signal that is waited for. Windows ends a process without a window by other means and has no
/// orphans to bury: there, none ever comes.
pub(super) struct Signal(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

/// The system wants this process to end, as at a shutdown.
pub(super) fn end() -> Signal {
    #[cfg(unix)]
    return listen(tokio::signal::unix::SignalKind::terminate());
    #[cfg(windows)]
    return Signal();
}

/// A child, or an orphan that was handed to this process, has ended.
pub(super) fn child() -> Signal {
    #[cfg(unix)]
    return listen(tokio::signal::unix::SignalKind::child());
    #[cfg(windows)]
    return Signal();
}

/// The terminal of whoever started this process was closed: caught, and no reason to end.
pub(super) fn hang_up() -> Signal {
    #[cfg(unix)]
    return listen(tokio::signal::unix::SignalKind::hangup());
    #[cfg(windows)]
    return Signal();
}

#[cfg(unix)]
fn listen(kind: tokio::signal::unix::SignalKind) -> Signal {
    Signal(tokio::signal::unix::signal(kind).ok())
}

impl Signal {
    /// Waits until it comes.
    pub(super) async fn came(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0 {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    }
}
