//! Links to Bosk: `bosk://session/<id>` opens that session, `bosk://monitor` the Monitor. They only open; none
//! of them runs anything.

use bosk_core::SessionId;
use tauri::AppHandle;
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::window;

/// Listens to links.
pub(crate) fn listen(app: &AppHandle) {
    // A package registers them; a build that was not installed does so itself.
    #[cfg(all(debug_assertions, not(target_os = "macos")))]
    if std::env::var_os("BOSK_REGISTER_LINKS").is_some()
        && let Err(error) = app.deep_link().register_all()
    {
        tracing::info!(%error, "links are not registered");
    }
    // The one that Bosk was started by, if it was.
    for url in app.deep_link().get_current().ok().flatten().unwrap_or_default() {
        open(app, url.as_str());
    }
    let opening = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            open(&opening, url.as_str());
        }
    });
}

/// Bosk was started once more: by a link, or to be seen.
pub(crate) fn second_start(app: &AppHandle, args: &[String]) {
    match args.iter().find(|arg| arg.starts_with("bosk://")) {
        Some(link) => open(app, link),
        None => window::raise(app),
    }
}

/// Opens what a link names, where it names something.
pub(crate) fn open(app: &AppHandle, link: &str) {
    let (app, session) = (app.clone(), session(link));
    let monitor = link.trim_end_matches('/') == "bosk://monitor";
    tauri::async_runtime::spawn(async move {
        match session {
            Some(id) => window::raise_at(&app, &id).await,
            None if monitor => window::open_or_tell(&app, window::Kind::Monitor).await,
            None => window::raise(&app),
        }
    });
}

/// The session that a link names: nothing but an id is taken from it.
fn session(link: &str) -> Option<SessionId> {
    let id = link.strip_prefix("bosk://session/")?;
    SessionId::parse(id.trim_end_matches('/')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_session_and_nothing_else() {
        let id = "b1d42286-cc30-4c1e-a2f9-fc320fe98405";
        assert_eq!(session(&format!("bosk://session/{id}")).unwrap().as_str(), id);
        assert!(session(&format!("bosk://session/{id}/")).is_some());
        for other in [
            "bosk://session/",
            "bosk://launch?prompt=x",
            "bosk://session/../../etc/passwd",
            "bosk://session/b1d42286-cc30-4c1e-a2f9-fc320fe98405?prompt=x",
            "https://example.com/session/b1d42286-cc30-4c1e-a2f9-fc320fe98405",
        ] {
            assert_eq!(session(other), None, "{other}");
        }
    }
}
