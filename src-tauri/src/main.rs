//! The binary `bosk-desktop`: starts the app and nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> Result<(), tauri::Error> {
    bosk_desktop::run()
}
