//! What a desktop offers on its bus, played by the test: the watcher that trays register with, a reader of
//! their menus, and the service that shows notifications.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bosk_tests::PATIENCE;
use tokio::sync::mpsc;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, interface};

/// Both services on one bus.
pub(crate) struct Services {
    connection: Connection,
    items: mpsc::UnboundedReceiver<(String, String)>,
    notifications: mpsc::UnboundedReceiver<Notification>,
}

/// A notification as it was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Notification {
    pub(crate) id: u32,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) actions: Vec<String>,
}

struct Watcher(mpsc::UnboundedSender<(String, String)>);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        self.0.send((sender, service.clone())).unwrap();
        Self::status_notifier_item_registered(&emitter, &service).await.unwrap();
    }

    async fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;
}

struct Shower {
    to: mpsc::UnboundedSender<Notification>,
    next: Arc<Mutex<u32>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Shower {
    #[expect(clippy::too_many_arguments, reason = "the specification's own")]
    async fn notify(
        &self,
        _app_name: String,
        _replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let id = {
            let mut next = self.next.lock().unwrap();
            *next += 1;
            *next
        };
        self.to.send(Notification { id, title: summary, text: body, actions }).unwrap();
        id
    }

    async fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    async fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "bosk".into(), "1".into(), "1.2".into())
    }

    async fn close_notification(&self, _id: u32) {}

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;
}

const SHOWER: &str = "/org/freedesktop/Notifications";

impl Services {
    /// Offers them on the bus at that address.
    pub(crate) async fn offer(address: &str) -> Self {
        let (item_to, items) = mpsc::unbounded_channel();
        let (to, notifications) = mpsc::unbounded_channel();
        let connection = zbus::connection::Builder::address(address)
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher(item_to))
            .unwrap()
            .serve_at(SHOWER, Shower { to, next: Arc::default() })
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { connection, items, notifications }
    }

    /// The tray that registers next.
    pub(crate) async fn tray(&mut self) -> Tray {
        let item = tokio::time::timeout(PATIENCE, self.items.recv()).await;
        let (sender, path) = item.expect("no tray registers").unwrap();
        let item = Proxy::new(&self.connection, sender.clone(), path, "org.kde.StatusNotifierItem");
        let item = item.await.unwrap();
        let menu: OwnedObjectPath = item.get_property("Menu").await.unwrap();
        let menu = Proxy::new(&self.connection, sender, menu, "com.canonical.dbusmenu");
        Tray { item, menu: menu.await.unwrap() }
    }

    /// The next notification.
    pub(crate) async fn notification(&mut self) -> Notification {
        let next = tokio::time::timeout(PATIENCE, self.notifications.recv()).await;
        next.expect("nothing is told").unwrap()
    }

    /// Those that have come meanwhile.
    pub(crate) fn others(&mut self) -> Vec<Notification> {
        std::iter::from_fn(|| self.notifications.try_recv().ok()).collect()
    }

    /// Clicks a notification.
    pub(crate) async fn click(&self, notification: &Notification) {
        let emitter = SignalEmitter::new(&self.connection, SHOWER).unwrap();
        Shower::action_invoked(&emitter, notification.id, "default").await.unwrap();
    }
}

/// A tray as the desktop sees it.
pub(crate) struct Tray {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// An item of a menu.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    id: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
    pub(crate) children: Vec<Item>,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

fn item(layout: Layout) -> Item {
    let (id, properties, children) = layout;
    let text =
        |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<&str>().ok());
    let enabled = properties.get("enabled").and_then(|value| value.downcast_ref::<bool>().ok());
    Item {
        id,
        // An underscore marks a letter to press.
        label: text("label").unwrap_or_default().replace('_', ""),
        enabled: enabled.unwrap_or(true),
        children: children
            .into_iter()
            .map(|child| item(Layout::try_from(child).unwrap()))
            .collect(),
    }
}

impl Item {
    /// The labels of all that is in it, one below the other.
    pub(crate) fn labels(&self) -> Vec<String> {
        let below = self
            .children
            .iter()
            .flat_map(|child| std::iter::once(child.label.clone()).chain(child.labels()));
        below.filter(|label| !label.is_empty()).collect()
    }

    fn find(&self, label: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| {
            if child.label.contains(label) { Some(child) } else { child.find(label) }
        })
    }
}

impl Tray {
    /// A property of it, as text.
    pub(crate) async fn text(&self, name: &str) -> String {
        // Changes are told by signals of the specification's own, which the proxy's cache does not know.
        let properties = self.item.connection();
        let answer = properties
            .call_method(
                Some(self.item.destination()),
                self.item.path(),
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &("org.kde.StatusNotifierItem", name),
            )
            .await
            .unwrap();
        let value: OwnedValue = answer.body().deserialize().unwrap();
        value.downcast_ref::<&str>().unwrap_or_default().to_owned()
    }

    /// The whole menu as it is now.
    pub(crate) async fn menu(&self) -> Item {
        let (_, layout): (u32, Layout) =
            self.menu.call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new())).await.unwrap();
        item(layout)
    }

    /// Waits until the menu is as it should be. It tells when it changes; that is looked at, and besides
    /// every now and then, since a signal may come before anybody listens.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Item) -> bool) -> Item {
        use futures_util::StreamExt as _;
        let mut changes = self.menu.receive_signal("LayoutUpdated").await.unwrap();
        let wait = async {
            loop {
                let menu = self.menu().await;
                if wanted(&menu) {
                    return menu;
                }
                let _ = tokio::time::timeout(Duration::from_millis(500), changes.next()).await;
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(menu) => menu,
            Err(_) => panic!("never {what}: {:#?}", self.menu().await.labels()),
        }
    }

    /// Clicks the first item whose label holds that.
    pub(crate) async fn click(&self, label: &str) {
        let menu = self.menu().await;
        let found =
            menu.find(label).unwrap_or_else(|| panic!("no {label} in {:#?}", menu.labels()));
        assert!(found.enabled, "{label} cannot be chosen");
        let event = (found.id, "clicked", Value::from(0_i32), 0_u32);
        let _: () = self.menu.call("Event", &event).await.unwrap();
    }
}
