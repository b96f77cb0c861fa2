//! Through the system's own notifications on macOS and Windows. A click raises the app; which session it
//! was about is not told there.

use bosk_core::SessionId;

use super::Notification;

/// Hands notifications over to the system.
#[derive(Debug, Clone)]
pub(crate) struct Notifier;

impl Notifier {
    pub(crate) fn start(_clicked: impl Fn(Option<SessionId>) + Send + Sync + 'static) -> Self {
        Self
    }

    /// Shows it, where somebody does.
    pub(crate) fn show(&self, notification: Notification) {
        tauri::async_runtime::spawn_blocking(move || {
            let mut shown = notify_rust::Notification::new();
            shown.appname("Bosk").summary(&notification.title).body(&notification.text);
            if notification.sound {
                shown.sound_name("Default");
            }
            if let Err(error) = shown.show() {
                tracing::debug!(%error, "a notification was not shown");
            }
        });
    }
}
