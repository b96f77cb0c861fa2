//! In which condition the machine is: on its battery, or short of memory.

/// Whether it runs on its battery; none where that cannot be told.
#[must_use]
pub fn on_battery() -> Option<bool> {
    #[cfg(target_os = "linux")]
    {
        // sysfs-class-power: a supply of type Mains or USB says whether it is connected.
        let read = |path: std::path::PathBuf| std::fs::read_to_string(path).ok();
        let supplies = std::fs::read_dir("/sys/class/power_supply").ok()?.flatten();
        let mut connected = None;
        for supply in supplies {
            let kind = read(supply.path().join("type")).unwrap_or_default();
            if matches!(kind.trim(), "Mains" | "USB") {
                let online = read(supply.path().join("online")).unwrap_or_default();
                connected = Some(connected.unwrap_or(false) || online.trim() == "1");
            }
        }
        connected.map(|connected| !connected)
    }
    #[cfg(not(target_os = "linux"))]
    None
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

fn average(text: &str) -> Option<f64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let average = some.split(' ').find_map(|word| word.strip_prefix("avg10="))?;
    average.parse::<f64>().ok().map(|percent| percent / 100.0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_the_kernels_words() {
        let text = "some avg10=12.50 avg60=1.00 avg300=0.10 total=9\nfull avg10=3.00 avg60=0 avg300=0 total=1\n";
        assert_eq!(super::average(text), Some(0.125));
        assert_eq!(super::average("nothing"), None);
    }
}
