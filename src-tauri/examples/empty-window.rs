//! An empty window of the same toolkit and web view: what the benchmarks hold the app against. It
//! draws one plain page and does nothing else.

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .setup(|app| {
            // It goes nowhere, so the app's own page is not loaded.
            let page = tauri::WebviewUrl::External("about:blank".parse()?);
            tauri::WebviewWindowBuilder::new(app, "main", page)
                .title("Empty")
                .inner_size(1280.0, 820.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
