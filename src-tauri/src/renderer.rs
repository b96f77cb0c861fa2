//! Which of WebKitGTK's renderers draws the page. The default one (DMABUF) is the slow one without a
//! GPU (28–33 frames a second against 57–62, measured) and shows nothing on some combinations of
//! NVIDIA, Wayland and AppImage (tauri#13899). `BOSK_RENDERER` decides where this is wrong:
//! `default`, `shared-memory` or `software`.

/// Chooses before GTK starts, since it reads the environment only then.
pub(crate) fn choose() {
    #[cfg(target_os = "linux")]
    linux::choose();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    const NO_COMPOSITING: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

    pub(super) fn choose() {
        let wanted = std::env::var("BOSK_RENDERER").unwrap_or_default();
        let gpu = Path::new("/dev/dri/renderD128").exists();
        let nvidia = Path::new("/proc/driver/nvidia/version").exists();
        let packed = std::env::var_os("APPIMAGE").is_some();
        let Some(variable) = switch(&wanted, gpu && !nvidia && !packed) else { return };
        // What the person has set themselves stands.
        if std::env::var_os(NO_DMABUF).is_none() && std::env::var_os(NO_COMPOSITING).is_none() {
            // SAFETY: this is the program's first act; no other thread exists yet that could read
            // the environment at the same time.
            unsafe { std::env::set_var(variable, "1") };
        }
    }

    /// The variable to set, if any.
    fn switch(wanted: &str, default_is_good: bool) -> Option<&'static str> {
        match wanted {
            "default" => None,
            "shared-memory" => Some(NO_DMABUF),
            "software" => Some(NO_COMPOSITING),
            _ => (!default_is_good).then_some(NO_DMABUF),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_default_is_kept_where_it_is_good_and_where_it_is_wished() {
            assert_eq!(switch("", true), None);
            assert_eq!(switch("", false), Some(NO_DMABUF));
            assert_eq!(switch("default", false), None);
            assert_eq!(switch("software", true), Some(NO_COMPOSITING));
            assert_eq!(switch("shared-memory", true), Some(NO_DMABUF));
        }
    }
}
