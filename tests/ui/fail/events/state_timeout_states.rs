//! One time-out a state, and none where it ends.

use genserver_runtime::prelude::*;

pub struct New;
pub struct Open;
pub struct Closed;
pub struct Lost;
pub struct Ticket;

#[genserver(states(New: initial, Active { Open }, End { Closed: terminal }, Lost: terminal))]
impl Ticket {
    #[call(New => Open)]
    pub fn open(&self) {}

    #[call(Active => Closed | Lost)]
    pub fn close(&self, st: &Active) -> Next {
        st.goto(|_| Closed)
    }

    #[state_timeout(New, after = "1d" => Lost)]
    fn lose(&self) {}

    #[state_timeout(New | Active, after = "2d" => Lost)]
    fn lose_later(&self) {}

    #[cfg(all())]
    #[state_timeout(Open, after = "1d" => Lost)]
    fn forget(&self) {}

    #[cfg(any())]
    #[state_timeout(Open, after = "2d" => Lost)]
    fn forget_later(&self) {}

    #[state_timeout(Closed, after = "1d")]
    fn remind(&self) {}

    #[state_timeout(Lost, after = "1d" => New)]
    fn find(&self) {}

    #[state_timeout(End, after = "1d" => New)]
    fn reopen(&self) {}
}

fn main() {}
