//! Programs for tests, which are run right after they are written.

use std::path::Path;

/// Writes a program. Another process does it: a descriptor of ours that is open for writing would
/// be inherited by whatever another test starts at that moment, and then nobody may run the file
/// (ETXTBSY).
pub(super) fn write(path: &Path, script: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = std::process::Command::new("/bin/sh");
    writer.args(["-c", r#"printf %s "$1" > "$0" && chmod 755 "$0""#]).arg(path).arg(script);
    assert!(writer.status().unwrap().success());
}
