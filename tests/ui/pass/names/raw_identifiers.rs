//! Raw identifiers keep their `r#` where Rust needs it and lose it where people read.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use genserver_runtime::prelude::*;

pub struct r#yield {
    r#in: i64,
}

#[genserver(name = "yield")]
impl r#yield {
    #[init]
    pub fn r#new(r#in: i64) -> Self {
        Self { r#in }
    }

    #[call]
    pub fn r#match(&self, r#fn: i64, r#type: (i64,)) -> i64 {
        self.r#in + r#fn + r#type.0
    }

    #[call(name = r#loop)]
    pub async fn repeat(&self) -> Result<i64, String> {
        Err(self.r#in.to_string())
    }

    #[cast]
    pub fn r#move(&mut self, r#in: i64) {
        self.r#in = r#in;
    }

    #[info]
    fn r#ref(&mut self, r#in: i64) {
        self.r#in += r#in;
    }

    #[terminate]
    fn r#final(&mut self, r#return: &ExitReason) {
        let _ = r#return;
    }
}

pub struct Open;
pub struct r#Shut;
pub struct Door;

#[genserver(states(r#Open: initial, Shut: terminal))]
impl Door {
    #[call(Open => r#Shut)]
    pub fn r#break(&self, r#st: &Open, r#as: bool) -> Next<bool> {
        r#st.goto(|_| Shut).reply(r#as)
    }

    #[call]
    pub fn r#is(&self) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = r#yield::start(1).await.unwrap();
    assert_eq!(server.r#match(1, (1,)).await.unwrap(), 3);
    assert!(server.r#loop().await.is_err());
    server.r#move(5).await.unwrap();
    server.send_info(1).await.unwrap();
    assert_eq!(server.r#match(0, (0,)).await.unwrap(), 6);
    let _: &yieldClient = &server;

    let door = Door::start(Door, Open).await.unwrap();
    assert!(door.r#break(true).await.unwrap());
    let error = door.r#break(true).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot `break` while Shut; allowed: nothing; no way leads there");
    assert_eq!(DoorMessage::Break.to_string(), "break");
    assert_eq!("break".parse(), Ok(DoorMessage::Break));
    assert_eq!(DoorStateName::Open.allowed(), [DoorMessage::Break]);
    assert_eq!(Door::GRAPH.edges[0].label, "break");
}
