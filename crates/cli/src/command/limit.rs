//! `bosk limit`: what a session may use; and the same words for a launch.

use bosk_core::limits::{Limit, Limits, Rung};
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog;
use bosk_runtime::home::Home;

use super::keeper;
use super::run::field;
use crate::failure::{Exit, Failure};
use crate::screen::print;
use crate::words::limit_words;

/// Whose limits, and which.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    #[command(flatten)]
    words: Words,
    /// Take all limits away first
    #[arg(long)]
    clear: bool,
}

/// Limits as options.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Words {
    /// Most memory, such as `4G`; 1 GB at least
    #[arg(long, value_name = "SIZE", help_heading = "Limits", value_parser = size)]
    memory: Option<u64>,
    /// Most cores that its tools use together, such as `1.5`
    #[arg(long, value_name = "CORES", help_heading = "Limits")]
    cpu: Option<f64>,
    /// Most processes
    #[arg(long, value_name = "N", help_heading = "Limits")]
    processes: Option<u32>,
    /// Most CPU time in all, such as `90m`
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = time)]
    cpu_time: Option<u64>,
    /// Longest turn, such as `30m`
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = time)]
    turn_time: Option<u64>,
    /// Largest file that it writes, such as `2G`
    #[arg(long, value_name = "SIZE", help_heading = "Limits", value_parser = size)]
    file_size: Option<u64>,
    /// Most data written to disks in all, such as `50G`
    #[arg(long, value_name = "SIZE", help_heading = "Limits", value_parser = size)]
    disk_written: Option<u64>,
    /// How long its process waits for a message before it is put away, such as `2h`
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = time)]
    idle_time: Option<u64>,
    /// What is done at a limit, in order: `stop-tool`, `pause`, `stop`, or `tell` for nothing else
    #[arg(long, value_name = "STEPS", help_heading = "Limits", value_delimiter = ',')]
    at_limit: Option<Vec<Step>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Step {
    StopTool,
    Pause,
    Stop,
    Tell,
}

impl Words {
    /// These limits over others; none where nothing was said and there were none.
    pub(crate) fn over(self, before: Option<Limits>) -> Result<Option<Limits>, Problem> {
        let empty = before.is_none();
        let mut limits = before.unwrap_or_default();
        let Self { memory, cpu, processes, cpu_time, turn_time, file_size, disk_written, .. } =
            self;
        limits.memory = memory.or(limits.memory);
        limits.cpu = cpu.or(limits.cpu);
        limits.processes = processes.or(limits.processes);
        limits.cpu_time = cpu_time.or(limits.cpu_time);
        limits.turn_time = turn_time.or(limits.turn_time);
        limits.file_size = file_size.or(limits.file_size);
        limits.disk_written = disk_written.or(limits.disk_written);
        limits.idle = self.idle_time.or(limits.idle);
        if let Some(steps) = self.at_limit {
            limits.ladder = steps.into_iter().filter_map(rung).collect();
        }
        limits.check()?;
        Ok((!empty || !limits.is_empty()).then_some(limits))
    }
}

const fn rung(step: Step) -> Option<Rung> {
    match step {
        Step::StopTool => Some(Rung::StopTool),
        Step::Pause => Some(Rung::Pause),
        Step::Stop => Some(Rung::Stop),
        Step::Tell => None,
    }
}

/// Shows or changes them.
pub(crate) async fn run(home: &Home, arguments: Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    let keeper = keeper(home, &id).await?;
    let before = keeper.status().await?.summary.limits.unwrap_or_default();
    let from = if arguments.clear { Limits::default() } else { before.clone() };
    let limits = arguments.words.over(Some(from))?.unwrap_or_default();
    if limits != before {
        keeper.call(Call::SetLimits { limits: limits.clone() }).await?;
    }
    print(&shown(&limits))?;
    Ok(Exit::Done)
}

#[expect(clippy::cast_precision_loss, reason = "for reading")]
fn shown(limits: &Limits) -> String {
    let number = |value: Option<u64>| value.map(|value| value as f64);
    let all = [
        (Limit::Memory, number(limits.memory)),
        (Limit::Cpu, limits.cpu),
        (Limit::Processes, limits.processes.map(f64::from)),
        (Limit::CpuTime, number(limits.cpu_time)),
        (Limit::TurnTime, number(limits.turn_time)),
        (Limit::FileSize, number(limits.file_size)),
        (Limit::DiskWritten, number(limits.disk_written)),
        (Limit::Idle, number(limits.idle)),
    ];
    let mut out = String::new();
    for (limit, value) in all {
        if let Some(value) = value {
            out.push_str(&format!("{}\n", field(limit_words(limit), &limit.figure(value))));
        }
    }
    if out.is_empty() { "Nothing is limited.\n".to_owned() } else { out }
}

/// `512M`, `4G`, `1.5T`: by 1000.
fn size(text: &str) -> Result<u64, Problem> {
    scaled(text, &[("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12)])
}

/// `90s`, `30m`, `2h`, `1d`, in seconds.
pub(crate) fn time(text: &str) -> Result<u64, Problem> {
    scaled(text, &[("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)])
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
fn scaled(text: &str, units: &[(&str, f64)]) -> Result<u64, Problem> {
    let (number, unit) = units
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|number| (number, *unit)))
        .unwrap_or((text, 1.0));
    let value = number.trim().parse::<f64>().ok().map(|number| number * unit);
    let value = value.filter(|value| value.is_finite() && (0.0..1e18).contains(value));
    value.map(|value| value as u64).ok_or_else(|| {
        let names = units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let text = format!("`{text}` is no such number; it may end with {names}.");
        Problem::new(ProblemCode::InvalidInput, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_as_people_write_them() {
        assert_eq!(size("4G").unwrap(), 4_000_000_000);
        assert_eq!(size("1.5M").unwrap(), 1_500_000);
        assert_eq!(time("90").unwrap(), 90);
        assert_eq!(time("30m").unwrap(), 1800);
        for bad in ["", "G", "x", "-1", "1e400", "4 apples"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
