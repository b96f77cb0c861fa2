//! Windows: stopping a process and letting it go on, thread by thread, since there is no signal for it
//! (learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-suspendthread).

use std::io;

use windows::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
};
use windows::Win32::System::Threading::{
    OpenThread, ResumeThread, SuspendThread, THREAD_SUSPEND_RESUME,
};
use windows::core::Owned;

/// How often threads are looked for that were started while others were stopped.
const ROUNDS: usize = 3;

/// Stops all threads of a process. To be undone by [`go_on`] however often it was called.
pub(super) fn stop(pid: u32) -> io::Result<()> {
    let mut stopped = Vec::new();
    for _ in 0..ROUNDS {
        let before = stopped.len();
        for thread in threads(pid)? {
            if !stopped.contains(&thread) {
                // SAFETY: it takes numbers; the handle is ours.
                let opened = unsafe { OpenThread(THREAD_SUSPEND_RESUME, false, thread) };
                // One that has just ended needs no stop.
                if let Ok(opened) = opened {
                    // SAFETY: as above, and the handle is open.
                    unsafe { SuspendThread(*Owned::new(opened)) };
                }
                stopped.push(thread);
            }
        }
        if stopped.len() == before {
            break;
        }
    }
    Ok(())
}

/// Lets all threads of a process go on.
pub(super) fn go_on(pid: u32) -> io::Result<()> {
    for thread in threads(pid)? {
        // SAFETY: it takes numbers; the handle is ours.
        let Ok(opened) = (unsafe { OpenThread(THREAD_SUSPEND_RESUME, false, thread) }) else {
            continue;
        };
        // SAFETY: as above.
        let opened = unsafe { Owned::new(opened) };
        // Stops are counted; it says how many there were, and u32::MAX where it failed.
        // SAFETY: the handle is open.
        while (2..u32::MAX).contains(&unsafe { ResumeThread(*opened) }) {}
    }
    Ok(())
}

fn threads(pid: u32) -> io::Result<Vec<u32>> {
    // SAFETY: it takes numbers; the handle is ours.
    let snapshot = unsafe { Owned::new(CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0)?) };
    let size = u32::try_from(size_of::<THREADENTRY32>()).map_err(io::Error::other)?;
    let mut entry = THREADENTRY32 { dwSize: size, ..THREADENTRY32::default() };
    let mut found = Vec::new();
    // SAFETY: the handle is open, and the entry says how large it is.
    let mut more = unsafe { Thread32First(*snapshot, &raw mut entry) };
    while more.is_ok() {
        if entry.th32OwnerProcessID == pid {
            found.push(entry.th32ThreadID);
        }
        // SAFETY: as above.
        more = unsafe { Thread32Next(*snapshot, &raw mut entry) };
    }
    Ok(found)
}
