//! Windows: a Job Object inside the one that ends with the keeper
//! (learn.microsoft.com/windows/win32/procthread/nested-jobs).

use std::io;

use bosk_core::limits::Mechanism;
use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_ACTIVE_PROCESS,
    JOB_OBJECT_LIMIT_JOB_MEMORY, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, SetInformationJobObject,
};
use windows::Win32::System::Threading::{OpenProcess, PROCESS_SET_QUOTA, PROCESS_TERMINATE};
use windows::core::{Owned, PCWSTR};

use super::Bounds;
use crate::process::Tree;

/// A job ends nothing: what goes beyond gets no more memory and no more processes. So it stands this part of a
/// limit above it, where whoever measures acts first, and holds what is too quick for that.
const ABOVE: u64 = 8;

/// A job of the session's own.
#[derive(Debug)]
pub struct Confined {
    job: Owned<HANDLE>,
}

// SAFETY: a handle names a job for every thread of the process alike.
unsafe impl Send for Confined {}

impl Confined {
    /// How it holds.
    pub const MECHANISM: Mechanism = Mechanism::Job;

    /// Makes a job around what runs in these trees.
    ///
    /// # Errors
    /// The system refused.
    pub fn around(trees: &[Tree], _: &str) -> io::Result<Self> {
        // SAFETY: neither attributes nor a name are passed, and the handle is ours.
        let job = unsafe { Owned::new(CreateJobObjectW(None, PCWSTR::null())?) };
        let confined = Self { job };
        confined.take_in(trees)?;
        Ok(confined)
    }

    /// Takes in what has been started besides. What is in it already stays.
    ///
    /// # Errors
    /// A process is in a job that cannot be nested.
    pub fn take_in(&self, trees: &[Tree]) -> io::Result<()> {
        for process in trees.iter().flat_map(Tree::processes) {
            let rights = PROCESS_SET_QUOTA | PROCESS_TERMINATE;
            // SAFETY: it takes numbers; the handle is ours.
            let opened = unsafe { OpenProcess(rights, false, process.pid) };
            // One that has just ended needs no limit.
            let Ok(opened) = opened else { continue };
            // SAFETY: as above.
            let opened = unsafe { Owned::new(opened) };
            // SAFETY: both handles are open.
            unsafe { AssignProcessToJobObject(*self.job, *opened)? };
        }
        Ok(())
    }

    /// Changes what is held.
    ///
    /// # Errors
    /// The system refused.
    pub fn bound(&self, bounds: &Bounds) -> io::Result<()> {
        let mut wanted = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        if let Some(memory) = bounds.memory {
            wanted.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_JOB_MEMORY;
            wanted.JobMemoryLimit = usize::try_from(above(memory)).unwrap_or(usize::MAX);
        }
        if let Some(processes) = bounds.processes {
            wanted.BasicLimitInformation.LimitFlags |= JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
            let most = above(processes.into());
            wanted.BasicLimitInformation.ActiveProcessLimit =
                u32::try_from(most).unwrap_or(u32::MAX);
        }
        let size = u32::try_from(size_of_val(&wanted)).map_err(io::Error::other)?;
        // SAFETY: the structure is the one that this class of information wants, and of this size.
        unsafe {
            SetInformationJobObject(
                *self.job,
                JobObjectExtendedLimitInformation,
                (&raw const wanted).cast(),
                size,
            )?;
        }
        Ok(())
    }

    /// What the processes have themselves is all there is.
    pub const fn memory(&self) -> Option<u64> {
        None
    }

    /// A job ends nothing.
    pub fn ended(&mut self) -> u64 {
        0
    }

    /// Never returns.
    pub async fn changed(&self) {
        std::future::pending().await
    }
}

fn above(limit: u64) -> u64 {
    limit.saturating_add(limit.div_ceil(ABOVE))
}
