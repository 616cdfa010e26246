//! The signals of the operating system that ask a program to stop.

use std::io;
use std::task::{Context, Poll};

use crate::application::stopped::{Signal, Why};
use crate::application::stops::Stops;

#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }
}

#[cfg(unix)]
impl Stops for Signals {
    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<Why> {
        if self.interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(Why::Signal(Signal::Interrupt));
        }
        self.terminate.poll_recv(cx).map(|_| Why::Signal(Signal::Terminate))
    }
}

#[cfg(windows)]
pub(crate) struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }
}

#[cfg(windows)]
impl Stops for Signals {
    fn poll_stop(&mut self, cx: &mut Context<'_>) -> Poll<Why> {
        self.0.poll_recv(cx).map(|_| Why::Signal(Signal::Interrupt))
    }
}
