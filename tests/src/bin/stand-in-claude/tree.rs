//! A hostile tree: processes that try each way there is to be forgotten. Each ends by itself.

use std::process::{Command, Stdio};

/// The ways, each a script that gets the pipe as its own name.
const WAYS: [&str; 6] = [
    // A plain child.
    r#"echo $$ > "$0"; exec sleep 90"#,
    // A session of its own.
    r#"exec setsid sh -c 'echo $$ > "$0"; exec sleep 90' "$0""#,
    // Forked twice: its parent is gone.
    r#"(setsid sh -c 'echo $$ > "$0"; exec sleep 90' "$0" &) &"#,
    // Deaf to a hang-up.
    r#"nohup sh -c 'trap "" TERM HUP INT; echo $$ > "$0"; sleep 90' "$0" >/dev/null 2>&1 &"#,
    // A daemon with nothing in its environment.
    r#"env -i setsid /bin/sh -c 'cd /; echo $$ > "$0"; exec sleep 90' "$0" &"#,
    // One that starts its child anew whenever that ends.
    r#"exec setsid sh -c 'echo $$ > "$0"; n=0; while [ $n -lt 90 ]; do sleep 1; n=$((n+1)); done' "$0""#,
];

#[expect(clippy::zombie_processes, reason = "to be left behind is what they are for")]
pub(crate) fn leave_behind(pipe: &str) {
    for way in WAYS {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", way, pipe]);
        shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.spawn().unwrap();
    }
}
