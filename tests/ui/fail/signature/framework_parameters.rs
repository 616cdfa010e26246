//! What the framework gives stands right after `self`, once, by reference.

use genserver_runtime::prelude::*;

pub struct Counter;

#[genserver]
impl Counter {
    #[call]
    pub fn owned(&self, cx: Cx<Self>) {
        drop(cx);
    }

    #[call]
    pub fn shared(&self, cx: &Cx<Self>) {
        let _ = cx;
    }

    #[call]
    pub fn late(&self, value: u8, cx: &mut Cx<Self>) -> u8 {
        let _ = cx;
        value
    }

    #[call]
    pub fn late_reply(&self, value: u8, reply: ReplyTo<u8>) {
        let _ = reply.reply(value);
    }

    #[call]
    pub fn twice(&self, cx: &mut Cx<Self>, again: &mut Cx<Self>) {
        let _ = (cx, again);
    }

    #[call]
    pub fn converted(&self, #[into] cx: &mut Cx<Self>) {
        let _ = cx;
    }

    #[cast]
    pub fn answering(&mut self, reply: ReplyTo<u8>) {
        let _ = reply.reply(1);
    }

    #[info]
    fn told(&mut self, reply: ReplyTo<u8>, _: u8) {
        let _ = reply.reply(1);
    }

    #[call(blocking)]
    pub fn heavy(&self, reply: ReplyTo<u8>) {
        let _ = reply.reply(1);
    }

    #[call]
    pub fn both(&self, reply: ReplyTo<u8>) -> u8 {
        let _ = reply.reply(1);
        1
    }

    #[call]
    pub fn conditional(&self, #[cfg(all())] value: u8) -> u8 {
        value
    }
}

fn main() {}
