//! Whether the desktop shows a tray at all. Where it does not, closing the window must not hide the app
//! for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether there is one, as far as is known; kept up to date.
#[derive(Clone, Default)]
pub(crate) struct Present(Arc<AtomicBool>);

impl Present {
    /// Begins to look.
    pub(crate) fn watch(&self) {
        #[cfg(target_os = "linux")]
        {
            let known = self.clone();
            tauri::async_runtime::spawn(async move {
                if let Err(error) = linux::watch(&known.0).await {
                    tracing::info!(%error, "whether there is a tray cannot be told");
                }
            });
        }
        #[cfg(not(target_os = "linux"))]
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicBool, Ordering};

    use zbus::fdo::DBusProxy;
    use zbus::names::BusName;

    /// Whoever shows trays owns this name (the StatusNotifierItem specification).
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    pub(super) async fn watch(known: &AtomicBool) -> zbus::Result<()> {
        use futures_util::StreamExt as _;
        let connection = zbus::Connection::session().await?;
        let bus = DBusProxy::new(&connection).await?;
        let mut changes = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        let name = BusName::try_from(WATCHER)?;
        known.store(bus.name_has_owner(name).await?, Ordering::Relaxed);
        while let Some(change) = changes.next().await {
            let owned = change.args()?.new_owner().is_some();
            known.store(owned, Ordering::Relaxed);
        }
        Ok(())
    }
}
