//! In which condition the machine is: on its battery, or short of memory.

/// Whether it runs on its battery; none where that cannot be told.
#[must_use]
pub fn on_battery() -> Option<bool> {
    #[cfg(target_os = "linux")]
    {
        // See sysfs-class-power.
        let read = |path: std::path::PathBuf| std::fs::read_to_string(path).ok();
        // A battery of the machine itself, and not of a mouse, that is being emptied.
        let supplies = std::fs::read_dir("/sys/class/power_supply").ok()?.flatten();
        let mut found = None;
        for supply in supplies {
            let is = |file: &str, word: &str| {
                read(supply.path().join(file)).is_some_and(|text| text.trim() == word)
            };
            if is("type", "Battery") && !is("scope", "Device") {
                found = Some(found.unwrap_or(false) || is("status", "Discharging"));
            }
        }
        found
    }
    #[cfg(target_os = "macos")]
    {
        let mut asked = std::process::Command::new("/usr/bin/pmset");
        let told = asked.args(["-g", "ps"]).output().ok()?;
        drawn_from(&String::from_utf8_lossy(&told.stdout))
    }
    #[cfg(windows)]
    {
        use windows::Win32::System::Power::{GetSystemPowerStatus, SYSTEM_POWER_STATUS};
        let mut status = SYSTEM_POWER_STATUS::default();
        // SAFETY: it fills in the structure that it is given.
        unsafe { GetSystemPowerStatus(&raw mut status) }.ok()?;
        // 255 stands for unknown.
        (status.ACLineStatus < 2).then_some(status.ACLineStatus == 0)
    }
}

/// From what pmset(1) says first: `Now drawing from 'AC Power'`.
#[cfg(any(target_os = "macos", test))]
fn drawn_from(told: &str) -> Option<bool> {
    let source = told.split('\'').nth(1)?;
    Some(source == "Battery Power")
}

/// Part of the last ten seconds in which something waited for memory, from 0 to 1: `some avg10` of the
/// kernel's pressure figures. None where there are none.
#[must_use]
pub fn memory_pressure() -> Option<f64> {
    if cfg!(not(target_os = "linux")) {
        return None;
    }
    average(&std::fs::read_to_string("/proc/pressure/memory").ok()?)
}

/// Part of the time in which something waits for memory, above which memory is short.
const PRESSED: f64 = 0.20;

/// Part of the memory that has to be left.
const LEFT: f64 = 0.05;

/// Whether memory is short: something waits for it, or hardly any is left. No where that cannot be told.
#[must_use]
pub fn memory_is_short() -> bool {
    memory_pressure().is_some_and(|pressure| pressure > PRESSED)
        || left().is_some_and(|left| left < LEFT)
}

/// Part of the machine's memory that could be had.
#[cfg(target_os = "linux")]
fn left() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let field = |name: &str| {
        let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
        rest.split_whitespace().next()?.parse::<f64>().ok()
    };
    Some(field("MemAvailable:")? / field("MemTotal:")?.max(1.0))
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::cast_precision_loss, reason = "a part of it is all that is wanted")]
fn left() -> Option<f64> {
    use sysinfo::{MemoryRefreshKind, RefreshKind, System};
    let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let system = System::new_with_specifics(what).ok()?;
    Some(system.available_memory() as f64 / system.total_memory().max(1) as f64)
}

fn average(text: &str) -> Option<f64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let average = some.split(' ').find_map(|word| word.strip_prefix("avg10="))?;
    average.parse::<f64>().ok().map(|percent| percent / 100.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_where_a_mac_draws_from() {
        assert_eq!(super::drawn_from("Now drawing from 'AC Power'\n"), Some(false));
        assert_eq!(super::drawn_from("Now drawing from 'Battery Power'\n -Int"), Some(true));
        assert_eq!(super::drawn_from(""), None);
    }

    #[test]
    fn reads_the_kernels_words() {
        let text = "some avg10=12.50 avg60=1.00 avg300=0.10 total=9\nfull avg10=3.00 avg60=0 avg300=0 total=1\n";
        assert_eq!(super::average(text), Some(0.125));
        assert_eq!(super::average("nothing"), None);
    }
}
