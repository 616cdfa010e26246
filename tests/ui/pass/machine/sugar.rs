//! One target and no state parameter: on success the server enters the unit state itself.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub struct Red;
pub struct Green;
pub struct Yellow;
pub struct Off;

#[derive(Default)]
pub struct Light {
    changes: u32,
}

#[genserver(states(Red: initial, On { Green, Yellow }, Off: terminal))]
impl Light {
    #[call(Red => Green)]
    pub fn go(&mut self) {
        self.changes += 1;
    }

    #[call(Green => Yellow)]
    pub async fn warn(&self) -> u32 {
        self.changes
    }

    #[call(Yellow => Red)]
    pub fn stop(&self, allowed: bool) -> Result<u32, &'static str> {
        if allowed { Ok(self.changes) } else { Err("not yet") }
    }

    #[call(On => Red, in_place)]
    pub fn reset(&mut self, allowed: bool) -> std::io::Result<()> {
        self.changes = 0;
        if allowed { Ok(()) } else { Err(std::io::ErrorKind::PermissionDenied.into()) }
    }

    #[call(blocking, Red => Yellow)]
    pub fn blink(&self) -> Vec<u8> {
        vec![1]
    }

    #[call(Red | On => Off)]
    pub fn off(&self, reply: ReplyTo<u8>) {
        let _ = reply.reply(1);
    }

    #[cast(Red => Red)]
    pub fn stay(&self) {}

    #[info(Red => Green)]
    fn told(&mut self, fail: bool) -> Result<(), Crash> {
        if fail { Err(std::fmt::Error)? } else { Ok(()) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    use LightStateName::{Green, Off, Red, Yellow};
    use genserver_runtime::{Client, MachineClient};

    let light = Light::start(Light::default(), crate::Red).await.unwrap();
    light.go().await.unwrap();
    assert_eq!(light.state().await, Ok(Green));
    assert_eq!(light.warn().await.unwrap(), 1);
    assert_eq!(light.stop(false).await.split().unwrap(), Err("not yet"));
    assert_eq!(light.state().await, Ok(Yellow));
    assert!(light.reset(false).await.is_err());
    assert_eq!(light.state().await, Ok(Yellow));
    assert_eq!(light.stop(true).await.unwrap(), 0);
    assert_eq!(light.state().await, Ok(Red));
    light.stay().await.unwrap();
    light.send_info(false).await.unwrap();
    light.reset(true).await.unwrap();
    assert_eq!(light.blink().await.unwrap(), [1]);
    assert_eq!(light.off().await.unwrap(), 1);
    assert_eq!(light.state().await, Ok(Off));
    Client::stop(&light).await.unwrap();
}
