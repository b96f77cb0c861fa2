//! Notifications: shown by the system, and a click opens the place. Not here: which changes are worth one
//! (`bosk_core::attention`).

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use bosk_core::SessionId;

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::Notifier;
#[cfg(target_os = "linux")]
pub(crate) use linux::Notifier;

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) title: String,
    pub(crate) text: String,
    /// The session that a click opens; none raises the window.
    pub(crate) session: Option<SessionId>,
    pub(crate) sound: bool,
    /// Whether it waits until it is seen.
    pub(crate) stays: bool,
}
