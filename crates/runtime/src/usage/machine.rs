//! What the whole machine uses, and Bosk's own share of it: window, web processes and keepers.

use std::time::Instant;

use bosk_core::usage::{MachineUsage, Usage};
use bosk_core::wire::SessionUsage;
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::Sampler;
use crate::process;

/// Measures the machine. One is kept: a fresh one knows no CPU use.
#[derive(Debug)]
pub struct Machine {
    system: Option<System>,
    own: Sampler,
    spare: Sampler,
    before: Option<(Instant, f64)>,
}

impl Default for Machine {
    fn default() -> Self {
        let what = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing().with_usage())
            .with_memory(MemoryRefreshKind::everything());
        let system = System::new_with_specifics(what).ok();
        Self { system, own: Sampler::default(), spare: Sampler::default(), before: None }
    }
}

impl Machine {
    /// Measures. `keepers` is what the keepers say of themselves; `spare` is the keeper of the process that waits for
    /// the next launch.
    pub fn measure(&mut self, keepers: &[SessionUsage], spare: Option<u32>) -> MachineUsage {
        let mut machine = MachineUsage {
            at: crate::journal::writer::wall_clock(),
            memory_pressure: super::condition::memory_pressure(),
            bosk: self.bosk(keepers),
            spare: spare.map_or(0, |pid| self.spare(pid)),
            ..MachineUsage::default()
        };
        if let Some(system) = &mut self.system {
            system.refresh_cpu_usage();
            system.refresh_memory();
            let cores = system.cpus().len();
            machine.cores = u32::try_from(cores).unwrap_or_default();
            machine.cpu = f64::from(system.global_cpu_usage()) / 100.0 * f64::from(machine.cores);
            machine.memory_total = system.total_memory();
            machine.memory = system.total_memory().saturating_sub(system.available_memory());
            machine.swap = system.used_swap();
        }
        machine
    }

    fn spare(&mut self, pid: u32) -> u64 {
        let process = process::look_up(pid).filter(|process| !process.is_dead());
        process.map_or(0, |process| self.spare.sample_other(&process).usage.memory)
    }

    /// This process, what it has started (the web processes), and the keepers.
    fn bosk(&mut self, keepers: &[SessionUsage]) -> Usage {
        let now = Instant::now();
        let sample = self.own.sample_own();
        let mut usage = sample.usage;
        usage.processes += 1 + u32::try_from(keepers.len()).unwrap_or_default();
        usage.memory += sample.own.1 + keepers.iter().map(|one| one.keeper_memory).sum::<u64>();
        usage.cpu_seconds +=
            sample.own.0 + keepers.iter().map(|one| one.keeper_cpu_seconds).sum::<f64>();
        if let Some((then, before)) = self.before {
            // A keeper that has ended takes its time with it.
            let seconds = now.duration_since(then).as_secs_f64().max(0.001);
            usage.cpu = ((usage.cpu_seconds - before) / seconds).max(0.0);
        }
        self.before = Some((now, usage.cpu_seconds));
        usage
    }
}
