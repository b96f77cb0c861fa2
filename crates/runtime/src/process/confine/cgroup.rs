//! Linux: a cgroup of version 2 (Documentation/admin-guide/cgroup-v2 of the kernel).

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use bosk_core::limits::Mechanism;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::{Bounds, systemd};
use crate::process::Tree;

/// What must be held in a group for it to be of use.
const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// The kernel counts threads: so many are allowed for each process, and so many besides. A CLI has some 30,
/// and a build tool one for each core. It is no more than a fence around a bomb; exact is who counts processes.
const THREADS: (u32, u32) = (16, 256);

/// How often processes are looked for that were started while others were moved.
const ROUNDS: usize = 5;

/// A cgroup of the session's own. It goes when this does, if nothing is in it any more.
#[derive(Debug)]
pub struct Confined {
    folder: PathBuf,
    events: AsyncFd<File>,
    ended: u64,
}

impl Confined {
    /// How it holds.
    pub const MECHANISM: Mechanism = Mechanism::Cgroup;

    /// Makes a group of that name around what runs in these trees. It blocks for some tens of milliseconds
    /// where systemd has to make it, and needs a tokio runtime.
    ///
    /// # Errors
    /// There is no cgroup that is ours to use, or the kernel holds no memory or no threads in it.
    pub fn around(trees: &[Tree], name: &str) -> io::Result<Self> {
        let parent = if systemd::is_here() {
            // The others are moved afterwards: one that has just ended would have all of it refused.
            let pids: Vec<u32> = trees.iter().map(|tree| tree.root().pid).collect();
            systemd::scope(name, &pids)?;
            let pid = pids.first().ok_or(io::ErrorKind::NotFound)?;
            let parent = own_group(&pid.to_string())?;
            // A systemd that could not move them says so in its own log only.
            if parent.file_name().is_none_or(|own| *own != *format!("{name}.scope")) {
                return Err(io::Error::other("systemd did not move the processes"));
            }
            parent
        } else {
            let own = own_group("self")?;
            let mut groups = own.ancestors().take_while(|group| is_group(group));
            let holds = |group: &&Path| lists(&group.join("cgroup.subtree_control"));
            groups.find(holds).ok_or(io::ErrorKind::Unsupported)?.to_owned()
        };
        Self::inside(&parent, trees, name)
    }

    fn inside(parent: &Path, trees: &[Tree], name: &str) -> io::Result<Self> {
        let folder = parent.join(name);
        fs::create_dir(&folder)?;
        let made = Self::fill(parent, &folder, trees);
        if made.is_err() {
            // What is in it is no worse off than before.
            let _ = fs::remove_dir(&folder);
        }
        made
    }

    fn fill(parent: &Path, folder: &Path, trees: &[Tree]) -> io::Result<Self> {
        move_in(folder, trees)?;
        // Only now: a group with processes of its own may hold nothing for groups below it.
        let mut rounds = ROUNDS;
        while !lists(&folder.join("cgroup.controllers")) {
            let wanted = CONTROLLERS.map(|name| format!("+{name}")).join(" ");
            match fs::write(parent.join("cgroup.subtree_control"), wanted) {
                // Something was started there meanwhile.
                Err(error) if error.raw_os_error() == Some(libc::EBUSY) && rounds > 0 => {
                    rounds -= 1;
                    move_in(folder, trees)?;
                }
                Err(error) => return Err(error),
                Ok(()) if lists(&folder.join("cgroup.controllers")) => {}
                Ok(()) => return Err(io::ErrorKind::Unsupported.into()),
            }
        }
        let events = File::options()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(folder.join("memory.events"))?;
        // SAFETY: a `File` keeps one descriptor for its whole life.
        let events = unsafe { AsyncFd::register_with_interest(events, Interest::PRIORITY)? };
        Ok(Self { folder: folder.to_owned(), events, ended: 0 })
    }

    /// Takes in what has been started besides.
    ///
    /// # Errors
    /// The group is gone.
    pub fn take_in(&self, trees: &[Tree]) -> io::Result<()> {
        move_in(&self.folder, trees)
    }

    /// Changes what is held.
    ///
    /// # Errors
    /// The group is gone.
    pub fn bound(&self, bounds: &Bounds) -> io::Result<()> {
        let (kills, slows) =
            if bounds.may_end { (bounds.memory, None) } else { (None, bounds.memory) };
        let (each, more) = THREADS;
        let threads =
            bounds.processes.map(|processes| u64::from(processes.saturating_mul(each) + more));
        self.set("memory.high", slows)?;
        self.set("memory.max", kills)?;
        self.set("pids.max", threads)?;
        // Else it would go on in the swap, and bring the machine to a halt there. A kernel may have none.
        let _ = self.set("memory.swap.max", bounds.memory.map(|_| 0));
        Ok(())
    }

    fn set(&self, name: &str, value: Option<u64>) -> io::Result<()> {
        let value = value.map_or_else(|| "max".to_owned(), |value| value.to_string());
        fs::write(self.folder.join(name), value)
    }

    /// What counts against the limit and cannot be given back at will, in bytes: beside the processes' own
    /// memory also what they keep in a tmpfs.
    pub fn memory(&self) -> Option<u64> {
        let read = |name: &str| fs::read_to_string(self.folder.join(name)).ok();
        unreclaimable(&read("memory.current")?, &read("memory.stat")?)
    }

    /// How many processes the kernel has ended for their memory since this was asked before.
    pub fn ended(&mut self) -> u64 {
        let now = self.ended_so_far();
        now.saturating_sub(std::mem::replace(&mut self.ended, now))
    }

    fn ended_so_far(&self) -> u64 {
        let (mut file, mut text) = (self.events.get_ref(), String::new());
        let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
        read.map_or(self.ended, |_| ended_in(&text))
    }

    /// Returns when something was ended. It can be dropped and called again.
    pub async fn changed(&self) {
        // The kernel says that there is news until the file is read.
        while let Ok(mut news) = self.events.ready(Interest::PRIORITY).await {
            news.clear_ready();
            if self.ended_so_far() > self.ended {
                return;
            }
        }
        std::future::pending::<()>().await;
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        // It cannot be removed while something runs in it.
        let _ = fs::remove_dir(&self.folder);
    }
}

fn processes(trees: &[Tree]) -> impl Iterator<Item = u32> {
    trees.iter().flat_map(Tree::processes).map(|process| process.pid)
}

/// Moves everything of the trees there. What is forked meanwhile is looked for again; from then on a process is
/// where its parent is.
fn move_in(folder: &Path, trees: &[Tree]) -> io::Result<()> {
    let members = folder.join("cgroup.procs");
    for _ in 0..ROUNDS {
        let inside = fs::read_to_string(&members)?;
        let inside = |pid: u32| inside.lines().any(|line| line.parse() == Ok(pid));
        let outside: Vec<u32> = processes(trees).filter(|pid| !inside(*pid)).collect();
        if outside.is_empty() {
            break;
        }
        for pid in outside {
            match fs::write(&members, pid.to_string()) {
                // It has just ended.
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                moved => moved?,
            }
        }
    }
    Ok(())
}

/// The folder of the group that a process is in.
fn own_group(pid: &str) -> io::Result<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let membership = fs::read_to_string(format!("/proc/{pid}/cgroup"))?;
    group_of(&mounts, &membership).ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// From proc_pid_mounts(5) and cgroups(7).
fn group_of(mounts: &str, membership: &str) -> Option<PathBuf> {
    let mount = mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (place, kind) = (fields.next()?, fields.next()?);
        (kind == "cgroup2").then_some(place)
    })?;
    let path = membership.lines().find_map(|line| line.strip_prefix("0::/"))?;
    Some(Path::new(mount).join(path))
}

fn is_group(folder: &Path) -> bool {
    folder.join("cgroup.procs").exists()
}

/// Whether a file names all that is needed.
fn lists(file: &Path) -> bool {
    let listed = fs::read_to_string(file).unwrap_or_default();
    CONTROLLERS.iter().all(|wanted| listed.split_ascii_whitespace().any(|one| one == *wanted))
}

fn ended_in(events: &str) -> u64 {
    count(events, "oom_kill").unwrap_or(0)
}

/// All that is used, without the pages of files that have a disk below them.
fn unreclaimable(current: &str, stat: &str) -> Option<u64> {
    let files = count(stat, "file")?.saturating_sub(count(stat, "shmem")?);
    let slab = count(stat, "slab_reclaimable").unwrap_or(0);
    Some(current.trim().parse::<u64>().ok()?.saturating_sub(files + slab))
}

/// A number of a file of lines `name number`.
fn count(text: &str, name: &str) -> Option<u64> {
    let number = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    number.and_then(|number| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_found_in_both_ways_of_mounting() {
        let unified = "sysfs /sys sysfs rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n";
        let hybrid = "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        assert_eq!(
            group_of(unified, "0::/user.slice/a b.scope\n"),
            Some(PathBuf::from("/sys/fs/cgroup/user.slice/a b.scope"))
        );
        assert_eq!(
            group_of(hybrid, "8:pids:/x\n0::/\n"),
            Some(PathBuf::from("/sys/fs/cgroup/unified/"))
        );
        assert_eq!(group_of("cgroup /x cgroup rw 0 0\n", "0::/\n"), None);
        assert_eq!(group_of(unified, "8:pids:/x\n"), None);
    }

    #[test]
    fn what_the_kernel_has_ended_is_counted() {
        assert_eq!(ended_in("low 0\nhigh 3\noom 2\noom_kill 12\noom_group_kill 1\n"), 12);
        assert_eq!(ended_in("low 0\n"), 0);
    }

    #[test]
    fn what_can_be_read_again_from_a_disk_is_not_held_against_a_session() {
        let stat = "anon 500\nfile 300\nfile_mapped 9\nshmem 100\nslab_reclaimable 7\n";
        assert_eq!(unreclaimable("1000\n", stat), Some(793));
        assert_eq!(unreclaimable("1000\n", "anon 5\n"), None);
    }
}
