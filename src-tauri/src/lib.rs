//! RING 3, what is shown: windows, menus and the commands that the page may call. Thin: what happens
//! is the runtime's, what is true is core's. This package knows no git, no process and no socket.

mod conditions;
mod font;
mod ipc;
mod links;
mod menu;
mod notify;
mod outside;
mod renderer;
mod store;
mod system;
mod tray;
mod window;
mod words;

use std::sync::Arc;

use bosk_core::Problem;
use bosk_runtime::fleet::{Expected, Fleet};
use bosk_runtime::home::Home;
use bosk_runtime::merging::Pushes;
use bosk_runtime::terminal::Terminals;
use tauri::Manager as _;

/// None yet; what a killed app left in its own is ended beside the start.
fn terminals(home: &Home) -> Arc<Terminals> {
    let terminals = Arc::new(Terminals::new(home));
    let left = Arc::clone(&terminals);
    std::thread::spawn(move || left.end_left());
    terminals
}

/// Starts the app and returns when it has ended.
///
/// # Errors
/// Bosk's folder cannot be used, or the system has no web view.
pub fn run() -> Result<(), Problem> {
    renderer::choose();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("BOSK_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let home = Home::find()?;
    // Its sessions are read while the toolkit starts.
    let fleet = tauri::async_runtime::block_on(async { Fleet::open(home.clone()) })?;
    tauri::Builder::default()
        // First: a second start must find the first before anything else is opened.
        .plugin(tauri_plugin_single_instance::init(|app, args, _| links::second_start(app, &args)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(window::places(&home))
        .invoke_handler(ipc::handler())
        .menu(menu::build)
        .on_menu_event(menu::chosen)
        .on_window_event(window::on_event)
        .setup(move |app| {
            let store = store::Store::open(app.handle(), &home);
            // Early: its process starts while all else is done. The page can ask for nothing before this has
            // returned, since its calls come by the loop that runs afterwards.
            let hidden = std::env::args().any(|arg| arg == "--hidden");
            if !hidden {
                window::open_main(app.handle(), &fleet, &store)?;
            }
            app.manage(fleet);
            app.manage(store);
            app.manage(Expected::default());
            app.manage(ipc::claude::Once::new(hidden));
            app.manage(outside::InView::default());
            app.manage(tray::Tray::default());
            app.manage(tray::Present::default());
            app.manage(system::Asked::default());
            app.manage(terminals(&home));
            app.manage(Pushes::default());
            if hidden {
                outside::start(app.handle());
            }
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(|error| ipc::internal(&error))?
        .run(window::on_run);
    Ok(())
}
