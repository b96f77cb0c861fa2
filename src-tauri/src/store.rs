//! What may be lost: last choices. tauri-plugin-store keeps them, whose own save is not atomic and
//! whose load takes a damaged file for an empty one; so a good copy is kept beside it and put back
//! when the store can't be read. What matters is in the runtime's settings, never here.

use std::path::PathBuf;
use std::sync::Arc;

use bosk_runtime::{files, home::Home};
use serde_json::Value;
use tauri::{AppHandle, Wry};
use tauri_plugin_store::StoreExt as _;

/// The choices.
pub(crate) struct Store {
    store: Option<Arc<tauri_plugin_store::Store<Wry>>>,
    good: PathBuf,
}

impl Store {
    pub(crate) fn open(app: &AppHandle, home: &Home) -> Self {
        let path = home.path().join("choices.json");
        let good = home.path().join("choices.good.json");
        let readable = |path: &PathBuf| {
            std::fs::read(path).is_ok_and(|bytes| serde_json::from_slice::<Value>(&bytes).is_ok())
        };
        if path.exists() && !readable(&path) && readable(&good) {
            let mended = files::put_aside(&path).and_then(|_| std::fs::copy(&good, &path));
            if let Err(error) = mended {
                tracing::warn!(%error, "the last choices are lost");
            }
        }
        let store = app.store(path);
        if let Err(error) = &store {
            tracing::warn!(%error, "last choices are not kept");
        }
        Self { store: store.ok(), good }
    }

    pub(crate) fn get(&self, key: &str) -> Value {
        self.store.as_ref().and_then(|store| store.get(key)).unwrap_or_default()
    }

    pub(crate) fn set(&self, key: String, value: Value) {
        let Some(store) = &self.store else { return };
        store.set(key, value);
        let all: serde_json::Map<String, Value> = store.entries().into_iter().collect();
        let kept = store.save().map_err(std::io::Error::other).and_then(|()| {
            files::write_atomically(&self.good, Value::Object(all).to_string().as_bytes())
        });
        if let Err(error) = kept {
            tracing::warn!(%error, "the last choice is not kept");
        }
    }
}
