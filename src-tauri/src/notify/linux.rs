//! Over D-Bus (Desktop Notifications Specification): one connection, on which the clicks come back too.

use std::collections::{HashMap, VecDeque};

use bosk_core::SessionId;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use zbus::zvariant::Value;

use super::Notification;

/// How many notifications are remembered, so that a click on them opens the place.
const REMEMBERED: usize = 64;

/// Hands notifications over to the system.
#[derive(Debug, Clone)]
pub(crate) struct Notifier(mpsc::UnboundedSender<Notification>);

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification's own")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
}

impl Notifier {
    /// `clicked` is told which session's notification was clicked.
    pub(crate) fn start(clicked: impl Fn(Option<SessionId>) + Send + Sync + 'static) -> Self {
        let (to, from) = mpsc::unbounded_channel();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = serve(from, clicked).await {
                tracing::info!(%error, "nobody shows notifications");
            }
        });
        Self(to)
    }

    /// Shows it, where somebody does.
    pub(crate) fn show(&self, notification: Notification) {
        let _ = self.0.send(notification);
    }
}

async fn serve(
    mut from: mpsc::UnboundedReceiver<Notification>,
    clicked: impl Fn(Option<SessionId>),
) -> zbus::Result<()> {
    let connection = zbus::Connection::session().await?;
    let server = NotificationsProxy::new(&connection).await?;
    let mut clicks = server.receive_action_invoked().await?;
    let mut markup = None;
    let mut shown: VecDeque<(u32, Option<SessionId>)> = VecDeque::new();
    loop {
        tokio::select! {
            next = from.recv() => {
                let Some(next) = next else { return Ok(()) };
                if markup.is_none() {
                    let able = server.get_capabilities().await;
                    markup = able.ok().map(|able| able.iter().any(|one| one == "body-markup"));
                }
                match show(&server, &next, markup == Some(true)).await {
                    Ok(id) => {
                        shown.push_back((id, next.session));
                        if shown.len() > REMEMBERED {
                            shown.pop_front();
                        }
                    }
                    // The service may come later.
                    Err(error) => tracing::debug!(%error, "a notification was not shown"),
                }
            }
            Some(click) = clicks.next() => {
                let Ok(args) = click.args() else { continue };
                if let Some((_, session)) = shown.iter().find(|(id, _)| *id == args.id) {
                    clicked(session.clone());
                }
            }
        }
    }
}

async fn show(
    server: &NotificationsProxy<'_>,
    what: &Notification,
    markup: bool,
) -> zbus::Result<u32> {
    // Where markup is understood, words of others must not be taken for some.
    let body = if markup { escaped(&what.text) } else { what.text.clone() };
    let mut hints = HashMap::from([
        ("desktop-entry", Value::from("Bosk")),
        ("urgency", Value::from(u8::from(what.stays) + 1)),
        ("suppress-sound", Value::from(!what.sound)),
    ]);
    if what.sound {
        hints.insert("sound-name", Value::from("message-new-instant"));
    }
    server
        .notify("Bosk", 0, "bosk-desktop", &what.title, &body, &["default", "Open"], hints, -1)
        .await
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
