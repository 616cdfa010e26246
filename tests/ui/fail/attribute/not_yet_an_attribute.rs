//! Attributes of later versions are as unknown as any.

use genserver_runtime::prelude::*;

pub struct Pending;
pub struct Closed;
pub struct Counter;

#[genserver(states(Pending: initial, Closed: terminal))]
impl Counter {
    #[idle("60s")]
    fn idle(&mut self) {}

    #[every("5s")]
    fn every(&mut self) {}

    #[continued]
    fn continued(&mut self, _: u8) {}

    #[hibernate]
    fn hibernate(&mut self) {}

    #[code_change(from = 1)]
    fn migrate(_: u8) -> u8 {
        1
    }

    #[format_state]
    fn format(&self) -> u8 {
        1
    }

    #[enter(Closed)]
    fn enter(&mut self) {}

    #[exit(Pending)]
    fn exit(&mut self) {}

    #[state_timeout(Pending, after = "1s" => Closed)]
    fn late(&mut self) {}

    #[transition]
    fn persist(&mut self) {}

    #[call(Pending => Closed)]
    pub fn close(&self) {}
}

fn main() {}
