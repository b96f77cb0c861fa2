//! The command `bosk`: the same sessions as the window's, from a terminal. Thin: what happens is the
//! runtime's, what is true is core's.

mod ask;
mod clean;
mod command;
mod dispatch;
mod failure;
mod follow;
mod live;
mod print;
mod screen;
mod told;
mod typed;
mod words;

use std::process::ExitCode;

use bosk_core::Problem;
use bosk_core::ProblemCode;
use bosk_core::review::Deed as Pick;
use bosk_runtime::home::Home;
use clap::{CommandFactory as _, Parser, Subcommand};

use command::queue::Deed;
use command::{
    adopt, answer, archive, back, batch, comment, commit, conflicts, delete, diff, disk, doctor,
    kill, limit, log, logs, ls, merge, pause, pr, push, queue, resume, rm, run, schedule, send,
    serve, show, stage, stop, template, token, top, update, usage, variants, wait, worktrees,
};
use failure::{EXIT_CODES, Exit, Failure};

/// Runs many Claude Code sessions side by side, each in a git worktree of its own.
///
/// The same sessions as in the window. BOSK_HOME moves all of Bosk's data, BOSK_CLAUDE names the
/// Claude Code command, and BOSK_LOG=debug says more on standard error.
#[derive(Debug, Parser)]
#[command(name = "bosk", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Launch a session and show it to the end of its turn
    ///
    /// Ctrl-C interrupts the turn; again, it stops the session; a third time, it leaves it running.
    #[command(after_help = EXIT_CODES, after_long_help = format!("{EXIT_CODES}\n\n{}", told::SHAPE))]
    Run(Box<run::Arguments>),
    /// Add many tasks to the queue, from a file
    Batch(Box<batch::Arguments>),
    /// Try one prompt several times, or several ways, each in a session of its own
    ///
    /// They go through the queue, and are waited for. `bosk variants compare` shows them side by side, and
    /// `bosk variants choose` keeps one of them.
    #[command(after_help = EXIT_CODES)]
    Variants(Box<variants::Arguments>),
    /// List what waits in the queue, and for what
    Queue(queue::Arguments),
    /// Add tasks to the queue at a time, every so often, on a commit, or when the usage limit starts anew
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Keep, share and list what is launched again and again; `bosk run --template` uses it
    #[command(subcommand)]
    Template(template::Command),
    /// Let tasks wait until they are released
    Hold(queue::Which),
    /// Let tasks start that are held
    Release(queue::Which),
    /// Take tasks out of the queue
    Cancel(queue::Which),
    /// Wait until tasks or sessions are done
    #[command(after_help = EXIT_CODES)]
    Wait(wait::Arguments),
    /// List all sessions
    Ls(ls::Arguments),
    /// Show one session and what waits for an answer
    Show(show::Arguments),
    /// Show a session's transcript
    #[command(after_long_help = told::SHAPE)]
    Logs(logs::Arguments),
    /// Send a message; a session that has ended is resumed first
    Send(send::Arguments),
    /// Answer what a session asks
    Answer(answer::Arguments),
    /// Decide about a set-up script that failed
    Setup(answer::Setup),
    /// Stop a session and wait until nothing of it runs
    Stop(stop::Arguments),
    /// Freeze a session, or all: nothing of it moves until it is let go on
    Pause(pause::Arguments),
    /// Let a paused session go on, or all
    Go(pause::Arguments),
    /// End everything of a session at once, and say what that was
    Kill(kill::Arguments),
    /// Show or change what a session may use
    Limit(limit::Arguments),
    /// Show what sessions use, once a second
    Top(top::Arguments),
    /// Show what sessions have cost, by day, repository, model or session
    Usage(usage::Arguments),
    /// List the worktrees of a repository: whose they are, what they hold, and whether that is merged
    Worktrees(worktrees::Arguments),
    /// Give Bosk a worktree that somebody else made, so that it can be worked in and put away
    AdoptWorktree(worktrees::Adopting),
    /// Move a session, with what it has not committed, between its worktree and the repository itself
    HandOver(worktrees::Handing),
    /// Take over a conversation that was begun elsewhere and has ended
    Adopt(adopt::Arguments),
    /// Start a session that has ended again, in the same conversation
    Resume(resume::Arguments),
    /// Show what a session has changed
    Diff(diff::Arguments),
    /// Have files, parts or lines of what a session has changed committed by the next `bosk commit --staged`
    Stage(stage::Arguments),
    /// Take files, parts or lines out of what is staged; they stay as they are in the folder
    Unstage(stage::Arguments),
    /// Take files, parts or lines of what a session has changed out of its folder
    Revert(stage::Arguments),
    /// Take back what was staged, unstaged or reverted last, while the files are as it left them
    Undo(stage::Undoing),
    /// Comment on lines of a file, and send comments as one message
    Comment(comment::Arguments),
    /// Go back to before one of your messages: files, conversation, or both
    Back(back::Arguments),
    /// Launch a session that goes on from before one of another's messages, in a worktree of its own
    Fork(back::Forking),
    /// Commit what a session has done
    Commit(commit::Arguments),
    /// Show the newest commits of a session's branch
    Log(log::Arguments),
    /// Bring a session's branch into its base, or into another branch
    ///
    /// Nothing is touched where both have changed the same lines, or where something that is not committed is in the way.
    #[command(after_help = EXIT_CODES)]
    Merge(merge::Arguments),
    /// Bring what its base has got since into a session's branch
    ///
    /// Where both have changed the same lines it stands half-way, and the exit code is 1: see `bosk conflicts`.
    #[command(after_help = EXIT_CODES)]
    Update(update::Arguments),
    /// Show and resolve the conflicts in a session's folder, and go on with what stands half-way there, or abort it
    #[command(after_help = EXIT_CODES)]
    Conflicts(conflicts::Arguments),
    /// Push a session's branch
    Push(push::Arguments),
    /// Show or open the pull request of a session's branch, by `gh` or `glab`
    Pr(pr::Arguments),
    /// Remove a session: its state is kept in a snapshot, its folders in the trash
    Rm(rm::Arguments),
    /// Put a worktree away: its folder goes to the trash, its branch and a snapshot stay
    Archive(archive::Arguments),
    /// Put a worktree back that was put away or removed, with its session
    Restore(archive::Restoring),
    /// List what was put away, and what can be restored
    Archived(archive::Listing),
    /// Delete a worktree, or for good one that was put away
    ///
    /// A worktree can be had back by `bosk restore` until it expires; what was put away already is gone for good.
    Delete(delete::Arguments),
    /// Show what is used of the disk, and what of it can go
    Disk(disk::Arguments),
    /// Let go of what has expired, or of what builds made in a worktree
    Clean(disk::Cleaning),
    /// Offer sessions to other programs, over HTTP and WebSocket
    Serve(serve::Arguments),
    /// Check what Bosk needs
    Doctor(doctor::Arguments),
    /// Keep a token of `claude setup-token`, from standard input
    Token(token::Arguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Start what waits in the queue: started by Bosk itself
    #[command(hide = true)]
    Dispatch(dispatch::Arguments),
}

fn main() -> ExitCode {
    let command = match Arguments::parse().command {
        Command::Dispatch(arguments) => return dispatch::run(&arguments),
        command => command,
    };
    bosk_runtime::diagnostics::to_stderr();
    let exit = match perform(command) {
        Ok(exit) => exit,
        Err(Failure::Closed) => Exit::Done,
        Err(Failure::Problem(problem)) => {
            tell(&problem);
            Exit::Refused
        }
    };
    ExitCode::from(exit.code())
}

fn perform(command: Command) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(act(command));
    // A thread that waits for a lock or for the terminal does not hold up the end.
    runtime.shutdown_background();
    result
}

async fn act(command: Command) -> Result<Exit, Failure> {
    let home = || Home::find();
    match command {
        Command::Run(arguments) => run::run(&home()?, *arguments).await,
        Command::Batch(arguments) => batch::run(&home()?, *arguments).await,
        Command::Variants(arguments) => variants::run(&home()?, *arguments).await,
        Command::Queue(arguments) => queue::run(&home()?, &arguments).await,
        Command::Schedule(command) => schedule::run(&home()?, command).await,
        Command::Template(command) => template::run(&home()?, command).await,
        Command::Hold(which) => queue::change(&home()?, &which, Deed::Hold).await,
        Command::Release(which) => queue::change(&home()?, &which, Deed::Release).await,
        Command::Cancel(which) => queue::change(&home()?, &which, Deed::Cancel).await,
        Command::Wait(arguments) => wait::run(&home()?, &arguments).await,
        Command::Ls(arguments) => ls::run(&home()?, &arguments).await,
        Command::Show(arguments) => show::run(&home()?, &arguments).await,
        Command::Logs(arguments) => logs::run(&home()?, &arguments).await,
        Command::Send(arguments) => send::run(&home()?, &arguments).await,
        Command::Answer(arguments) => answer::run(&home()?, arguments).await,
        Command::Setup(arguments) => answer::setup(&home()?, arguments).await,
        Command::Stop(arguments) => stop::run(&home()?, &arguments).await,
        Command::Pause(arguments) => pause::run(&home()?, &arguments, true).await,
        Command::Go(arguments) => pause::run(&home()?, &arguments, false).await,
        Command::Kill(arguments) => kill::run(&home()?, &arguments).await,
        Command::Limit(arguments) => limit::run(&home()?, arguments).await,
        Command::Top(arguments) => top::run(&home()?, &arguments).await,
        Command::Usage(arguments) => usage::run(&home()?, &arguments).await,
        Command::Worktrees(arguments) => worktrees::run(&home()?, arguments).await,
        Command::AdoptWorktree(arguments) => worktrees::adopt(&home()?, arguments).await,
        Command::HandOver(arguments) => worktrees::hand(&home()?, &arguments).await,
        Command::Adopt(arguments) => adopt::run(&home()?, &arguments).await,
        Command::Resume(arguments) => resume::run(&home()?, &arguments).await,
        Command::Diff(arguments) => diff::run(&home()?, &arguments).await,
        Command::Stage(arguments) => stage::run(&home()?, Pick::Stage, &arguments).await,
        Command::Unstage(arguments) => stage::run(&home()?, Pick::Unstage, &arguments).await,
        Command::Revert(arguments) => stage::run(&home()?, Pick::Revert, &arguments).await,
        Command::Undo(arguments) => stage::undo(&home()?, &arguments).await,
        Command::Comment(arguments) => comment::run(&home()?, &arguments).await,
        Command::Back(arguments) => back::run(&home()?, &arguments).await,
        Command::Fork(arguments) => back::fork(&home()?, arguments).await,
        Command::Commit(arguments) => commit::run(&home()?, arguments).await,
        Command::Log(arguments) => log::run(&home()?, &arguments).await,
        Command::Merge(arguments) => merge::run(&home()?, arguments).await,
        Command::Update(arguments) => update::run(&home()?, &arguments).await,
        Command::Conflicts(arguments) => conflicts::run(&home()?, &arguments).await,
        Command::Push(arguments) => push::run(&home()?, &arguments).await,
        Command::Pr(arguments) => pr::run(&home()?, &arguments).await,
        Command::Rm(arguments) => rm::run(&home()?, &arguments).await,
        Command::Archive(arguments) => archive::run(&home()?, &arguments).await,
        Command::Restore(arguments) => archive::restore(&home()?, &arguments).await,
        Command::Archived(arguments) => archive::list(&home()?, &arguments).await,
        Command::Delete(arguments) => delete::run(&home()?, &arguments).await,
        Command::Disk(arguments) => disk::run(&home()?, &arguments).await,
        Command::Clean(arguments) => disk::clean(&home()?, &arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(&arguments).await,
        Command::Token(arguments) => token::run(&home()?, &arguments).await,
        Command::Completions { shell } => completions(shell),
        // Handled before anything was started.
        Command::Dispatch(_) => {
            Err(Problem::new(ProblemCode::Internal, "Nothing to dispatch.").into())
        }
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "bosk", &mut script);
    screen::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

fn tell(problem: &Problem) {
    screen::note(&clean::exposed(&problem.message));
    if let Some(hint) = &problem.hint {
        screen::note(&clean::exposed(hint));
    }
}
