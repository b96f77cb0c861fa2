//! The system's own font by its own name. WebKitGTK asks fontconfig for what the desktop's settings
//! say, often an alias ("Sans"), and compares every alias of that with the font that it got: about a
//! hundred questions, a millisecond, for every size and weight on the screen (measured: the first
//! picture comes 26 ms later). Elsewhere the web view knows the font itself.

use serde::{Deserialize, Serialize};

use crate::store::Store;

/// The choice under which the name is kept: to find it out takes 20 ms (measured), in which the window
/// would have to wait.
const KEPT: &str = "system_font";

/// A font as it was found.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Found {
    /// What the desktop's settings said.
    setting: String,
    family: String,
}

/// What gives the page the font's name before anything is drawn, where an earlier start has found it out.
pub(crate) fn script(store: &Store) -> Option<String> {
    let found: Found = serde_json::from_value(store.get(KEPT)).ok()?;
    (found.setting == setting()?).then(|| told(&found.family))
}

/// Finds the font out for the next start. Only on the main thread, and when nobody waits for it.
pub(crate) fn find_out(store: &Store) {
    let Some(setting) = setting() else { return };
    let Some(family) = family(&setting) else { return };
    let found = serde_json::json!(Found { setting, family });
    if store.get(KEPT) != found {
        store.set(KEPT.to_owned(), found);
    }
}

/// The page's style sheet has a place for it: `--system-font`.
fn told(family: &str) -> String {
    let quoted = serde_json::Value::from(family).to_string();
    let value = serde_json::Value::from(quoted);
    format!("document.documentElement?.style.setProperty('--system-font', {value});")
}

/// What the desktop's settings say. Only after GTK has started.
#[cfg(target_os = "linux")]
fn setting() -> Option<String> {
    use gtk::prelude::*;
    gtk::Settings::default()?.gtk_font_name().map(Into::into)
}

#[cfg(target_os = "linux")]
fn family(setting: &str) -> Option<String> {
    use gtk::prelude::*;
    let wanted = gtk::pango::FontDescription::from_string(setting);
    let font = gtk::Label::new(None).pango_context().load_font(&wanted)?;
    font.describe().family().map(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn setting() -> Option<String> {
    None
}

#[cfg(not(target_os = "linux"))]
fn family(_: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_data() {
        let said = told("A \"B\"'); alert(1) //");
        let value = said.split_once("'--system-font', ").unwrap().1.strip_suffix(");").unwrap();
        let css: String = serde_json::from_str(value).unwrap();
        assert_eq!(css, r#""A \"B\"'); alert(1) //""#);
    }
}
