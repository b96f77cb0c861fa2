//! Runs a program on this terminal while reading along for test counts.

use std::{
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
    process::{ExitStatus, Stdio},
    sync::mpsc::{Sender, channel},
    thread,
    time::Duration,
};

use crate::{
    command::Cmd,
    counts::Counts,
    error::{Error, Result},
};

/// How long output may stay open after the program has ended. Only something it left running holds it open.
const LEFT_OPEN: Duration = Duration::from_secs(20);

/// Runs it to its end. An answer also when it failed: the counts matter then, too.
pub(crate) fn run(command: &Cmd) -> Result<(ExitStatus, Counts)> {
    let mut program = command.std();
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if io::stdout().is_terminal() {
        program.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = program.spawn().map_err(|source| command.not_started(source))?;
    let (ended, counts) = channel();
    let streams = [
        child.stdout.take().map(|pipe| read_along(pipe, io::stdout(), ended.clone())),
        child.stderr.take().map(|pipe| read_along(pipe, io::stderr(), ended)),
    ];
    let status = child.wait().map_err(|source| command.not_started(source))?;
    let mut sum = Counts::default();
    for _ in streams.iter().flatten() {
        sum += counts.recv_timeout(LEFT_OPEN).map_err(|_| Error::Unexpected {
            what: format!(
                "`{command}` ended ({status}) but left something running that holds its output."
            ),
            hint: "Find the process that was left behind: nothing may outlive a test.".to_owned(),
        })?;
    }
    Ok((status, sum))
}

fn read_along(
    pipe: impl Read + Send + 'static,
    mut terminal: impl Write + Send + 'static,
    ended: Sender<Counts>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut sum = Counts::default();
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            // A closed terminal ends the display, not the run.
            let _ = terminal.write_all(&line).and_then(|()| terminal.flush());
            sum += Counts::in_line(&String::from_utf8_lossy(&line));
            line.clear();
        }
        let _ = ended.send(sum);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_both_streams_also_of_a_failure() {
        let script = "console.log('test result: ok. 2 passed; 0 failed;'); console.error('  Tests  1 failed | 3 passed (4)'); process.exit(3)";
        let (status, counts) = run(&Cmd::new("node").arg("-e").arg(script)).unwrap();
        assert_eq!(status.code(), Some(3));
        assert_eq!(counts, Counts { passed: 5, failed: 1 });
    }
}
