//! Every shape of `#[init]`, and none.
#![deny(warnings)]

use std::convert::Infallible;
use std::io;

use genserver_runtime::prelude::*;

macro_rules! server {
    ($name:ident { $($init:tt)* }) => {
        pub struct $name(u8);

        #[genserver]
        impl $name {
            $($init)*

            #[call]
            pub fn get(&self) -> u8 {
                self.0
            }
        }
    };
}

server!(None0 {});
server!(Plain { #[init] pub fn new() -> Self { Self(1) } });
server!(Named { #[init] pub fn new(value: u8) -> Named { Named(value) } });
server!(Waiting { #[init] pub async fn new(value: u8) -> Self { tokio::task::yield_now().await; Self(value) } });
server!(Context { #[init] pub fn new(cx: &mut Cx<Self>) -> Self { Self(u8::from(cx.name().is_some())) } });
server!(Failing { #[init] pub fn new(fail: bool) -> Result<Self, &'static str> { if fail { Err("no") } else { Ok(Self(2)) } } });
server!(Aliased { #[init] pub async fn new(cx: &mut Cx<Self>, fail: bool) -> io::Result<Self> {
    let _ = cx.id();
    if fail { Err(io::ErrorKind::Other.into()) } else { Ok(Self(3)) }
} });
server!(Ignoring { #[init] pub fn new(ignore: bool) -> Init<Self> { if ignore { Init::Ignore } else { Init::Ready(Self(4)) } } });
server!(Deciding { #[init] pub fn new(how: u8) -> Init<Self, String> {
    match how {
        0 => Init::Ignore,
        1 => Init::Fail("fail".into()),
        2 => Init::Stop("stop".into()),
        _ => Init::Ready(Self(how)),
    }
} });
server!(Private { #[init] fn new() -> Self { Self(5) } });

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(None0::start(None0(0)).await.unwrap().get().await, Ok(0));
    assert_eq!(Plain::start().await.unwrap().get().await, Ok(1));
    assert_eq!(Named::start(7).await.unwrap().get().await, Ok(7));
    assert_eq!(Waiting::start(8).await.unwrap().get().await, Ok(8));
    assert_eq!(Context::start().name("context").await.unwrap().get().await, Ok(1));
    assert!(matches!(Failing::start(true).await, Err(StartError::Init("no"))));
    assert_eq!(Failing::start(false).await.unwrap().get().await, Ok(2));
    assert!(matches!(Aliased::start(true).await, Err(StartError::Init(_))));
    let ignored: Result<_, StartError<Infallible, IgnoringClient>> = Ignoring::start(true).await;
    assert!(matches!(ignored, Err(StartError::Ignored)));
    assert!(matches!(Deciding::start(0).await, Err(StartError::Ignored)));
    assert!(matches!(Deciding::start(1).await, Err(StartError::Init(error)) if error == "fail"));
    assert!(matches!(Deciding::start(2).await, Err(StartError::Init(error)) if error == "stop"));
    assert_eq!(Deciding::start(9).await.unwrap().get().await, Ok(9));
    assert_eq!(Private::start().await.unwrap().get().await, Ok(5));
}
