//! Without the feature `supervision` no server is a child: there is no value of these types.

use std::convert::Infallible;

use crate::exit::ExitReason;
use crate::id::ServerId;
use crate::options::Shutdown;

pub(crate) struct Spot(Infallible);

#[doc(hidden)]
#[derive(Clone)]
pub struct Kin(Infallible);

impl Spot {
    pub(crate) fn shutdown(&self) -> Shutdown {
        match self.0 {}
    }

    pub(crate) fn restarts(&self) -> u32 {
        match self.0 {}
    }

    pub(crate) fn kin(&self) -> Kin {
        Kin(self.0)
    }

    pub(crate) fn supervisor_id(&self) -> Option<ServerId> {
        match self.0 {}
    }

    pub(crate) fn ended(&self, _: ServerId, _: &ExitReason) {
        match self.0 {}
    }
}
