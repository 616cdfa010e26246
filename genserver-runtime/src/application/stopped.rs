//! How an application ended.

use std::fmt;
use std::process::{ExitCode, Termination};
use std::time::Duration;

use crate::clock::Human;
use crate::exit::ExitReason;
use crate::straggler::Straggler;

/// How an application ended: why, and which servers did not stop in their time.
///
/// Returned from `main` it is the exit status: success after an orderly end. Written as text it says
/// all of that.
///
/// ```
/// use genserver_runtime::prelude::*;
/// use genserver_runtime::{Application, Stopped, Why};
///
/// #[tokio::main]
/// async fn main() -> Stopped {
///     let stopped = Application::new(Supervisor::one_for_one()).run_until(async {}).await;
///     assert_eq!(stopped.why, Why::Asked);
///     assert!(stopped.is_orderly());
///     stopped
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "it says what did not stop, and whether the program has failed"]
pub struct Stopped {
    /// Why it ended.
    pub why: Why,
    /// What the root ended with; `Killed` where it was killed when the time was over.
    pub reason: ExitReason,
    /// The servers that did not stop in their time: first those that still run.
    pub stragglers: Vec<Straggler>,
    /// How long the stop took.
    pub took: Duration,
}

/// Why an application ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The operating system asked for it.
    Signal(Signal),
    /// The program asked for it.
    Asked,
    /// The root ended without having been asked by the application, for this reason.
    RootEnded(ExitReason),
    /// The root ended because its children failed too often: see
    /// [`intensity`](crate::StartSupervisor::intensity).
    GaveUp,
    /// The root did not start.
    NotStarted(Box<str>),
}

/// What the operating system asks a program to stop with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// Ctrl-c in its terminal: SIGINT.
    Interrupt,
    /// SIGTERM: of a service manager, a container, `kill`.
    Terminate,
}

impl Stopped {
    /// Whether all went well: it was asked to stop, or its root came to its end without a crash, and
    /// every server stopped in its time.
    #[must_use]
    pub fn is_orderly(&self) -> bool {
        let failed = match &self.why {
            Why::Signal(_) | Why::Asked => false,
            Why::RootEnded(reason) => reason.is_crash(),
            Why::GaveUp | Why::NotStarted(_) => true,
        };
        !failed && !self.reason.is_crash() && self.stragglers.is_empty()
    }

    /// The exit status of a program that was this application: success after an orderly end.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        if self.is_orderly() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Ends the program now, and says on stderr what was not orderly.
    ///
    /// For programs whose handlers may never come back: `main` itself ends only when the tokio
    /// runtime has, and that waits for handlers that never `.await`.
    pub fn exit(self) -> ! {
        self.tell();
        std::process::exit(i32::from(!self.is_orderly()))
    }

    fn tell(&self) {
        if !self.is_orderly() {
            eprintln!("{self}");
        }
    }
}

impl Termination for Stopped {
    fn report(self) -> ExitCode {
        self.tell();
        self.exit_code()
    }
}

impl From<Stopped> for ExitCode {
    fn from(stopped: Stopped) -> Self {
        stopped.exit_code()
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.why)?;
        if matches!(self.why, Why::NotStarted(_)) {
            return Ok(());
        }
        match self.stragglers.len() {
            0 => write!(f, ", in {}", Human(self.took))?,
            1 => write!(f, ", in {}; 1 server did not stop in its time", Human(self.took))?,
            late => {
                write!(f, ", in {}; {late} servers did not stop in their time", Human(self.took))?;
            }
        }
        for straggler in &self.stragglers {
            write!(f, "\n  {straggler}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(signal) => write!(f, "stopped by {signal}"),
            Self::Asked => f.write_str("stopped"),
            Self::RootEnded(reason) => write!(f, "the root ended: {reason}"),
            Self::GaveUp => f.write_str("the root gave up: its children failed too often"),
            Self::NotStarted(reason) => write!(f, "not started: {reason}"),
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "ctrl-c",
            Self::Terminate => "SIGTERM",
        })
    }
}
