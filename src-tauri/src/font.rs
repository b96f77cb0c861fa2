//! The system's own font by its own name. WebKitGTK asks fontconfig for what the desktop's settings
//! say, often an alias ("Sans"), and compares every alias of that with the font that it got: about a
//! hundred questions, a millisecond, for every size and weight on the screen (measured: the first
//! picture comes 26 ms later). Elsewhere the web view knows the font itself.

/// What gives the page the font's name before anything is drawn, where that is needed.
pub(crate) fn script() -> Option<String> {
    family().map(|family| told(&family))
}

/// The page's style sheet has a place for it: `--system-font`.
fn told(family: &str) -> String {
    let quoted = serde_json::Value::from(family).to_string();
    let value = serde_json::Value::from(quoted);
    format!("document.documentElement?.style.setProperty('--system-font', {value});")
}

/// Only after GTK has started.
#[cfg(target_os = "linux")]
fn family() -> Option<String> {
    use gtk::prelude::*;
    let settings = gtk::Settings::default()?;
    let wanted = gtk::pango::FontDescription::from_string(&settings.gtk_font_name()?);
    let font = gtk::Label::new(None).pango_context().load_font(&wanted)?;
    font.describe().family().map(Into::into)
}

#[cfg(not(target_os = "linux"))]
fn family() -> Option<String> {
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
