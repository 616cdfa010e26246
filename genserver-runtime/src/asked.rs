//! What a server is asked behind its messages, without a handler: the name of its state.

use std::future::{Future, poll_fn};

use crate::absence::{Absence, Absent};
use crate::address::AnyAddress;
use crate::error::ServerError;
use crate::limit::Limit;
use crate::node::Node;

impl dyn AnyAddress + '_ {
    /// Asked at once where a server is there. At a place the next one is asked where that one ends
    /// first: a question changes nothing, so it may be asked twice.
    pub(crate) fn ask_state(
        &self,
    ) -> impl Future<Output = Result<&'static str, ServerError>> + Send + use<> {
        let node = self.node();
        let mut tried = node.as_ref().map(|node| node.id());
        let mut pending = node.map(Node::ask_state);
        let place = self.weak().locate();
        let limit = Limit::Default(self.call_timeout());
        async move {
            let mut absent = None;
            loop {
                let error = match pending {
                    None => ServerError::NotRunning,
                    Some(pending) => match pending.await {
                        Err(error @ (ServerError::NotRunning | ServerError::Exit(_))) => error,
                        answer => return answer,
                    },
                };
                let Some(place) = &place else { return Err(error) };
                let absence = place.absence(tried);
                if matches!(absence, Absence::Gone) {
                    return Err(error);
                }
                Absent::meet(&mut absent, absence, limit)?;
                let left = match &mut absent {
                    None => limit,
                    Some(absent) => {
                        poll_fn(|cx| absent.poll(cx)).await?;
                        absent.left(limit)
                    }
                };
                let node = place.locate();
                tried = node.as_ref().map(|node| node.id());
                pending = node.map(Node::ask_state);
                if let (Some(pending), Limit::Within(left)) = (&mut pending, left) {
                    pending.limit(left);
                }
            }
        }
    }
}
