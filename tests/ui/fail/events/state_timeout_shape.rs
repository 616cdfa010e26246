//! A state first, one time, and where it leads.

use genserver_runtime::prelude::*;

pub struct New;
pub struct Open;
pub struct Closed;
pub struct Ticket;

#[genserver(states(New: initial, Open, Closed: terminal))]
impl Ticket {
    #[call(New => Open)]
    pub fn open(&self) {}

    #[call(Open => Closed)]
    pub fn close(&self) {}

    #[state_timeout]
    fn bare(&self) {}

    #[state_timeout(after = "1d")]
    fn no_state(&self) {}

    #[state_timeout(New)]
    fn no_time(&self) {}

    #[state_timeout = "1d"]
    fn value(&self) {}

    #[state_timeout(after = "1d" => Closed, New)]
    fn backwards(&self) {}

    #[state_timeout(New, after = "0s" => Closed)]
    fn zero(&self) {}

    #[state_timeout(New, after = "soon" => Closed)]
    fn malformed(&self) {}

    #[state_timeout(New, after => Closed)]
    fn without(&self) {}

    #[state_timeout(New, after = "1d" =>)]
    fn nowhere(&self) {}

    #[state_timeout(New, after = "1d", until = Self::deadline)]
    fn both(&self) {}

    #[state_timeout(New, until = Self::deadline, until = Self::deadline => Closed)]
    fn twice(&self) {}

    #[state_timeout(New => Open, after = "1d" => Closed)]
    fn targets_twice(&self) {}

    #[state_timeout(New, Open, after = "1d" => Closed)]
    fn of_several(&self) {}

    #[state_timeout(New, until = "1d" => Closed)]
    fn literal(&self) {}

    #[state_timeout(New, until = |st| st.at => Closed)]
    fn closure(&self) {}

    #[state_timeout(New, until = Self::deadline() => Closed)]
    fn called(&self) {}

    #[state_timeout(New, aftr = "1d" => Closed)]
    fn misspelt(&self) {}

    #[state_timeout(Nwe, after = "1d" => Closd)]
    fn unknown(&self) {}

    #[state_timeout(Open, after = "1d")]
    fn with_a_message(&self, by: u8) -> u8 {
        by
    }
}

fn main() {}
