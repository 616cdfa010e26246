//! What time brings has no sender: no arguments, no replies, no one who hears of an error.

use std::io;

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[every("5s")]
    fn count(&mut self, by: u8) {
        let _ = by;
    }

    #[every("5s")]
    fn borrow(&mut self, text: &str) {
        let _ = text;
    }

    #[every("5s")]
    fn reply(&mut self, reply: ReplyTo<u8>) {
        let _ = reply.reply(1);
    }

    #[every("5s")]
    fn value(&mut self) -> u8 {
        1
    }

    #[every("5s")]
    fn fail_with(&mut self) -> Result<(), io::Error> {
        Ok(())
    }

    #[idle("5s")]
    fn rest(&mut self) {}

    #[idle]
    fn rest_again(&mut self) {}

    #[every("5s")]
    fn alone() {}
}

fn main() {}
