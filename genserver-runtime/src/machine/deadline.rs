//! Until when a machine may stay in a state.

use std::time::SystemTime;

use crate::clock::{self, Instant};

/// What `until = ..` of `#[state_timeout]` may give: a time of tokio's clock, of the calendar, or
/// perhaps none.
///
/// It is asked for when the state is entered, and when a server begins in it: a deadline of the
/// calendar, kept in the state, holds over restarts. Like `{abs, true}`; differs: the calendar is one
/// of the clocks.
///
/// ```
/// # use genserver_runtime::prelude::*; use std::time::{Duration, SystemTime};
/// # struct Offered { until: SystemTime } struct Expired;
/// struct Offer;
///
/// #[genserver(states(Offered: initial, Expired: terminal))]
/// impl Offer {
///     #[state_timeout(Offered, until = Self::deadline => Expired)]
///     fn expire(&self) {}
///
///     fn deadline(&self, st: &Offered) -> SystemTime {
///         st.until
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let until = SystemTime::now() + Duration::from_secs(60);
/// let offer = Offer::start(Offer, Offered { until }).await?;
/// assert_eq!(offer.state().await?, OfferStateName::Offered);
/// tokio::time::sleep(Duration::from_secs(61)).await;
/// assert_eq!(offer.state().await?, OfferStateName::Expired);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no deadline of a state",
    label = "not a deadline",
    note = "give a `tokio::time::Instant`, a `std::time::SystemTime`, or an `Option` of one"
)]
pub trait StateDeadline {
    #[doc(hidden)]
    fn instant(self) -> Option<Instant>;
}

impl StateDeadline for Instant {
    fn instant(self) -> Option<Instant> {
        Some(self)
    }
}

impl StateDeadline for SystemTime {
    fn instant(self) -> Option<Instant> {
        Some(clock::at_calendar(self))
    }
}

impl<D: StateDeadline> StateDeadline for Option<D> {
    fn instant(self) -> Option<Instant> {
        self.and_then(StateDeadline::instant)
    }
}

/// The time of a deadline.
#[doc(hidden)]
pub fn at(deadline: impl StateDeadline) -> Option<Instant> {
    deadline.instant()
}
