//! The words of `missed` and `priority`, and where they belong.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[every("5s", missed = never)]
    fn never(&self) {}

    #[every("5s", missed = skip, missed = delay)]
    fn twice(&self) {}

    #[every("5s", priority = high)]
    fn high(&self) {}

    #[idle("5s", mised = skip)]
    fn slip(&self) {}

    #[idle("5s", name = rest)]
    fn named(&self) {}

    #[continued(priority = high)]
    fn before(&self, _: &mut Cx<Self>, _: u8) {}

    #[call(priority = urgent)]
    pub fn get(&self) -> u8 {
        1
    }

    #[cast(priority)]
    pub fn set(&mut self) {}

    #[info(missed = skip)]
    fn told(&mut self, _: u8) {}
}

fn main() {}
